"""An address in a conversation is understood as aiosmtpd understands it, only sooner."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from tests.effort import within
from tests.tickets.email.mailroom import TERMS, a_counter
from tickets.email.counter import Counter
from tickets.email.smtp import Talk


@pytest.mark.parametrize(
    "told",
    [
        "<sam@customer.example>",
        "<support+t1042.mark@shop.example> SIZE=20000 BODY=8BITMIME",
        "<o'neill@customer.example>",
        "<>",
        '<"a b"@customer.example>',
        "<a..b@customer.example>",
        "<sam@customer.example>x",
        "<@here.example,@there.example:sam@customer.example>",
        "<sam@[192.0.2.1]>",
        "<李静@customer.example>",
        "<sam@customer.example.>",
        "sam@customer.example",
        "<sam@customer.example",
        f"<{'a' * 65}@customer.example>",
    ],
)
async def test_it_is_what_it_was(tmp_path: Path, told: str) -> None:
    async with a_counter(tmp_path) as room:
        with Counter(room.desk, room.store, TERMS, lambda: None) as counter:
            talk = Talk(counter)
            assert SMTP._getaddr(talk, told) == talk._getaddr(told)


@pytest.mark.parametrize("evil", ["<" + "a." * 500, "<" + "a" * 1000, "<a@" + "a-" * 500, "<a@" + "a." * 500])
async def test_no_address_takes_long(tmp_path: Path, evil: str) -> None:
    async with a_counter(tmp_path) as room:
        with Counter(room.desk, room.store, TERMS, lambda: None) as counter:
            talk = Talk(counter)
            within(0.5, lambda: talk._getaddr(evil))
