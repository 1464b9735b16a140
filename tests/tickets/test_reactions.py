"""What follows from an event happens inside the same change, in a fixed order, and comes to an end."""

import pytest

from tests.cast import UnitChange, a_change
from tickets.change import Change
from tickets.events import Event, SubjectChanged, TicketAssigned, TicketOpened, TicketReleased, TicketReopened
from tickets.reactions import MOST_AT_ONCE, MOST_EVENTS, Reactions

OPENED = TicketOpened(ticket=1, channel="chat")


def an_opening(*, by: str = "customer:91") -> UnitChange:
    change = a_change(by=by)
    change.record(OPENED)
    return change


def test_reactions_hear_in_the_order_in_which_they_were_registered() -> None:
    heard: list[str] = []
    change = an_opening()

    change.settle(
        Reactions(
            [
                (TicketOpened, lambda change, event: heard.append("place")),
                (TicketAssigned, lambda change, event: heard.append("never")),
                (TicketOpened, lambda change, event: heard.append("offer")),
            ]
        )
    )

    assert ["place", "offer"] == heard


def test_an_answer_is_answered_after_everyone_heard_the_question() -> None:
    heard: list[tuple[str, str]] = []

    def place(change: Change, event: Event) -> None:
        heard.append(("place", event.kind))
        change.record(SubjectChanged(ticket=1))

    def watch(change: Change, event: Event) -> None:
        heard.append(("watch", event.kind))

    change = an_opening()
    change.settle(Reactions([(TicketOpened, place), (TicketOpened, watch), (SubjectChanged, watch)]))

    assert [("place", "TicketOpened"), ("watch", "TicketOpened"), ("watch", "SubjectChanged")] == heard
    assert ["TicketOpened", "SubjectChanged"] == change.kinds


def test_a_reaction_acts_as_the_house_and_the_actor_is_himself_again_afterwards() -> None:
    change = an_opening(by="customer:91")

    change.settle(Reactions([(TicketOpened, lambda change, event: change.record(SubjectChanged(ticket=1)))]))
    change.record(TicketReopened(ticket=1))

    assert ["customer:91", "system", "customer:91"] == [by for by, _ in change.events]


def test_two_reactions_that_answer_each_other_are_stopped_and_named() -> None:
    def assign(change: Change, event: Event) -> None:
        change.record(TicketAssigned(ticket=1, agent=7))

    def release(change: Change, event: Event) -> None:
        change.record(TicketReleased(ticket=1, agent=7))

    change = an_opening()
    with pytest.raises(RuntimeError, match=r"more than 50 events.*TicketAssigned, TicketReleased, TicketAssigned"):
        change.settle(Reactions([(TicketOpened, assign), (TicketAssigned, release), (TicketReleased, assign)]))


def test_fifty_events_are_still_heard() -> None:
    heard: list[Event] = []
    change = a_change()
    for _ in range(MOST_EVENTS):
        change.record(OPENED)

    change.settle(Reactions([(TicketOpened, lambda change, event: heard.append(event))]))

    assert MOST_EVENTS == len(heard)


def test_what_concerns_many_at_once_is_told_of_each_and_answered() -> None:
    heard: list[Event] = []
    change = a_change()
    for _ in range(3 * MOST_EVENTS):
        change.record(OPENED)

    def assign(change: Change, event: Event) -> None:
        change.record(TicketAssigned(ticket=1, agent=7))

    change.settle(Reactions([(TicketOpened, assign), (TicketAssigned, lambda change, event: heard.append(event))]))

    assert 3 * MOST_EVENTS == len(heard)


def test_answers_that_grow_without_end_are_stopped() -> None:
    def twice(change: Change, event: Event) -> None:
        change.record(OPENED)
        change.record(OPENED)

    change = an_opening()
    with pytest.raises(RuntimeError, match=f"more than {MOST_AT_ONCE} events"):
        change.settle(Reactions([(TicketOpened, twice)]))
