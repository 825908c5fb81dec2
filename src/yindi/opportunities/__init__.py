"""Stage 5: what a region could cultivate, whether advice of that kind ever worked, and what everybody else is told."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__)
