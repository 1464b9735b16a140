"""What a visitor is shown live is what they would be shown after a reload; and it is never what staff say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection

from chat import frames, talk
from chat import rating as ratings
from chat.visitor import Visitor, introduce
from routing.events import QueueFull
from routing.queues import add_queue
from tests.cast import UnitChange, a_change, an_agent
from tests.chat.shop import a_site, a_visitor, says, ticket_of
from tickets.events import Audience, Event, kinds
from tickets.log import LogRow
from tickets.message import Message
from tickets.people import Agent
from tickets.rules import Rules
from tickets.status import Priority, Status
from tickets.ticket import Ticket

Frame = dict[str, Any]


class Told:
    """Sam's chat with Ada: each step is logged, so that it can be told live and as a whole."""

    def __init__(self) -> None:
        self.change: UnitChange = a_change()
        a_site(self.change)
        self.sam: Visitor = a_visitor(self.change)
        self.ada: Agent = an_agent(self.change)
        self.bo: Agent = an_agent(self.change, "Bo")
        self.billing = add_queue(self.change, "Billing")
        self._logged = 0
        self._said = 0
        self.log()

    @property
    def ticket(self) -> Ticket:
        return ticket_of(self.change, self.sam)

    def log(self) -> list[LogRow]:
        """Append what happened since the last time to the log."""
        rows = []
        for by, happened in self.change.events:
            rows.append(self.change.add(self.row(happened, by)))
        self.change.events.clear()
        self.change.write()
        return rows

    def row(self, happened: Event, by: str = "system") -> LogRow:
        self._logged += 1
        return LogRow(
            pos=self._logged,
            at=self.change.now,
            kind=happened.kind,
            ticket_id=happened.ticket,
            by=by,
            data=happened.encoded(),
        )

    def live(self) -> list[Frame]:
        """The frames of what has just happened."""
        rows = self.log()
        found = frames.visitor_frames(self.change.session, rows)
        assert set(found) <= {self.sam.ticket_id}
        return found.get(self.sam.ticket_id or 0, [])

    def reloaded(self) -> Frame:
        self.log()
        whole = frames.welcome(self.change.session, self.sam, epoch="e1", now=self.change.now, rules=Rules())
        found: Frame = whole["welcome"]
        return found

    def sam_says(self, text: str = "Hello?", **more: object) -> Message:
        self._said += 1
        return says(self.change, self.sam, text, client_id=f"c-{self._said}", **more).message

    def ada_says(self, text: str = "Hello Sam") -> Message:
        self._said += 1
        self.change.by = self.ada.actor
        return self.ticket.reply(self.change, text, client_id=f"a-{self._said}", name="Ada")

    def ada_notes(self, text: str = "He is angry") -> Message:
        self._said += 1
        self.change.by = self.ada.actor
        return self.ticket.note(self.change, text, client_id=f"n-{self._said}", name="Ada")


STEPS: dict[str, list[Callable[[Told], object]]] = {
    "says more": [lambda told: told.sam_says("Anyone?")],
    "is answered": [lambda told: told.ada_says()],
    "is noted": [lambda told: told.ada_notes()],
    "is assigned": [lambda told: told.ticket.assign(told.change, told.ada)],
    "changes hands": [
        lambda told: told.ticket.assign(told.change, told.ada),
        lambda told: told.ticket.assign(told.change, told.bo),
    ],
    "is released": [
        lambda told: told.ticket.assign(told.change, told.ada),
        lambda told: told.ticket.release(told.change),
    ],
    "is moved": [lambda told: told.ticket.move(told.change, told.billing.id)],
    "is resolved": [lambda told: told.ticket.resolve(told.change)],
    "is reopened": [lambda told: told.ticket.resolve(told.change), lambda told: told.ticket.reopen(told.change)],
    "comes back": [lambda told: told.ticket.resolve(told.change), lambda told: told.sam_says("One more thing")],
    "is seen": [lambda told: told.ticket.see(told.change, "agent", 1)],
    "sees": [lambda told: told.ticket.see(told.change, "customer", 1)],
    "ends": [lambda told: talk.end(told.change, visitor_id=told.sam.id)],
    "rates": [lambda told: ratings.rate(told.change, told.ticket.id, score=4)],
    "is abandoned": [lambda told: told.ticket.end_live(told.change)],
    "is prioritised": [lambda told: told.ticket.set_priority(told.change, Priority.URGENT)],
    "is put on hold": [lambda told: told.ticket.set_status(told.change, Status.ON_HOLD)],
    "is renamed": [lambda told: told.ticket.set_subject(told.change, "Parcel")],
}


