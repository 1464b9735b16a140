"""A status may go by an own name: it stays the status that it is, and says more to those who work with it."""

from collections.abc import Callable

import pytest

from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tickets import by_hand
from tickets.errors import Conflict, NotFound, Refused
from tickets.events import StatusChanged, decoded
from tickets.status import Category, Status
from tickets.status_names import (
    NAMED,
    StatusName,
    add_status_name,
    choice,
    chosen,
    remove_status_name,
    rename_status_name,
    status_names,
)
from tickets.ticket import Ticket


def parts_and_a_ticket() -> tuple[StatusName, Ticket, UnitChange]:
    """Ada has an open ticket, and may say what it waits for."""
    change = a_change()
    ada = an_agent(change)
    parts = add_status_name(change, Status.ON_HOLD, "Waiting for parts")
    ticket = a_ticket(change)
    ticket.set_status(change, Status.OPEN)
    change.by = ada.actor
    change.events.clear()
    return parts, ticket, change


# The names themselves


def test_a_name_is_one_line_and_as_long_as_a_chip_can_show() -> None:
    change = a_change()

    assert "Waiting for parts" == add_status_name(change, Status.ON_HOLD, " Waiting\n for  parts\x00 ").name
    assert "é" * 40 == add_status_name(change, Status.OPEN, "e\u0301" * 40).name
    for wrong in ("", " \u200b", "\u2800", "x" * 41):
        with pytest.raises(Refused) as refused:
            add_status_name(change, Status.OPEN, wrong)
        assert "name" == refused.value.field


def test_a_name_stands_for_one_status() -> None:
    """Whatever its case, in any script: an agent who reads it knows which it is."""
    change = a_change()
    add_status_name(change, Status.ON_HOLD, "Ärger im Lager")
    parts = add_status_name(change, Status.ON_HOLD, "Waiting for parts")

    with pytest.raises(Conflict, match="already a status named Ärger im Lager"):
        add_status_name(change, Status.OPEN, "ÄRGER IM LAGER")
    with pytest.raises(Conflict):
        parts.rename(change, "ärger im lager")
    parts.rename(change, "WAITING for parts")
    assert "WAITING for parts" == parts.name


def test_nobody_names_what_nobody_chooses() -> None:
    for status in Status:
        change = a_change()
        if status in NAMED:
            assert status == add_status_name(change, status, "Second level").status
        else:
            with pytest.raises(Refused):
                add_status_name(change, status, "Second level")
    assert {Status.NEW, Status.SPAM} == set(Status) - set(NAMED)


def test_names_are_listed_by_status_and_in_the_order_in_which_they_came() -> None:
    change = a_change()
    for status, name in [
        ("resolved", "Duplicate"),
        ("on_hold", "Parts"),
        ("open", "Second level"),
        ("on_hold", "Bank"),
    ]:
        add_status_name(change, Status(status), name)
    change.write()

    assert ["Second level", "Parts", "Bank", "Duplicate"] == [one.name for one in status_names(change.session)]


def test_every_change_of_a_name_is_heard_of_and_none_that_changes_nothing() -> None:
    change = a_change()
    parts = add_status_name(change, Status.ON_HOLD, "Parts")
    rename_status_name(change, parts.id, " Parts ")
    rename_status_name(change, parts.id, "Waiting for parts")
    remove_status_name(change, parts.id)

    assert ["StatusNamesChanged"] * 3 == change.kinds
    change.write()
    with pytest.raises(NotFound):
        remove_status_name(change, parts.id)
    with pytest.raises(NotFound):
        rename_status_name(change, parts.id, "Parts")


def test_a_name_that_open_work_carries_stays() -> None:
    parts, ticket, change = parts_and_a_ticket()
    ticket.set_status(change, Status.ON_HOLD, parts.id)

    with pytest.raises(Conflict, match="Open tickets carry this name: 1"):
        parts.remove(change)
    ticket.set_status(change, Status.ON_HOLD)
    parts.remove(change)


def test_a_name_that_only_done_work_carries_may_go() -> None:
    """What was settled stays settled, and falls back to the usual name."""
    _, ticket, change = parts_and_a_ticket()
    duplicate = add_status_name(change, Status.RESOLVED, "Duplicate")
    ticket.set_status(change, Status.RESOLVED, duplicate.id)

    duplicate.remove(change)
    change.write()
    ticket.set_status(change, Status.OPEN)

    assert (Status.OPEN, None) == (ticket.status, ticket.status_name_id)


# A ticket under such a name


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("status", NAMED)
def test_whatever_came_before_it_ends_under_the_chosen_name(before: Status, status: Status) -> None:
    change = a_change()
    ticket = a_ticket(change)
    ticket.set_status(change, before)
    name = add_status_name(change, status, "Second level")
    change.events.clear()

    ticket.set_status(change, status, name.id)

    settled_otherwise = status is Status.RESOLVED and before in {Status.CLOSED, Status.SPAM}
    if settled_otherwise:  # resolving what is done changes nothing, under any name
        assert (before, None, []) == (ticket.status, ticket.status_name_id, change.kinds)
    else:
        assert (status, name.id) == (ticket.status, ticket.status_name_id)
        said = change.recorded[-1]
        assert isinstance(said, StatusChanged)
        assert (status, name.id) == (said.status, said.name)
        assert 1 == change.kinds.count("StatusChanged")


