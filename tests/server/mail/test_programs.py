"""Other programs hand us mails, and get a line for each, whatever they are."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.cli import main
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
