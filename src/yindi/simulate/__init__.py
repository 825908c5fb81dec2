"""Stage simulate: what would come of a layout, with the skill of the forecasts printed beside it."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__, also={"simulate": "stage"})
