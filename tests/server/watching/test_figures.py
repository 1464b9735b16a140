"""Every figure that an alarm watches moves with what it is about."""

from __future__ import annotations

from typing import Any

import pytest

from routing.sla.clock import SlaClock
from routing.sla.events import SlaBreached
from server.watching import gauges, health
from tests.cast import a_ticket
from tests.server.doorstep import Doorstep, standing
from tests.server.watching.test_health import at_work, desk, readings, ticked  # noqa: F401  (two are fixtures)
from tickets import log
from tickets.change import Change
from tickets.email.incoming import set_up
from tickets.email.mailbox import add_mailbox
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.raw import RawMail, RawState


def test_promises_mail_and_a_late_feed_move_their_figures(
    desk: Doorstep,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, house = readings(desk), desk.client.app_state
    with standing(house["feed"], "_step"), standing(house["scheduler"], "look"), monkeypatch.context() as late:
        desk.change(_promised)
        desk.change(_unread)
        desk.clock.moves(seconds=30)
        late.setattr(house["feed"], "_place", house["feed"]._place._replace(pos=desk.look(log.newest) - 1))
        late.setattr(house["lobby"], "_lines", {1: {object()}, 2: {object(), object()}})
        ticked(desk, ago=7.0)
        after = readings(desk)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0.0)

    assert (1, 1) == (more("frontdesk_sla_clocks[running]"), more("frontdesk_sla_clocks[breached]"))
    assert 1 == more("frontdesk_sla_breaches_total")
    assert (1, 30) == (more("frontdesk_mail_unread"), after["frontdesk_mail_unread_oldest_seconds"])
    assert (1, True) == (after["frontdesk_feed_lag_events"], after["frontdesk_feed_lag_seconds"] >= 30)
    assert 3 == after["frontdesk_sockets[visitor]"]
    assert after["frontdesk_scheduler_lag_seconds"] >= 7
    assert after["frontdesk_last_write_seconds"] >= 0
    assert 1e6 < after["frontdesk_disk_free_bytes"]


def test_every_figure_of_mail_moves_with_what_it_is_about(desk: Doorstep) -> None:  # noqa: F811
    """What waits to go and since when, what is put aside, and since when a mailbox elsewhere was not reached."""
    before = readings(desk)
    there = {"host": "imap.shop.example", "user": "support", "secret_file": "imap"}
    desk.change(set_up, desk.change(add_mailbox, "support@shop.example").id, **there)
    desk.change(_put_aside)
    for state in (MailState.RETRY, MailState.FAILED, MailState.INDETERMINATE, MailState.SENT):
        desk.change(_outgoing, state)
    desk.clock.moves(seconds=30)
    now = readings(desk)

    told = {state: now.get(f"frontdesk_outbox_mails[{state}]") for state in MailState}
    assert {"queued": 0, "sending": 0, "retry": 1, "failed": 1, "indeterminate": 1, "sent": None} == told
    assert 30 == now["frontdesk_outbox_oldest_seconds"]
    assert 1 == now["frontdesk_mail_quarantined"] - before["frontdesk_mail_quarantined"]
    assert before["frontdesk_mail_unread"] == now["frontdesk_mail_unread"]
    ((_, since),) = [(name, figure) for name, figure in now.items() if name.startswith("frontdesk_mailbox_success")]
    assert 30 == since


def test_a_database_that_does_not_answer_is_waited_for_once(
    desk: Doorstep,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each who looked waited for those before them, too: of several workers, those who live were told as silent."""
    looks = []

    def late(*_: Any) -> None:
        looks.append(1)
        raise TimeoutError

    monkeypatch.setattr(health, "KEPT", 60.0)
    monkeypatch.setattr(desk.client.app_state["watch"], "_looked_at", float("-inf"))
    monkeypatch.setattr(gauges, "read", late)
    assert [0, 0, 0] == [readings(desk)["frontdesk_database_up"] for _ in range(3)]
    assert 1 == len(looks)


def _put_aside(change: Change) -> None:
    state, id = RawState.QUARANTINED.value, change.new_id()
    told: dict[str, Any] = {"mailbox_id": 1, "sender": "", "sha256": f"{id:064x}", "fingerprint": f"{id}", "size": 1}
    change.add(RawMail(id=id, received_at=change.now, state=state, **told))


def _outgoing(change: Change, state: MailState) -> None:
    id = change.new_id()
    told: dict[str, Any] = {"to_address": "sam@example.com", "recipients": [], "mail_id": f"<{id}@desk.example>"}
    due_at = change.now if state is MailState.RETRY else None
    told |= {"ticket_id": a_ticket(change).id, "created_at": change.now, "due_at": due_at, "state": state.value}
    change.add(Outgoing(id=id, **told))


def _promised(change: Change) -> None:
    """One promise that runs, and one that was broken."""
    ticket = a_ticket(change)
    ticking: dict[str, Any] = {
        "ticket_id": ticket.id,
        "metric": "first_reply",
        "started_at": change.now,
        "since": change.now,
    }
    change.add(SlaClock(id=change.new_id(), cycle=71, target_seconds=600.0, **ticking))
    broken = change.add(SlaClock(id=change.new_id(), cycle=72, target_seconds=600.0, breached_at=change.now, **ticking))
    change.record(SlaBreached(ticket=ticket.id, clock=broken.id, metric=broken.metric, due=change.now))


def _unread(change: Change) -> None:
    id, now = change.new_id(), change.now
    change.add(
        RawMail(id=id, mailbox_id=1, sender="", sha256=f"{id:064x}", fingerprint=f"{id}", size=1, received_at=now)
    )
