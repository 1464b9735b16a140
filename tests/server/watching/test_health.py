"""Whoever watches the desk learns whether it does its work, why not, and its figures; nobody else learns anything."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from routing.queues import add_queue
from server.config.settings import Watching
from server.doors.addresses import networks
from server.watching import gauges, health, readiness
from server.watching.readiness import Readiness
from tests.cast import MovedClock, a_ticket
from tests.server.doorstep import Doorstep, a_whole_house, standing
from tickets import log
from tickets.change import Change
from tickets.email.outgoing import Outgoing
from tickets.errors import Refused, TooFast
from tickets.events import SubjectChanged
from tickets.ticket import Ticket

NOWHERE = "0.0.0.0/32"  # where a caller without an address is, as in these stories
LABELS = {
    "le",
    "channel",
    "direction",
    "outcome",
    "surface",
    "status",
    "code",
    "queue",
    "state",
    "kind",
    "version",
    "limit",
}
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    folder, near = tmp_path_factory.mktemp("watched"), Watching(readers=(NOWHERE,))
    with a_whole_house(folder, url="http://desk.example", clock=MovedClock(), watching=near) as desk:
        yield desk


@pytest.fixture(autouse=True)
def at_work(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are read whenever they are asked for; and however busy the machine is, the desk has its time."""
    monkeypatch.setattr(health, "KEPT", 0.0)
    monkeypatch.setattr(health, "PATIENCE", 30.0)
    for patience in ("PATIENCE", "OLDEST_WRITE", "OLDEST_TICK", "OLDEST_EVENT"):
        monkeypatch.setattr(readiness, patience, 30.0 if patience == "PATIENCE" else 600.0)
    ticked(desk, ago=0.0)


def ticked(desk: Doorstep, *, ago: float) -> None:
    async def tick() -> None:
        desk.client.app_state["scheduler"].ticked_at = asyncio.get_running_loop().time() - ago

    desk.client.portal.call(tick)  # type: ignore[union-attr]