def test_it_is_treated_as_the_status_that_it_is() -> None:
    parts, ticket, change = parts_and_a_ticket()
    ticket.set_status(change, Status.ON_HOLD, parts.id)

    assert (Category.WAITING, False) == (ticket.category_of_status, ticket.done)


def test_another_name_of_the_same_status_is_a_change_and_the_same_one_is_none() -> None:
    parts, ticket, change = parts_and_a_ticket()
    bank = add_status_name(change, Status.ON_HOLD, "Waiting for the bank")
    ticket.set_status(change, Status.ON_HOLD, parts.id)
    change.events.clear()

    for name_id in (parts.id, bank.id, bank.id, None, None):
        ticket.set_status(change, Status.ON_HOLD, name_id)

    said = [(event.before, event.name) for event in change.recorded if isinstance(event, StatusChanged)]
    assert [("on_hold", bank.id), ("on_hold", None)] == said


def test_every_other_change_of_status_takes_the_name_away() -> None:
    ways: dict[str, Callable[[Ticket, UnitChange], object]] = {
        "the customer writes": lambda ticket, change: ticket.receive(change, "Any news?", client_id="1"),
        "it is resolved": lambda ticket, change: ticket.resolve(change),
        "another status": lambda ticket, change: ticket.set_status(change, Status.PENDING),
        "it is spam": lambda ticket, change: ticket.set_status(change, Status.SPAM),
    }
    for way, happens in ways.items():
        parts, ticket, change = parts_and_a_ticket()
        ticket.set_status(change, Status.ON_HOLD, parts.id)
        happens(ticket, change)
        assert ticket.status_name_id is None, way
        assert Status.ON_HOLD != ticket.status, way


@pytest.mark.parametrize("done", [Status.RESOLVED, Status.CLOSED])
def test_what_begins_again_begins_under_the_usual_name(done: Status) -> None:
    _, ticket, change = parts_and_a_ticket()
    ticket.set_status(change, done, add_status_name(change, done, "Duplicate").id)

    ticket.reopen(change)

    assert (Status.OPEN, None) == (ticket.status, ticket.status_name_id)


def test_what_changes_no_status_keeps_the_name() -> None:
    """An answer to a ticket at the second level, a note, a snooze, an agent: it is still at the second level."""
    _, ticket, change = parts_and_a_ticket()
    second = add_status_name(change, Status.OPEN, "Second level")
    ticket.set_status(change, Status.OPEN, second.id)

    ticket.receive(change, "Any news?", client_id="1")
    ticket.reply(change, "Soon", client_id="2", name="Ada")
    ticket.note(change, "Ask Bo", client_id="3", name="Ada")
    ticket.snooze(change, change.now.replace(year=2027))
    ticket.wake(change)
    ticket.begin_live(change)

    assert second.id == ticket.status_name_id


def test_a_name_of_another_status_or_of_none_is_refused() -> None:
    parts, ticket, change = parts_and_a_ticket()

    for status, name_id in [(Status.OPEN, parts.id), (Status.RESOLVED, parts.id), (Status.ON_HOLD, 999_999)]:
        with pytest.raises(Refused, match="values offered"):
            ticket.set_status(change, status, name_id)
    assert (Status.OPEN, None, []) == (ticket.status, ticket.status_name_id, change.kinds)


# Two agents at once


def test_whoever_was_quicker_is_not_overruled_unseen() -> None:
    """Bo says what it waits for while Ada looks at "open": she is told, by the name that he chose."""
    parts, ticket, change = parts_and_a_ticket()
    bank = add_status_name(change, Status.ON_HOLD, "Waiting for the bank")
    by_hand.set_status(change, ticket.id, Status.ON_HOLD, parts.id, shown="open")

    with pytest.raises(Conflict, match="it is now Waiting for parts, you chose Waiting for the bank"):
        by_hand.set_status(change, ticket.id, Status.ON_HOLD, bank.id, shown="on_hold")
    with pytest.raises(Conflict, match="it is now Waiting for parts, you chose on_hold"):
        by_hand.set_status(change, ticket.id, Status.ON_HOLD, shown="open")

    by_hand.set_status(change, ticket.id, Status.ON_HOLD, parts.id, shown="open")  # both meant the same
    assert parts.id == ticket.status_name_id
    by_hand.set_status(change, ticket.id, Status.ON_HOLD, bank.id, shown=choice("on_hold", parts.id))
    assert bank.id == ticket.status_name_id


# How it is written


@pytest.mark.parametrize(("status", "name_id"), [(Status.OPEN, None), (Status.ON_HOLD, 12), (Status.ON_HOLD, 2**53)])
def test_a_choice_is_read_as_it_was_written(status: Status, name_id: int | None) -> None:
    assert (status, name_id) == chosen(choice(status.value, name_id))


@pytest.mark.parametrize(
    "text", ["", "opened", ":", ":12", "open:", "open:x", "open:-1", "open:1:2", "open:١٢", "open:" + "9" * 18, "OPEN"]
)
def test_what_is_no_choice_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        chosen(text)


def test_an_event_from_before_there_were_names_is_still_read() -> None:
    read = decoded("StatusChanged", '{"ticket":7,"status":"on_hold","before":"open"}')

    assert StatusChanged(ticket=7, status="on_hold", before="open", name=None) == read