def applied(before: Frame, news: list[Frame]) -> Frame:
    """What a client holds after these frames, as docs/protocol.md says."""
    after: Frame = {**before, "messages": list(before["messages"]), "notes": list(before["notes"])}
    for frame in news:
        if "message" in frame:
            after["messages"] = [m for m in after["messages"] if m["id"] != frame["message"]["id"]] + [frame["message"]]
        if "chat" in frame:
            after["chat"] = frame["chat"]
        if "seen" in frame and after["chat"]:
            after["chat"] = {**after["chat"], "seen": max(after["chat"]["seen"], frame["seen"]["seq"])}
        if "note" in frame:
            seq = max((message["seq"] for message in after["messages"]), default=0)
            after["notes"].append({"at": frame["at"], "after": seq, **frame["note"]})
        after["cursor"] = max(after["cursor"], frame["at"])
    return after


@pytest.mark.parametrize("step", STEPS)
def test_the_live_page_equals_the_reloaded_one(step: str) -> None:
    told = Told()
    told.sam_says(name="Sam")
    before = told.reloaded()
    for act in STEPS[step]:
        act(told)
    shown = applied(before, told.live())
    whole = told.reloaded()
    for part in (shown, whole):
        part.pop("cursor")
        part["chat"] = {**part["chat"], "place": None}
    assert whole == shown


def test_the_first_words_make_the_whole_page() -> None:
    told = Told()
    before = told.reloaded()
    told.sam_says(name="Sam", topic="billing")
    shown = applied(before, told.live())
    whole = told.reloaded()
    assert (whole["messages"], whole["chat"] | {"place": None}) == (shown["messages"], shown["chat"])


def test_no_event_that_is_not_for_visitors_makes_a_frame() -> None:
    """Every kind there is, made up, on a ticket that the visitor sees."""
    told = Told()
    told.sam_says("My secret")
    note = told.ada_notes("Their secret")
    told.log()
    session = told.change.session
    for name, kind in kinds().items():
        if Audience.VISITOR not in kind.audience:
            happened = made_up(kind, told.ticket.id, note)
            assert {} == frames.visitor_frames(session, [told.row(happened)]), name


def test_a_note_is_not_shown_even_where_an_event_names_it() -> None:
    """The second wall: a public event that points at a note by mistake shows nothing."""
    told = Told()
    told.sam_says()
    note = told.ada_notes("Their secret")
    told.log()
    for kind in ("MessageSent", "MessageReceived"):
        happened = made_up(kinds()[kind], told.ticket.id, note)
        assert {} == frames.visitor_frames(told.change.session, [told.row(happened)])
    assert "secret" not in str(told.reloaded())


def test_who_came_to_a_line_that_was_full_is_asked_for_an_address_until_they_have_told_one() -> None:
    """Live as after a reload; who waits in a line is not asked."""
    told = Told()
    told.sam_says()
    assert told.reloaded()["chat"]["later"] is None
    told.change.record(QueueFull(ticket=told.ticket.id, queue=told.billing.id, then="letter", says=""))
    told.ticket.end_live(told.change)

    assert "address" == told.live()[-1]["chat"]["later"] == told.reloaded()["chat"]["later"]
    introduce(told.change, told.sam.id, email="sam@example.com")
    assert "email" == told.reloaded()["chat"]["later"]
    told.ticket.move(told.change, told.billing.id)
    assert told.reloaded()["chat"]["later"] is None


