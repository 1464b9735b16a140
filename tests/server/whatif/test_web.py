"""Supervisors look at other promises on a page: figures beside figures, tickets linked, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlmodel import Session, SQLModel, func, select

from routing.sla.policy import Terms, add_policy
from server.whatif import web
from tests.cast import a_customer
from tests.routing.floor import ALL
from tests.routing.sla.promises import a_policy, targets
from tests.server.doorstep import Doorstep, a_doorstep
from tests.server.reading import tree
from tickets.change import Change
from tickets.opening import open_ticket
from tickets.status import Channel
from tickets.ticket import Ticket

STRICTER = '[[policy]]\nname = "Gold"\ntargets.first_reply = "30 min 24/7"\n'


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Grace, the supervisor, an hour after Sam's mail was answered: it had waited forty minutes of an hour."""
    with a_doorstep(tmp_path, *web.DOORS) as step:
        ticket_id = step.change(_opened)
        step.clock.moves(minutes=40)
        step.change(_answered, ticket_id)
        step.clock.moves(hours=1)
        step.sign_in("Grace")
        yield step


def _opened(change: Change) -> int:
    a_policy(change, {"first_reply": 60})
    ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, subject="Where is my parcel?")
    ticket.receive(change, "Where is it?", client_id="1")
    ALL.settle(change)
    return ticket.id


def _answered(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).reply(change, "On its way.", client_id="2", name="Ada")
    ALL.settle(change)


def counts(session: Session) -> dict[str, int]:
    tables: list[Table] = SQLModel.metadata.sorted_tables
    found = {one.name: session.execute(select(func.count()).select_from(one)).scalar() or 0 for one in tables}
    return {name: n for name, n in found.items() if "session" not in name}


def test_the_page_begins_with_todays_policies(step: Doorstep) -> None:
    (typed,) = tree(step.open(web.PATH)).xpath("//textarea[@name='policies']")
    assert 'targets.first_reply = { urgent = "30 min 24/7"' in typed.text


def test_what_would_have_been_broken_stands_beside_what_was_kept_and_nothing_is_written(step: Doorstep) -> None:
    before = step.look(counts)
    page = tree(step.submit(web.PATH, {"days": "7", "hours": "", "policies": STRICTER}))

    figures = [" ".join(cell.text_content().split()) for cell in page.xpath("//table//tr[th='All promises']/td")]
    assert ["100 % of 1", "0 % of 1", "-100.0"] == figures
    (link,) = page.xpath("//*[@id='changed']//a")
    assert step.look(_numbers) == [int(link.get("href").rpartition("/")[2])]
    assert "First reply: kept → broken" in link.text_content()
    assert before == step.look(counts)


def test_a_mistake_is_said_beside_the_field_with_the_policy_that_it_is_in(step: Doorstep) -> None:
    wrong = STRICTER.replace("30 min 24/7", "soon")
    answer = step.submit(web.PATH, {"days": "7", "hours": "", "policies": wrong})
    page = tree(answer)

    assert 422 == answer.status_code
    assert "In the policy “Gold”: targets.first_reply:" in page.text_content()
    assert "Write a length like" in page.xpath("string(//*[@id='f-policies-wrong'])")
    assert wrong.strip() == page.xpath("string(//textarea)").strip()


def test_what_no_reader_of_toml_takes_is_a_mistake_beside_the_field_as_well(step: Doorstep) -> None:
    for wrong, says in (
        ("a = " + "[" * 5000, "Line 1 is nested too deeply."),
        (STRICTER + "targets.resolution = 0x" + "f" * 5000, "Write a length like"),
        ('[[policy]]\nname = "Gold"\nhours = ["Office"]\n', "hours is one text in quotes."),
    ):
        answer = step.submit(web.PATH, {"days": "7", "hours": "", "policies": wrong})
        assert 422 == answer.status_code
        assert says in tree(answer).xpath("string(//*[@id='f-policies-wrong'])")


def test_too_much_is_answered_with_a_sentence(step: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MOST_HERE", 0)
    answer = step.submit(web.PATH, {"days": "7", "hours": "", "policies": STRICTER})
    assert (422, True) == (answer.status_code, "That is about 1 tickets" in answer.text)


def test_what_the_page_itself_brought_can_be_sent_however_many_policies_there_are(step: Doorstep) -> None:
    step.change(_hundreds)
    (typed,) = tree(step.open(web.PATH)).xpath("//textarea[@name='policies']")

    answer = step.submit(web.PATH, {"days": "7", "hours": "", "policies": typed.text})

    assert len(typed.text) > 60_000
    assert (200, False) == (answer.status_code, "This is longer" in answer.text)


def _hundreds(change: Change) -> None:
    for n in range(300):
        add_policy(change, Terms(f"Contract {n}", targets({"first_reply": 60, "resolution": 400}), channels=["email"]))


def test_agents_and_outsiders_do_not_come_in(step: Doorstep) -> None:
    step.client.cookies.clear()
    assert step.open(web.PATH).status_code in {303, 401}
    step.sign_in("Ada")
    assert 403 == step.open(web.PATH).status_code


def _numbers(session: Session) -> list[int]:
    return list(session.exec(select(Ticket.number)))
