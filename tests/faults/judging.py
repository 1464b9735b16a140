"""Reads what a desk has kept, from its file and with nothing of ours running, and holds it against what was told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text
from sqlmodel import Session

from tests.faults import laws
from tests.faults.checker import Fault, Kept, Logged, faults
from tests.faults.desk import address, is_whole, rows
from tests.faults.history import FILE, MAIL, Line, sends


def judged(database: Path, lines: Sequence[Line], taken: Mapping[str, int], *, quiet: bool = True) -> list[Fault]:
    """Everything that is wrong. `taken`: what the relay took; `quiet`: the desk had time to finish its work."""
    assert is_whole(database)
    said = sends(lines)
    kept, log = what_is_kept(database, {one.author for one in said})
    mails = sends(lines, MAIL)
    return [
        *faults(said, kept, log),
        *(_mail_in(database, lines) if quiet else laws.stored_mail(mails, stored_subjects(database))),
        *laws.mail_out(dict(rows(database, "select mail_id, state from outgoing")), taken, quiet=quiet),
        *laws.promises(_promises(database)),
        *laws.files(sends(lines, FILE), *_files(database)),
        *laws.at_most_once(_happened(database)),
        *laws.held_twice(lines),
    ]


def what_is_kept(database: Path, authors: Collection[str]) -> tuple[list[Kept], list[Logged]]:
    """Every message on tickets of these authors, and the whole log."""
    everything = [Kept(*row) for row in rows(database, _MESSAGES)]
    tickets = {message.ticket for message in everything if message.author in authors}
    log = [
        Logged(pos, ticket or 0, json.loads(data)["seq"] if kind == "MessageReceived" and ticket in tickets else None)
        for pos, kind, ticket, data in rows(database, "select pos, kind, ticket_id, data from log order by pos")
    ]
    return [message for message in everything if message.ticket in tickets], log


_MESSAGES = """
select m.ticket_id, m.seq, coalesce('visitor:' || v.id, m."by"), m.client_id, m.text
from message m left join visitor v on m."by" = 'customer:' || v.customer_id
"""


def _mail_in(database: Path, lines: Sequence[Line]) -> list[Fault]:
    assert [] == rows(database, "select why from raw_mail where state = 'quarantined'")
    tickets = [subject for (subject,) in rows(database, "select subject from ticket where subject like 'mail %'")]
    return laws.mail_in(sends(lines, MAIL), tickets, [subject for (subject,) in rows(database, _SAID)])


_SAID = "select t.subject from ticket t join message m on m.ticket_id = t.id where m.text like 'The text of mail %'"


def stored_subjects(database: Path) -> set[str]:
    """Of the mails whose row is there with all its bytes."""
    found = set()
    for (sha256,) in rows(database, "select sha256 from raw_mail"):
        path = database.parent / "files" / sha256[:2] / sha256
        content = path.read_bytes() if path.exists() else b""
        found |= {line[9:].decode().strip() for line in content.splitlines() if line.startswith(b"Subject: ")}
    return found


def promised(session: Session) -> list[laws.Promised]:
    """Every clock that has a due time, on whichever engine."""
    asked = "select id, due_at, breached_at, warn_at, warned_at from sla_clock where due_at is not null"
    entries = session.execute(text("select clock_id from sla_entry where kind = 'breach'")).scalars()
    told = session.execute(text("select data from log where kind = 'SlaBreached'")).scalars()
    entered, said = Counter(entries), Counter(json.loads(data)["clock"] for data in told)
    return [
        laws.Promised(id, due, breached, warned not in (None, warn), said[id], entered[id])
        for id, due, breached, warn, warned in session.execute(text(asked))
    ]


def _promises(database: Path) -> list[laws.Promised]:
    engine = create_engine(address(database).replace("postgresql:", "postgresql+psycopg:"))
    try:
        with Session(engine) as session:
            return promised(session)
    finally:
        engine.dispose()


_ONCE = {
    "SlaBreached": "clock",
    "SlaWarned": "clock",
    "OfferExpired": "offer",
    "OfferAccepted": "offer",
    "MailSent": "outgoing",
}
"""What can happen only once to the thing that this field of the event names."""


def _happened(database: Path) -> list[tuple[str, int]]:
    told = rows(database, "select kind, data from log")
    return [(kind, json.loads(data)[_ONCE[kind]]) for kind, data in told if kind in _ONCE]


def _files(database: Path) -> tuple[list[tuple[str, str]], list[str]]:
    held = rows(database, "select uploaded_by, client_id, sha256 from attachment")
    missing = [sha256 for _, _, sha256 in held if not (database.parent / "files" / sha256[:2] / sha256).exists()]
    return [(by, client_id) for by, client_id, _ in held], missing


_IN_HAND = "select ticket_id from assignment where ended_at is null "
_HELD = "select agent_id, sum(weight) from assignment where ended_at is null group by agent_id"


def hands_that_disagree(url: str) -> list[str]:
    """Tickets that more than one has in hand (I10), and agents who hold more or less than they count (I11)."""
    with psycopg.connect(url) as server:
        twice = server.execute(_IN_HAND + "group by ticket_id having count(*) > 1").fetchall()
        held: dict[int, int] = dict(server.execute(_HELD).fetchall())
        counted: dict[int, int] = dict(server.execute("select agent_id, used from capacity").fetchall())
    wrong = [f"ticket {ticket} is in several hands" for (ticket,) in twice]
    return wrong + laws.loads_that_disagree(held, counted)
