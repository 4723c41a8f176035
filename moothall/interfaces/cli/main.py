"""The root of the command line: finds the commands in this folder, and imports one only when it is wanted."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import click

from moothall import __version__

_NOT_COMMANDS = {"main", "support", "__main__"}


def command_modules() -> list[str]:
    """The names of the modules in this folder that may hold commands."""
    return sorted(
        module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name not in _NOT_COMMANDS
    )


def commands_in(module_name: str) -> dict[str, click.Command]:
    """What one module offers: its `command`, its `group`, and its list `commands`, by name."""
    module = importlib.import_module(f"moothall.interfaces.cli.{module_name}")
    offered = [getattr(module, "command", None), getattr(module, "group", None), *getattr(module, "commands", ())]
    return {one.name: one for one in offered if isinstance(one, click.Command) and one.name}


class Discovered(click.Group):
    """A group whose commands are the modules of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in order."""
        return sorted(self._all())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command: looked for first in the module that bears its name."""
        wanted = cmd_name.replace("-", "_")
        modules = command_modules()
        for name in [one for one in modules if one in {wanted, f"{wanted}_"}]:
            found = commands_in(name).get(cmd_name)
            if found is not None:
                return found
        return self._all().get(cmd_name)

    def _all(self) -> dict[str, click.Command]:
        found: dict[str, click.Command] = {}
        for name in command_modules():
            found |= commands_in(name)
        return found


@click.command(cls=Discovered, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version=__version__, message="%(version)s")
def root() -> None:
    """Moothall: one front door to a whole council.

    Exit codes: 0 all is well, 1 the answer is no or the work failed, 2 the command was not understood.
    """


def main() -> None:
    """The entry point of `moothall` and `bin/moothall`."""
    root(prog_name="moothall")
