"""The command line: start a desk, try the demo, add an agent, check the settings, keep what is there, try what if."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from server.commands.keeping import keeping
from server.commands.mailing import mailing
from server.commands.opening import opening
from server.commands.trying import trying
from server.commands.words import Command, add, commands_of, takes_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. 0: done; 1: it said no, with a sentence; 2: the command or the settings cannot be used;
    3: done, and what it found damaged was named."""
    from server.config.config import ConfigError
    from server.streams import stand_in
    from tickets.errors import Refused

    stand_in()
    told = _understood(sys.argv[1:] if arguments is None else arguments)
    command: Command = told.command
    try:
        return command(told)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _understood(words: Sequence[str]) -> argparse.Namespace:
    try:
        return _parser().parse_args(words)
    except SystemExit as ended:
        if ended.code == 2 and "ingest" in words:  # mail servers read the codes of sysexits.h, and 2 is none of them
            raise SystemExit(os.EX_USAGE) from None
        raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="frontdesk", description="A customer service desk in one process.")
    takes_settings(parser, default=None)
    commands = commands_of(parser)
    for some in (opening, keeping, mailing, trying):
        some(commands)
    add(commands, "version", _version, "say which version this is")
    return parser


def _version(_: argparse.Namespace) -> int:
    from importlib.metadata import version

    print(f"frontdesk {version('frontdesk')}, Python {sys.version.split()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
