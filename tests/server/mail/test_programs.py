"""Other programs hand us mails, and get a line for each, whatever they are."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Struct

from server.cli import main
from server.mail.programs import tell
from tests.engine import brings_its_own

pytestmark = brings_its_own

MAIL = b"From: Sam <sam@customer.example>\r\nSubject: My parcel\r\n\r\nWhere is it?\r\n"


def lines(capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_each_file_is_a_line(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    first, second = tmp_path / "1.eml", tmp_path / "2.eml"
    first.write_bytes(MAIL)
    second.write_bytes(b"\x00\xff")
    assert 0 == main(["mail", "parse", str(first), str(second)])
    parcel, junk = lines(capsysbinary)
    assert ("My parcel", "Where is it?\n") == (parcel["subject"], parcel["text"])
    assert "" == junk["subject"]
    assert junk["defects"]


def test_a_file_that_is_not_there_keeps_its_line(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    mail, missing = tmp_path / "1.eml", tmp_path / "2.eml"
    mail.write_bytes(MAIL)
    assert 0 == main(["mail", "parse", str(missing), str(mail)])
    told = capsysbinary.readouterr()
    assert ["", "My parcel"] == [json.loads(line)["subject"] for line in told.out.splitlines()]
    assert f"{missing} cannot be read: No such file or directory.\n" == told.err.decode()
    assert 1 == main(["mail", "parse", str(missing)])


def test_the_standard_input_is_read_where_no_file_is_named(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = b"Danke!\n\nAm 20.11.2026 um 09:00 schrieb Ada <ada@shop.example>:\n> Morgen.\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert 0 == main(["mail", "reply-text"])
    assert [
        {"reply": "Danke!", "quoted": "Am 20.11.2026 um 09:00 schrieb Ada <ada@shop.example>:\n> Morgen."}
    ] == lines(capsysbinary)


def test_no_desk_is_needed(tmp_path: Path) -> None:
    """Neither settings nor a database: a program may ask for one mail after the other, and each start is short."""
    code = "import sys; from server.cli import main; main(['mail', 'parse']); print(*sys.modules, file=sys.stderr)"
    told = subprocess.run(
        [sys.executable, "-c", code], input=MAIL, capture_output=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert "My parcel" == json.loads(told.stdout)["subject"]
    assert not {"sqlalchemy", "starlette", "uvicorn", "redis"} & set(told.stderr.decode().split())


def test_who_has_seen_enough_may_leave(tmp_path: Path) -> None:
    mail = tmp_path / "1.eml"
    mail.write_bytes(MAIL * 50)
    asked = [sys.executable, "-m", "server.cli", "mail", "parse", *[str(mail)] * 400]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[3]) as told:
        assert told.stdout is not None
        assert told.stderr is not None
        told.stdout.readline()
        told.stdout.close()
        assert b"" == told.stderr.read()


def test_one_mail_takes_no_line_from_another(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Not even one of which nothing can be told: it counts as an empty one, and a sentence says so."""

    def read(content: bytes) -> Struct:
        return Odd("\ud800" if content == b"bad" else content.decode())

    class Odd(Struct):
        words: str

    files = [tmp_path / name for name in ("1", "2", "3")]
    for file, content in zip(files, (b"one", b"bad", b"three"), strict=True):
        file.write_bytes(content)
    assert 0 == tell([*files, Path("no\0file")], read)
    told = capsysbinary.readouterr()
    assert ["one", "", "three", ""] == [json.loads(line)["words"] for line in told.out.splitlines()]
    assert f"{files[1]} cannot be told: UnicodeEncodeError." in told.err.decode()


@pytest.mark.parametrize("verb", ["parse", "reply-text"])
@pytest.mark.parametrize(
    ("edges", "says"),
    [
        ("<&-", "The standard input cannot be read: it is closed."),
        (">&-", "The standard output is closed: nothing can be told."),
        (">/dev/full", "What was read cannot be written: No space left on device."),
    ],
)
def test_what_is_closed_or_full_is_told_in_a_sentence(verb: str, edges: str, says: str) -> None:
    asked = f'"{sys.executable}" -m server.cli mail {verb} {edges}'
    told = subprocess.run(
        asked, shell=True, input=MAIL, capture_output=True, check=False, cwd=Path(__file__).parents[3]
    )
    assert (1, f"{says}\n") == (told.returncode, told.stderr.decode())
