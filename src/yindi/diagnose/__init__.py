"""Stage diagnose: what a region has, what holds it back, and how its new productive forces go with its development."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__)
