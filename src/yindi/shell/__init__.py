"""The shell: files, clock, environment, command line and web app. Everything inside it is pure functions of a Study."""

from yindi.core.lazy import submodules

__getattr__, __dir__ = submodules(__name__)
