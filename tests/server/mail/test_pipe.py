"""A mail server hands over a mail and goes by the exit code: kept, try again, or send it back with a sentence."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import structlog

from server.cli import main
from server.database import Database, migrate
from tests.engine import database_url, rows_at
from tests.tickets.email.mailroom import SUPPORT, written
from tickets.desk import Desk
from tickets.email import raw
from tickets.email.mailbox import add_mailbox
from tickets.email.names import reply_address
from tickets.seals import Seals

KEY = "the key of this desk, long enough to be one"
ROOT = Path(__file__).parents[3]


@dataclass
class Pipe:
    """A desk that nobody runs at the moment; mail is handed to it all the same."""

    folder: Path
    env: dict[str, str]
    url: str

    def takes(self, mail: bytes | None, *words: str, **env: str) -> tuple[int, str]:
        """Exit code, and what was said. In this process: a fresh interpreter each time would take a second."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.env, **env}.items():
                patch.setenv(name, value)
            said = io.StringIO()
            patch.setattr(sys, "stdin", None if mail is None else io.TextIOWrapper(io.BytesIO(mail)))
            patch.setattr(sys, "stderr", said)
            patch.setattr(sys, "excepthook", sys.excepthook)
            return main(["mail", "ingest", *words]), said.getvalue()

    def rows(self) -> list[tuple[object, ...]]:
        """The newest mail first."""
        return rows_at(self.url, "select sha256, sender, recipients, duplicates from raw_mail order by id desc")

    def kept(self, sha256: object) -> bytes:
        return (self.folder / "files" / str(sha256)[:2] / str(sha256)).read_bytes()


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipe]:
    folder = tmp_path_factory.mktemp("pipe")
    url = database_url(folder)
    with closing(Database(url)) as database:
        migrate(database)
        with pytest.MonkeyPatch.context() as patch:
            for name in ("RECIPIENT", "ORIGINAL_RECIPIENT", "SENDER"):
                patch.delenv(name, raising=False)
            asyncio.run(_furnished(database))
            env = {
                "FRONTDESK_DATABASE_URL": url,
                "FRONTDESK_FILES_FOLDER": str(folder / "files"),
                "FRONTDESK_SECRETS_KEY": KEY,
                "FRONTDESK_MAIL_LARGEST_MB": "1",
            }
            yield Pipe(folder, env, url)
    structlog.reset_defaults()  # each of them said where its words go


async def _furnished(database: Database) -> None:
    async with Desk(database.writes, database.reads) as desk:
        await desk.change(add_mailbox, SUPPORT, by="system")


def test_what_ended_with_0_is_there_byte_for_byte(pipe: Pipe) -> None:
    """I5, for the third way: a row whose hash is that of the mail."""
    mail = written("By pipe", id="<pipe@customer.example>")
    assert (0, "") == pipe.takes(mail, "--to", SUPPORT, "--from", "sam@customer.example")
    sha256, sender, recipients, _ = pipe.rows()[0]
    assert hashlib.sha256(mail).hexdigest() == sha256
    assert mail == pipe.kept(sha256)
    assert ("sam@customer.example", SUPPORT) == (
        sender,
        str(recipients).strip("[]\"'"),
    )  # as either engine keeps a list


def test_a_forward_file_needs_no_words(pipe: Pipe) -> None:
    """Delivery to a command puts a line of its own in front, and tells the recipient beside the mail."""
    mail = b"From sam@customer.example  Mon Nov 23 09:00:00 2026\n" + written("Forwarded").replace(b"\r\n", b"\n")
    token = reply_address(Seals(KEY.encode()), SUPPORT, 42)
    assert (0, "") == pipe.takes(mail, ORIGINAL_RECIPIENT=token, RECIPIENT="desk@localhost")
    sha256, sender, recipients, _ = pipe.rows()[0]
    assert pipe.kept(sha256).startswith(b"From: Sam")
    assert ("sam@customer.example", True) == (sender, token in str(recipients))


def test_without_an_envelope_the_head_says_for_whom_it_is(pipe: Pipe) -> None:
    """Where a server led it to, before whom it was written to."""
    mail = written("Led here", to="Somebody <list@elsewhere.example>")
    assert 0 == pipe.takes(b"Delivered-To: support@shop.example\r\nReturn-Path: <x@y.example>\r\n" + mail)[0]
    assert "x@y.example" == pipe.rows()[0][1]
    assert 0 == pipe.takes(written("Written here", to=f"Support <{SUPPORT}>"))[0]


