"""The doors of offers, presence and assignment."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.requests import Request
from starlette.responses import HTMLResponse

from routing import presence
from routing.offers import Offer
from routing.presence import Intent, Presence
from routing.queues import Queue, add_queue
from routing.web import DOORS
from tests.cast import a_customer
from tests.routing.floor import ALL
from tests.server.doorstep import Doorstep, a_doorstep
from tickets.change import Change
from tickets.edge import Who, door
from tickets.opening import open_ticket
from tickets.people import Role
from tickets.status import Channel
from tickets.ticket import Ticket

OURS: dict[str, Any] = {"x-requested-with": "frontdesk"}


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ada is at the desk for Support and Sam's chat rings at her; Bo is a colleague."""
    staff = [("Ada", Role.AGENT), ("Bo", Role.AGENT), ("Ines", Role.ADMIN)]
    with a_doorstep(tmp_path, *DOORS, door("/form", _form, who=Who.AGENT), staff=staff) as step:
        step.change(_opens, step.agents["Ada"])
        yield step


def test_accepting_opens_the_ticket(step: Doorstep) -> None:
    step.sign_in("Ada")
    offer = _only(step, Offer)

    answer = _send(step, f"/app/offers/{offer.id}/acceptance")

    assert (200, {"ticket": 1001}) == (answer.status_code, answer.json())
    assert step.agents["Ada"] == _only(step, Ticket).agent_id


def test_accepting_without_scripts_goes_to_the_ticket(step: Doorstep) -> None:
    step.sign_in("Ada")

    answer = step.submit(f"/app/offers/{_only(step, Offer).id}/acceptance", via="/form")

    assert (303, "/app/tickets/1001") == (answer.status_code, answer.headers["location"])


def test_a_colleague_cannot_take_it_through_the_offer(step: Doorstep) -> None:
    step.sign_in("Bo")

    answer = _send(step, f"/app/offers/{_only(step, Offer).id}/acceptance")

    assert 403 == answer.status_code
    assert _only(step, Ticket).agent_id is None


def test_declining_keeps_the_reason(step: Doorstep) -> None:
    step.sign_in("Ada")
    offer = _only(step, Offer)

    answer = _send(step, f"/app/offers/{offer.id}/refusal", {"why": "Not my\nlanguage"})

    assert 204 == answer.status_code
    assert ("declined", "Not my language") == (_only(step, Offer).state, _only(step, Offer).why)


def test_an_agent_says_whether_they_are_there(step: Doorstep) -> None:
    step.sign_in("Ada")

    answer = _send(step, "/app/presence", {"intent": "away", "reason": "lunch"})

    assert 204 == answer.status_code
    assert ("away", "lunch") == (_only(step, Presence).intent, _only(step, Presence).reason)
    assert 422 == _send(step, "/app/presence", {"intent": "asleep"}).status_code


def test_nothing_is_next_while_the_only_chat_rings(step: Doorstep) -> None:
    step.sign_in("Ada")

    answer = _send(step, "/app/next")

    assert (422, "Nothing waits for you.") == (answer.status_code, answer.json()["says"])


def test_a_ticket_is_taken_given_back_and_moved(step: Doorstep) -> None:
    step.sign_in("Bo")
    path, me = f"/app/tickets/{_only(step, Ticket).id}", step.agents["Bo"]
    billing = step.change(lambda change: add_queue(change, "Billing").id)

    assert 204 == _send(step, f"{path}/assignment", {"agent": "me"}).status_code
    assert me == _only(step, Ticket).agent_id
    assert 204 == _send(step, f"{path}/queue", {"queue": str(billing)}).status_code
    assert (billing, None) == (_only(step, Ticket).queue_id, _only(step, Ticket).agent_id)


@pytest.mark.parametrize("agent", ["", "everyone", "-1", "9" * 30, "²"])
def test_nonsense_is_refused_with_the_field_it_is_about(step: Doorstep, agent: str) -> None:
    step.sign_in("Ada")

    answer = _send(step, f"/app/tickets/{_only(step, Ticket).id}/assignment", {"agent": agent})

    assert (422, "agent") == (answer.status_code, answer.json()["field"])


def test_somebody_who_is_not_signed_in_changes_nothing(step: Doorstep) -> None:
    for path in (f"/app/offers/{_only(step, Offer).id}/acceptance", "/app/presence", "/app/next"):
        assert _send(step, path, {"intent": "available"}).status_code in {303, 401, 403}
    assert ("offered", None) == (_only(step, Offer).state, _only(step, Ticket).agent_id)


def _opens(change: Change, ada: int) -> None:
    queue = add_queue(change, "Support", members=[ada])
    presence.came(change, ada)
    presence.set_intent(change, ada, Intent.AVAILABLE)
    open_ticket(change, a_customer(change), channel=Channel.CHAT, live=True, queue_id=change.take(Queue, queue.id).id)
    ALL.settle(change)


async def _form(request: Request) -> HTMLResponse:
    return HTMLResponse(f'<input name="csrf" value="{request.state.csrf}">')


def _send(step: Doorstep, path: str, form: dict[str, Any] | None = None) -> Any:
    """As our own script does."""
    return step.submit(path, form, via="/form", **OURS)


def _only(step: Doorstep, model: Any) -> Any:
    return step.look(lambda session: session.exec(select(model)).one())