def readings(desk: Doorstep) -> dict[str, float]:
    """Every figure of the page, by its name and the values of its labels."""
    page = desk.client.get("/metrics").text
    return {
        sample.name + "".join(f"[{value}]" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def troubles(desk: Doorstep) -> list[str]:
    answer = desk.client.get("/readyz")
    told: list[str] = answer.json()["troubles"]
    assert (503 if told else 200, not told) == (answer.status_code, answer.json()["ready"])
    return told


def test_a_desk_at_work_is_ready(desk: Doorstep) -> None:
    assert {"ready": True, "troubles": [], "late": []} == desk.client.get("/readyz").json()
    assert {"alive": True} == desk.client.get("/healthz").json()


def test_who_asks_often_has_nothing_written(desk: Doorstep) -> None:
    """Every look of every proxy used to be a change."""
    app = desk.client.app_state
    with standing(app["scheduler"], "look"):
        assert [] == troubles(desk)
        wrote_at = app["metrics"].wrote_at
        desk.client.get("/readyz")
        assert wrote_at == app["metrics"].wrote_at


def test_after_a_write_that_failed_one_is_tried(desk: Doorstep) -> None:
    app = desk.client.app_state
    with standing(app["scheduler"], "look"):
        wrote_at, app["metrics"].fails = app["metrics"].wrote_at, True
        assert [] == troubles(desk)
        assert not app["metrics"].fails
        assert wrote_at < app["metrics"].wrote_at


def test_a_writer_that_stands_is_a_trouble_until_it_goes_on(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often somebody asks meanwhile, one trial waits."""
    stands, goes_on = threading.Event(), threading.Event()
    monkeypatch.setattr(readiness, "PATIENCE", 0.1)
    begun, tries = list[Readiness](), Readiness._try

    async def counted(self: Readiness) -> None:
        begun.append(self)
        await tries(self)

    monkeypatch.setattr(Readiness, "_try", counted)

    def stand(_: Change) -> None:
        stands.set()
        goes_on.wait(30)

    async def wrote_nothing() -> None:
        """Told of on the loop: what was written before the stop has been counted by then."""
        app["metrics"].wrote_at = None

    app, portal = desk.client.app_state, desk.client.portal
    assert portal is not None
    with standing(app["scheduler"], "look"):
        stalled = portal.start_task_soon(lambda: app["desk"].change(stand, by="system"))
        try:
            assert stands.wait(30)
            portal.call(wrote_nothing)
            assert all("writing" in troubles(desk) for _ in range(3))
            assert 1 == len(begun)
        finally:
            goes_on.set()
            stalled.result(30)
    monkeypatch.setattr(readiness, "PATIENCE", 30.0)
    assert "writing" not in troubles(desk)


def test_no_room_and_a_clock_that_nobody_looks_at_are_troubles(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 200 * 1024 * 1024 - 1))
    monkeypatch.setattr(readiness, "OLDEST_TICK", -1.0)
    assert ["timers", "disk"] == troubles(desk)
    assert not desk.client.portal.call(_keeps_up, desk)  # type: ignore[union-attr]
    monkeypatch.undo()
    assert desk.client.portal.call(_keeps_up, desk)  # type: ignore[union-attr]


async def _keeps_up(desk: Doorstep) -> bool:
    """Whether mail is taken."""
    return bool(desk.client.app_state["watch"].readiness.keeps_up())


def test_a_feed_is_as_late_as_the_first_event_that_it_has_not_told(desk: Doorstep) -> None:
    clock = desk.clock
    desk.change(lambda change: change.record(SubjectChanged(ticket=1)))
    newest = desk.look(log.newest)
    assert (1, 12.0) == desk.look(gauges.feed_lag, clock.moves(seconds=12), newest - 1)
    assert (0, 0.0) == desk.look(gauges.feed_lag, clock.now(), newest)


def test_mail_that_nobody_reads_is_told_and_stops_nobody(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that sent everybody away for it would close the chat because of a letter."""
    monkeypatch.setattr(readiness, "OLDEST_MAIL", -1.0)
    assert {"ready": True, "troubles": [], "late": ["mail"]} == desk.client.get("/readyz").json()


def test_what_is_committed_is_counted_by_what_it_was(desk: Doorstep) -> None:
    before = readings(desk)
    ticket_id = desk.change(lambda change: a_ticket(change).id)

    def say(change: Change, client_id: str) -> None:
        change.take(Ticket, ticket_id).receive(change, "Hello?", client_id=client_id)

    for client_id in ("1", "2", "3", "3"):  # a resend is no message
        desk.change(say, client_id)
    with pytest.raises(Refused):
        desk.change(lambda change: change.take(Ticket, 999_999))
    after = readings(desk)

    def more(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert 3 == more("frontdesk_messages_total[chat][in]")
    assert 1 == more("frontdesk_changes_total[refused]")
    assert more("frontdesk_changes_total[done]") >= 5
    assert more("frontdesk_commit_seconds_count") >= 5
    assert more("frontdesk_commit_changes_count") >= 5
    assert 0 < more("frontdesk_commit_seconds_sum") < 60
    assert 1e6 < after["process_resident_memory_bytes"]
    assert 1 == more("frontdesk_request_seconds_count[2xx][chat]")


def test_a_limit_that_asks_for_patience_is_counted(desk: Doorstep) -> None:
    limits = desk.client.app_state["limits"]
    for _ in range(20):
        limits.arrive("192.0.2.9")
    before = readings(desk)["frontdesk_limits_hit_total[arrive]"]
    with pytest.raises(TooFast):
        limits.arrive("192.0.2.9")
    assert before + 1 == readings(desk)["frontdesk_limits_hit_total[arrive]"]


def test_every_password_that_somebody_tries_is_counted(desk: Doorstep) -> None:
    """Right or wrong, of an agent or of nobody, and also where whoever tries is told to wait."""
    before = readings(desk)["frontdesk_passwords_tried_total"]
    answers = [desk.sign_in("Nobody", "wrong password").status_code for _ in range(7)]
    desk.sign_in("Ada")
    assert 429 in answers
    assert before + 8 == readings(desk)["frontdesk_passwords_tried_total"]


def test_how_things_stand_is_counted_when_somebody_asks(desk: Doorstep) -> None:
    desk.change(_mail)
    queue_id = desk.change(_line, 1)
    desk.clock.moves(seconds=90)
    now = readings(desk)

    assert 1 == now[f"frontdesk_queue_tickets[{queue_id}]"]
    assert 90 == now[f"frontdesk_queue_oldest_wait_seconds[{queue_id}]"]
    assert 90 == now["frontdesk_outbox_oldest_seconds"]
    assert (1, 0) == (now["frontdesk_outbox_mails[queued]"], now["frontdesk_outbox_mails[failed]"])
    assert (1, 0) == (now["frontdesk_database_up"], now["frontdesk_sockets[visitor]"])
    assert {"running", "paused", "breached"} == {
        name.partition("[")[2][:-1] for name in now if name.startswith("frontdesk_sla_clocks")
    }


def _line(change: Change, many: int) -> int:
    """A queue with so many in it."""
    queue = add_queue(change, name=f"Line {change.new_id()}")
    for _ in range(many):
        a_ticket(change, queue_id=queue.id)
    return queue.id


def _mail(change: Change) -> None:
    ticket = a_ticket(change)
    change.add(
        Outgoing(
            id=change.new_id(),
            ticket_id=ticket.id,
            to_address="sam@example.com",
            recipients=[],
            mail_id="<1@desk.example>",
            due_at=change.now,
            created_at=change.now,
        )
    )


def test_ever_so_many_queues_are_so_many_figures_and_no_more(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "MOST_QUEUES", 2)
    for many in (5, 4, 3, 2):
        desk.change(_line, many)
    lines = [(name, many) for name, many in readings(desk).items() if name.startswith("frontdesk_queue_tickets")]

    assert [5, 4] == [many for _, many in lines[:2]]
    assert [("frontdesk_queue_tickets[others]", True)] == [(name, many >= 5) for name, many in lines[2:]]


def test_names_follow_the_conventions_and_labels_are_few(desk: Doorstep) -> None:
    """Base units, a sentence each, and nothing of a person's in a label."""
    for family in text_string_to_metric_families(desk.client.get("/metrics").text):
        assert re.fullmatch("(frontdesk|process)_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        assert not re.search("_(ms|millis|minutes|kb|mb|percent)$", family.name)
        assert LABELS >= {label for sample in family.samples for label in sample.labels}


def test_what_an_unknown_proxy_passed_on_has_no_address(desk: Doorstep) -> None:
    """A proxy on the same machine would make everybody a neighbour."""
    assert 200 == desk.client.get("/metrics").status_code
    for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert 404 == desk.client.get("/metrics", headers={name: "127.0.0.1"}).status_code


def test_only_those_who_are_named_read_the_figures(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.client.app_state["watch"], "_readers", networks(("10.0.0.0/8",)))
    assert 404 == desk.client.get("/metrics").status_code
    assert 200 == desk.client.get("/readyz").status_code


def test_a_machine_is_watched_by_its_number_and_by_no_other_name(desk: Doorstep) -> None:
    """Probes and Prometheus know no names; a page that gave itself our number cannot read us by its own name."""
    for path in ("/healthz", "/metrics"):
        for number in ("10.1.2.3:8080", "[::1]:8080"):
            assert 200 == desk.client.get(path, headers={"host": number}).status_code
        assert 400 == desk.client.get(path, headers={"host": "evil.example"}).status_code
    assert 400 == desk.client.get("/app/login", headers={"host": "10.1.2.3:8080"}).status_code


def test_figures_are_there_while_the_database_is_not(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(gauges, "read", broken)
    now = readings(desk)
    assert 0 == now["frontdesk_database_up"]
    assert "frontdesk_changes_total[done]" in now


def test_a_reader_is_an_address_or_a_network() -> None:
    sentence = 'watching.readers takes addresses like 10.0.0.7 or 10.0.0.0/24, but one is "near".'
    assert [sentence] == list(Watching(readers=("near",)).problems())


def test_a_house_that_is_leaving_wants_no_more_visitors(desk: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.client.app_state["closing"], "_until", 0.0)
    assert ["leaving"] == troubles(desk)
