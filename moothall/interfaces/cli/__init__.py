"""The command line: every module here that offers a `command`, a `group` or `commands` is part of it."""

from moothall.interfaces.cli.main import main

__all__ = ["main"]
