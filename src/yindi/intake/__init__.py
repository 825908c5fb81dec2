"""Stage 1, intake: official tables as they come -> one checked Study."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__)
