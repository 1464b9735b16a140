"""What a mailbox is opened with: passwords and tokens that nobody can read where they are kept."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.egress import Guard
from server.mail.locked import lock, unlock
from server.mail.signing_in import Fault, Keyring, purpose
from tests.server.mail.postroom import a_postroom
from tests.tickets.email.letters import RULES
from tests.tickets.email.mailroom import written
from tickets.email.incoming import NO_SECRET, NO_TOKEN, NOT_ALLOWED, Incoming
from tickets.email.raw import RawMail
from tickets.moment import EPOCH
from tickets.seals import Seals

NONCE = b"0123456789abcdef"


@pytest.mark.parametrize("text", ["secret", "", "密码" * 100, "x" * 5000])
def test_what_was_locked_is_opened_with_the_same_key(text: str) -> None:
    locked = lock(RULES.seals, "here", text, NONCE)
    assert text == unlock(RULES.seals, "here", locked)
    assert not text or text not in locked


def test_nobody_else_opens_it() -> None:
    """Not with another key, not for something else, and not where a single letter was changed."""
    locked = lock(RULES.seals, "here", "secret", NONCE)
    changed = [locked[:at] + ("A" if locked[at] != "A" else "B") + locked[at + 1 :] for at in range(len(locked) - 2)]
    assert None is unlock(Seals(b"another key of another desk, as long"), "here", locked)
    assert None is unlock(RULES.seals, "there", locked)
    assert {None} == {unlock(RULES.seals, "here", one) for one in [*changed, "", "?", "AAAA"]}
    assert locked != lock(RULES.seals, "here", "secret", b"another nonce...")


@asynccontextmanager
async def a_giver(answer: str, asked: list[str]) -> AsyncIterator[int]:
    """A server for tokens: its port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = int(next(line for line in head.splitlines() if line.lower().startswith("content-length:")).split()[1])
        asked.append((await reader.readexactly(size)).decode())
        writer.write(f"{answer}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def said(body: str, status: str = "200 OK", more: str = "") -> str:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n{body}"


async def test_a_refresh_token_gets_a_token_to_sign_in_with(tmp_path: Path) -> None:
    """XOAUTH2; where the giver changes the refresh token, the new one is kept, locked."""
    asked: list[str] = []
    async with a_postroom(tmp_path) as (room, server):
        told = said('{"access_token": "access", "refresh_token": "renewed"}')
        async with a_giver(told, asked) as port, room.fetcher().running(alone=True):
            url = f"http://127.0.0.1:{port}/token"
            box = await room.connects(server.port, sign_in="refresh", token_url=url, client_id="desk")
            await room.until(lambda: room.incoming.checked_at)
            server.brings(written())
            await room.until(lambda: room.rows(RawMail))
        assert "grant_type=refresh_token&refresh_token=secret&client_id=desk" == asked[0]
        assert "renewed" == unlock(RULES.seals, purpose(box, "secret"), room.incoming.secret)


async def test_a_token_may_come_from_a_file(tmp_path: Path) -> None:
    """Which another program keeps fresh; it is read at each sign-in, and only in the operator's folder."""
    (tmp_path / "token").write_text("access\n")
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        await room.connects(server.port, sign_in="token", secret_file="token")
        await room.until(lambda: room.incoming.checked_at)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (said('{"error": "invalid_grant"}', "400 Bad Request"), NO_TOKEN),
        (said("[]"), NO_TOKEN),
        (said("not json"), NO_TOKEN),
        (said("{}", "302 Found", "Location: http://127.0.0.1:1/\r\n"), NO_TOKEN),
        ("garbage\r\n\r\n", NO_TOKEN),
    ],
)
async def test_who_gives_no_token_says_no_more_than_that(answer: str, says: str) -> None:
    """No redirect is followed: what was asked with would go along."""
    asked: list[str] = []
    async with a_giver(answer, asked) as port:
        keyring = Keyring(RULES.seals, "", Guard(("127.0.0.1",)))
        with pytest.raises(Fault, match=says):
            await asyncio.to_thread(keyring.key, settings(f"http://127.0.0.1:{port}/"))
    assert 1 == len(asked)


def settings(url: str, **told: str) -> Incoming:
    locked = lock(RULES.seals, purpose(1, "secret"), "secret", secrets.token_bytes(16))
    usual = {"sign_in": "refresh", "secret": locked, "token_url": url}
    return Incoming(mailbox_id=1, host="imap.example.com", user="desk", set_at=EPOCH, **{**usual, **told})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]:8443/"]
)
def test_tokens_are_asked_for_on_the_open_internet(url: str) -> None:
    """And protected: neither the neighbours' machines nor a line in the clear."""
    with pytest.raises(Fault, match=NOT_ALLOWED):
        Keyring(RULES.seals, "", Guard()).key(settings(url))


@pytest.mark.parametrize("name", ["../secret", "nothing", "empty", "sub/token"])
def test_a_file_elsewhere_is_none(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (folder / "sub" / "token").write_text("secret")
    (folder / "empty").write_text("")
    with pytest.raises(Fault, match=NO_SECRET):
        Keyring(RULES.seals, str(folder), Guard()).key(settings("", sign_in="token", secret_file=name))


def test_secrets_are_in_no_words() -> None:
    """Of a log, say."""
    (folder := Keyring(RULES.seals, "", Guard()))
    assert "secret" not in repr(folder.key(settings("", sign_in="password")))