@pytest.mark.parametrize(
    ("mail", "words", "code", "says"),
    [
        (written(), ("--to", "nobody@shop.example"), 67, "There is no mailbox nobody@shop.example here.\n"),
        (written(to="x@elsewhere.example"), (), 67, "The mail is for nobody here: no address in it is one of ours."),
        (b"", ("--to", SUPPORT), 65, "The mail is empty.\n"),
        (b"x" * 1024 * 1025, ("--to", SUPPORT), 65, "The mail is bigger than we take: 1 MB.\n"),
    ],
)
def test_what_is_sent_back_says_why(pipe: Pipe, mail: bytes, words: tuple[str, ...], code: int, says: str) -> None:
    before = pipe.rows()
    ended, said = pipe.takes(mail, *words)
    assert (code, True) == (ended, said.startswith(says)), said
    assert before == pipe.rows()


def test_a_call_that_cannot_be_has_a_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["mail", "ingest", "--for", SUPPORT])
    assert os.EX_USAGE == ended.value.code
    assert "unrecognized arguments: --for" in capsys.readouterr().err


@pytest.mark.parametrize(
    "trouble",
    [
        {"FRONTDESK_DATABASE_URL": "sqlite:///nowhere/desk.db"},
        {"FRONTDESK_MAIL_LARGEST_MB": "many"},
        {"FRONTDESK_FILES_FOLDER": "/proc/nothing/files"},
    ],
)
def test_what_the_mail_is_not_to_blame_for_is_tried_again(pipe: Pipe, trouble: dict[str, str]) -> None:
    """A mail server sends back everything but 75: a desk that is not there must not cost a customer's mail."""
    code, said = pipe.takes(written("Later"), "--to", SUPPORT, **trouble)
    assert (os.EX_TEMPFAIL, True) == (code, said.startswith("It could not be kept just now, try again later."))
    assert not Path("nowhere").exists()


@pytest.mark.parametrize(("where", "what"), [(os, "fsync"), (raw, "accept")])
def test_0_is_said_of_nothing_that_the_disk_or_the_database_did_not_take(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch, where: ModuleType, what: str
) -> None:
    def says_no(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    before = len(pipe.rows())
    with monkeypatch.context() as broken:
        broken.setattr(where, what, says_no)
        code, _ = pipe.takes(written("Not kept"), "--to", SUPPORT)
    assert (os.EX_TEMPFAIL, before) == (code, len(pipe.rows()))


def test_a_mail_that_is_not_even_handed_over_is_tried_again(pipe: Pipe) -> None:
    """`<&-`: what was said of it was Python's own word for a thing that is none."""
    told = "It could not be kept just now, try again later. (The standard input is closed.)\n"
    assert (os.EX_TEMPFAIL, told) == pipe.takes(None, "--to", SUPPORT)


def test_with_nowhere_to_say_it_the_code_is_the_same(pipe: Pipe) -> None:
    """`2>&-`: it ended with 1, and the mail server sent every mail back to whoever had written it."""
    called = [sys.executable, "-m", "server.cli", "mail", "ingest", "--to", "nobody@shop.example"]
    closed, env = ["sh", "-c", 'exec "$@" 2>&-', "sh", *called], {**os.environ, **pipe.env}
    assert os.EX_NOUSER == subprocess.run(closed, input=written(), env=env, cwd=ROOT, check=False).returncode


def test_many_at_once_are_one_mail(pipe: Pipe) -> None:
    """Processes of their own, as a mail server starts them."""
    mail = written("Once and for all", id="<many@customer.example>")
    before = len(pipe.rows())
    with ThreadPoolExecutor(3) as several:
        codes = [*several.map(lambda _: _started(pipe, mail), range(6))]
    assert [(0, b"")] * 6 == codes
    rows = pipe.rows()
    assert (before + 1, 5) == (len(rows), rows[0][3])


def _started(pipe: Pipe, mail: bytes) -> tuple[int, bytes]:
    asked = [sys.executable, "-m", "server.cli", "mail", "ingest", "--to", SUPPORT]
    told = subprocess.run(asked, input=mail, capture_output=True, check=False, cwd=ROOT, env={**os.environ, **pipe.env})
    return told.returncode, told.stdout
