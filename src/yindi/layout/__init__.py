"""Stage layout: one plan of all regions at once, proven, priced and checked outside the solver."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__, also={"solve": "solver", "Problem": "problem", "layout": "stage"})
