"""Report: renders documents into Word, HTML, PDF and tables, and reads their numbers back. It computes nothing."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__)
