"""Disparity (区域差距): how unequal, how grouped, how clustered, and whether the regions converge."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__)