def test_frames_hold_no_secrets_of_the_house() -> None:
    """An allow-list: no hashes, addresses, actors or other people's client ids."""
    told = Told()
    told.sam_says(name="Sam", email="sam@example.com")
    told.ada_says()
    whole = told.reloaded()
    assert {"id", "seq", "from", "name", "text", "time", "files", "client_id"} == set(whole["messages"][0])
    assert {"id", "seq", "from", "name", "text", "time", "files"} == set(whole["messages"][1])
    assert {"ticket", "number", "state", "agent", "queue", "rated", "seen", "place", "later"} == set(whole["chat"])
    assert {"epoch", "cursor", "you", "chat", "messages", "notes", "older"} == set(whole)
    assert "token" not in str(whole)


def test_a_batch_takes_the_same_few_queries_however_large_it_is() -> None:
    told = Told()
    told.sam_says()
    counts = []
    for size in (1, 30):
        for _ in range(size):
            told.sam_says("More")
            told.ada_says()
        told.ticket.assign(told.change, told.ada)
        told.ticket.move(told.change, told.billing.id if size == 1 else add_queue(told.change, "Third").id)
        rows = told.log()
        counts.append(queries(told.change, lambda: frames.visitor_frames(told.change.session, rows)))  # noqa: B023
    assert counts[1] <= counts[0] <= 9


def test_messages_alone_take_one_query() -> None:
    told = Told()
    told.sam_says()
    told.log()
    for _ in range(20):
        told.sam_says("More")
    rows = told.log()
    assert 1 == queries(told.change, lambda: frames.visitor_frames(told.change.session, rows))


def test_what_is_older_than_a_hundred_messages_is_only_mentioned() -> None:
    told = Told()
    for n in range(101):
        told.sam_says(f"{n}")
    whole = told.reloaded()
    assert (100, "1", "100", True) == (
        len(whole["messages"]),
        whole["messages"][0]["text"],
        whole["messages"][-1]["text"],
        whole["older"],
    )


def test_what_a_visitor_should_have_is_their_newest_message_and_not_a_note() -> None:
    told = Told()
    told.sam_says()
    told.ada_says()
    upto = told.log()[-1].pos
    told.ada_notes()
    told.sam_says("Later")
    last = told.log()[-1].pos
    session, ticket = told.change.session, told.ticket.id
    assert {ticket: 2} == frames.last_seqs(session, [ticket, 999], upto)
    assert {ticket: 4} == frames.last_seqs(session, [ticket], last)
    assert {} == frames.last_seqs(session, [], last)


def test_who_waits_is_told_their_place_in_line() -> None:
    told = Told()
    told.sam_says()
    told.ticket.move(told.change, told.billing.id)
    state = told.reloaded()["chat"]
    assert ("waiting", "Billing", {"position": 1}) == (state["state"], state["queue"], state["place"])


def made_up(kind: type[Event], ticket: int, note: Message) -> Event:
    """An event of this kind with plausible particulars."""
    values: dict[str, object] = {"ticket": ticket, "message": note.id, "seq": note.seq}
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
    for name, shape in schema["properties"].items():
        if name in schema.get("required", ()) and name not in values:
            plain: dict[object, object] = {
                "string": "2026-11-23T09:00:00Z",
                "integer": 1,
                "boolean": True,
                "number": 1.0,
            }
            values[name] = plain[(shape.get("anyOf") or [shape])[0]["type"]]
    return msgspec.convert({name: values[name] for name in schema["properties"] if name in values}, kind)


def queries(change: UnitChange, act: Any) -> int:
    """How many SELECTs the act runs; nothing is remembered from before it."""
    counted = 0

    def count(_: Connection, __: object, statement: str, *___: object) -> None:
        nonlocal counted
        counted += statement.lstrip().upper().startswith("SELECT")

    change.session.expunge_all()
    engine = change.session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return counted
