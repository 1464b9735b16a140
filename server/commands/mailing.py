"""Mail is read for other programs, or taken from them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from server.commands.words import Commands, add, group


def mailing(commands: Commands) -> None:
    mail = group(commands, "mail", "read mail for other programs, or take it from them")
    for name, command, says in (
        ("parse", _parse, "say what mails hold: one JSON object a line"),
        ("reply-text", _reply_text, "part what is new in a mail's plain text from what it quotes"),
    ):
        add(mail, name, command, says).add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help="without any, the standard input"
        )
    ingest = add(mail, "ingest", _ingest, "take a mail from the standard input")
    ingest.add_argument("--to", action="append", default=[], metavar="ADDRESS", help="the mailbox that it is for")
    ingest.add_argument("--from", dest="sender", metavar="ADDRESS", help="who sent it, as the mail server says")


def _parse(told: argparse.Namespace) -> int:
    from server.mail.programs import tell
    from tickets.email.digest import digest

    return tell(told.files, digest)


def _reply_text(told: argparse.Namespace) -> int:
    from server.mail.programs import tell
    from tickets.email.digest import parts_of_reply

    return tell(told.files, parts_of_reply)


def _ingest(told: argparse.Namespace) -> int:
    try:
        from server.mail.pipe import Told, ingest
    except ImportError as error:  # an installation that is being renewed: the next try may find it whole
        print(f"Frontdesk cannot be started: {error}.", file=sys.stderr)
        return os.EX_TEMPFAIL
    return ingest(told.config, Told(told.to, told.sender))
