"""Stage measure: from the panel to index, ranks and how sure they are (测度). Kernels by module; `measure(study)` in stage."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__, also={"measure": "stage"})
