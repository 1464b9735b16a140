"""Every promise begins with the first word of a person, whatever was there before; nothing else has to happen first."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from routing.queues import add_queue
from routing.sla import keeping
from routing.sla.policy import Terms, add_policy
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.cast import a_customer, an_agent
from tests.routing.floor import settle
from tests.routing.sla.promises import ALoggedChange, a_policy, ada_answers, clock_of, clocks_of, sam_writes, targets
from tickets.opening import open_ticket
from tickets.saying import Post
from tickets.status import Channel, Status
from tickets.ticket import Ticket


def a_machines_mail(promised: Mapping[str, int], *, inside: bool = True) -> tuple[ALoggedChange, Ticket]:
    """Ten minutes ago it opened a ticket, in a queue; queues promise one another ninety minutes."""
    change = ALoggedChange()
    queue = add_queue(change, "Support")
    if promised:
        a_policy(change, promised)
    if inside:
        add_policy(change, Terms("Between queues", targets({"ownership": 90}), internal=True))
    ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, queue_id=queue.id)
    post = Post(Channel.EMAIL, change.now)
    ticket.overhear(change, "Disk is full.", client_id="m", name="Monitor", post=post, robot=True)
    settle(change)
    assert {} == ticket.sla_clocks
    change.moves(minutes=10)
    return change, ticket


def a_chat_without_words(promised: Mapping[str, int]) -> tuple[ALoggedChange, Ticket]:
    """Sam waits at the other end, Ada takes it, and nobody has said anything yet."""
    change = ALoggedChange()
    queue, ada = add_queue(change, "Support"), an_agent(change)
    a_policy(change, promised)
    ticket = open_ticket(change, a_customer(change), channel=Channel.CHAT, live=True, queue_id=queue.id)
    settle(change)
    change.moves(minutes=1)
    ticket.assign(change, ada)
    settle(change)
    change.moves(minutes=1)
    return change, ticket


def is_as_it_should_be(change: ALoggedChange, ticket: Ticket) -> None:
    """Looking again finds nothing to do, and told again it is the same."""
    change.write()
    held = dict(ticket.sla_clocks)
    (story,) = stories(change.session, [ticket.id])
    again = retell(story, as_it_was(change.session), change.now)
    really = clocks_of(change, ticket)
    facts = [sorted((one.metric, one.state, one.started_at, one.due_at) for one in all_) for all_ in (really, again)]
    assert facts[0] == facts[1]
    keeping.touch(change, ticket)
    assert held == ticket.sla_clocks


@pytest.mark.parametrize("promised", [{"first_reply": 60, "response": 2}, {"response": 2, "resolution": 60}])
def test_in_a_chat_that_began_without_words_the_first_one_has_its_answer_in_time(promised: Mapping[str, int]) -> None:
    """That a first reply is promised as well takes nothing from it."""
    change, ticket = a_chat_without_words(promised)
    sam_writes(change, ticket)

    assert change.now == clock_of(change, ticket, "response").started_at
    is_as_it_should_be(change, ticket)
    change.moves(minutes=1)
    sam_writes(change, ticket)
    ada_answers(change, ticket)
    assert "met" == clock_of(change, ticket, "response").state


@pytest.mark.parametrize("promised", [{}, {"next_reply": 30}, {"periodic_update": 30}, {"first_reply": 30}])
def test_a_queue_has_a_ticket_of_a_machine_since_somebody_wrote(promised: Mapping[str, int]) -> None:
    """Whatever customers are promised, and where they are promised nothing."""
    change, ticket = a_machines_mail(promised)
    sam_writes(change, ticket)

    assert "running" == clock_of(change, ticket, "ownership").state
    is_as_it_should_be(change, ticket)


@pytest.mark.parametrize("promised", [{"first_reply": 30, "resolution": 90}, {"periodic_update": 30, "agent_work": 9}])
def test_what_we_begin_ourselves_is_promised_from_our_word_on(promised: Mapping[str, int]) -> None:
    """Nobody wrote but the machine, and somebody had opened it before."""
    change, ticket = a_machines_mail(promised)
    ticket.set_status(change, Status.OPEN)
    settle(change)
    change.moves(minutes=10)
    ada_answers(change, ticket)

    assert {*promised, "ownership"} - {"first_reply"} == {*ticket.sla_clocks}
    is_as_it_should_be(change, ticket)
