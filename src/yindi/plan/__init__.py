"""All results -> findings -> documents in words. Numbers enter only as Quantities (law 6)."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__)
