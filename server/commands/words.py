"""How a command is added to the command line: its name, what it does in a line, and the settings that it takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

# Every command imports what it needs by itself: `frontdesk version` should not wait for a database library.
Command = Callable[[argparse.Namespace], int]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def commands_of(parser: argparse.ArgumentParser) -> Commands:
    return parser.add_subparsers(title="commands", required=True, metavar="COMMAND")


def group(commands: Commands, name: str, says: str) -> Commands:
    """A command that is the name of several."""
    parser = commands.add_parser(name, help=says)
    takes_settings(parser)
    return commands_of(parser)


def add(commands: Commands, name: str, command: Command, says: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=says, description=says.capitalize() + ".")
    parser.set_defaults(command=command)
    takes_settings(parser)
    return parser


def takes_settings(parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS) -> None:
    """Before the command's name or behind it: there, what was not said again must leave what was said before."""
    says = "the settings to use instead of ./config.toml"
    parser.add_argument("--config", type=Path, metavar="FILE", default=default, help=says)
