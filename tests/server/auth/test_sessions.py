"""A session begins new, ends by itself, and ends at once when it must."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.auth import accounts, links, live_ticket, sessions
from server.auth.sessions import ConsoleSession, Secrets
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tickets.errors import NotAllowed, NotFound, Refused
from tickets.events import AgentRevoked
from tickets.people import Agent, Role

IDLE = timedelta(minutes=30)
LASTS = timedelta(hours=12)


def signed_in(change: UnitChange, agent: Agent, token: str = "one") -> ConsoleSession:
    return sessions.sign_in(change, agent.id, Secrets(token, f"form of {token}"), lasts=LASTS)


def recognised(change: UnitChange, token: str = "one") -> bool:
    change.rows(select(ConsoleSession))  # what the change has done is what the next look sees
    return sessions.recognise(change.session, token, change.now, idle=IDLE, seen={}) is not None


def test_the_secret_itself_is_not_kept() -> None:
    change = a_change()
    session = signed_in(change, an_agent(change), "b7f0")

    assert "b7f0" not in session.token_hash
    assert recognised(change, "b7f0")
    assert not recognised(change, session.token_hash)


def test_a_session_ends_after_half_an_hour_of_nothing() -> None:
    change = a_change()
    signed_in(change, an_agent(change))

    change.moves(minutes=29, seconds=59)
    assert recognised(change)
    change.moves(seconds=1)
    assert not recognised(change)


def test_being_here_keeps_it_open_but_never_longer_than_a_day_s_work() -> None:
    change = a_change()
    session = signed_in(change, an_agent(change))

    for _ in range(11 * 3 + 2):
        change.moves(minutes=20)
        sessions.refresh(change, {session.id: change.now})
        assert recognised(change)
    change.moves(minutes=20)
    sessions.refresh(change, {session.id: change.now})
    assert not recognised(change)


def test_what_was_seen_earlier_never_takes_back_what_was_seen_later() -> None:
    change = a_change()
    session = signed_in(change, an_agent(change))
    earlier = change.now
    change.moves(minutes=10)
    sessions.refresh(change, {session.id: change.now})
    sessions.refresh(change, {session.id: earlier})
    change.session.refresh(session)

    assert change.now == session.seen_at


@pytest.mark.parametrize("ending", ["deactivate", "role", "password link"])
def test_whoever_loses_their_place_is_out_at_once(ending: str) -> None:
    change = a_change(by="system")
    ada = an_agent(change)
    signed_in(change, ada, "one")
    signed_in(change, ada, "two")
    an_agent(change, "Ines", Role.ADMIN)
    if ending == "deactivate":
        accounts.deactivate(change, ada.id)
    elif ending == "role":
        accounts.change_role(change, ada.id, Role.SUPERVISOR)
    else:
        accounts.invite(change, ada.id, "link")
        accounts.choose_password(change, "link", "a new hash")

    assert not recognised(change, "one")
    assert not recognised(change, "two")
    assert AgentRevoked(agent=ada.id) in change.recorded


def test_a_new_password_ends_every_session_but_this_one_which_gets_a_new_secret() -> None:
    change = a_change()
    ada = an_agent(change)
    here = signed_in(change, ada, "here")
    signed_in(change, ada, "elsewhere")
    accounts.change_password(change, ada.id, "hash", session_id=here.id, secrets=Secrets("fresh", "form"))

    assert not recognised(change, "elsewhere")
    assert not recognised(change, "here")
    assert recognised(change, "fresh")


def test_nobody_signs_another_out() -> None:
    change = a_change()
    ada, bo = an_agent(change, "Ada"), an_agent(change, "Bo")
    session = signed_in(change, ada)

    sessions.sign_out(change, session.id, of=bo.id)
    assert recognised(change)
    sessions.sign_out(change, session.id, of=ada.id)
    assert not recognised(change)


def test_a_live_ticket_is_good_once_for_its_session_and_for_thirty_seconds() -> None:
    change = a_change()
    ada = an_agent(change)
    mine, other = signed_in(change, ada, "one"), signed_in(change, ada, "two")
    live_ticket.issue(change, mine.id, "ride")
    assert not live_ticket.redeem(change, other.id, "ride")
    assert live_ticket.redeem(change, mine.id, "ride")
    assert not live_ticket.redeem(change, mine.id, "ride")

    live_ticket.issue(change, mine.id, "late")
    change.moves(seconds=30)
    assert not live_ticket.redeem(change, mine.id, "late")
    assert not live_ticket.redeem(change, mine.id, "")


def test_a_one_time_link_is_good_once_and_for_a_day() -> None:
    change = a_change()
    ada = an_agent(change)
    accounts.invite(change, ada.id, "link")
    accounts.choose_password(change, "link", "hash")
    with pytest.raises(NotFound):
        accounts.choose_password(change, "link", "another hash")

    accounts.invite(change, ada.id, "slow")
    change.moves(hours=24)
    with pytest.raises(NotFound):
        accounts.choose_password(change, "slow", "another hash")
    assert "hash" == ada.password_hash


def test_a_newer_link_replaces_an_older_one() -> None:
    change = a_change()
    ada = an_agent(change)
    accounts.invite(change, ada.id, "old")
    accounts.invite(change, ada.id, "new")

    with pytest.raises(NotFound):
        accounts.choose_password(change, "old", "hash")
    assert ada.id == accounts.choose_password(change, "new", "hash").id


def test_the_first_link_makes_no_second_admin() -> None:
    change = a_change()
    links.make(change, "first", agent_id=None)
    an_agent(change, "Ines", Role.ADMIN)

    with pytest.raises(NotFound):
        accounts.add_first(
            change, "first", name="Mallory", email="mallory@evil.example", password_hash="hash", language=""
        )


def test_a_link_that_sets_a_password_makes_no_admin_and_the_other_way_round() -> None:
    """CVE-2023-52268: a token for one thing was good for another."""
    change = a_change()
    ada = an_agent(change)
    accounts.invite(change, ada.id, "invitation")
    with pytest.raises(NotFound):
        accounts.add_first(
            change, "invitation", name="Mallory", email="mallory@evil.example", password_hash="h", language=""
        )
    links.make(change, "first", agent_id=None)
    with pytest.raises(NotFound):
        accounts.choose_password(change, "first", "hash")


def test_there_is_always_an_admin() -> None:
    change = a_change()
    ines = an_agent(change, "Ines", Role.ADMIN)
    with pytest.raises(Refused):
        accounts.change_role(change, ines.id, Role.AGENT)
    with pytest.raises(Refused):
        accounts.deactivate(change, ines.id)
    an_agent(change, "Olu", Role.ADMIN)

    accounts.change_role(change, ines.id, Role.AGENT)
    assert Role.AGENT == ines.role


def test_nobody_lets_themselves_go() -> None:
    change = a_change()
    ines, _ = an_agent(change, "Ines", Role.ADMIN), an_agent(change, "Olu", Role.ADMIN)
    change.by = ines.actor

    with pytest.raises(NotAllowed):
        accounts.deactivate(change, ines.id)


def test_an_address_signs_in_one_person_whatever_its_case() -> None:
    change = a_change()
    accounts.add(change, name="Ada", email="Ada@Frontdesk.Example", role=Role.AGENT)
    with pytest.raises(Refused) as refused:
        accounts.add(change, name="Mallory", email="ada@frontdesk.example", role=Role.AGENT)
    assert "email" == refused.value.field


def test_the_work_of_who_left_goes_back_a_few_tickets_at_a_time() -> None:
    change = a_change()
    ada = an_agent(change)
    tickets = [a_ticket(change) for _ in range(accounts.AT_ONCE + 2)]
    for ticket in tickets:
        ticket.assign(change, ada)
    assert 0 == accounts.give_back(change, ada.id)
    accounts.deactivate(change, ada.id)

    assert [accounts.AT_ONCE, 2, 0] == [accounts.give_back(change, ada.id) for _ in range(3)]
    assert all(ticket.agent_id is None for ticket in tickets)
