"""Audit (表格核查): does the arithmetic of a published or pasted table hold? `audit.table(path)`; knows core only, no stage."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(
    __name__, also={"table": "run", "rows": "run", "KINDS": "run", "Report": "findings", "Break": "findings"}
)
