"""A resend is known among all that was ever sent, and what is not is not looked at."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from tests.cast import UnitChange, a_change, a_ticket
from tests.engine import about_sqlite
from tests.plans import plans_of
from tickets.message import Message, messages_sent

SAM = "customer:91"
SENDS = [(SAM, "1"), (SAM, "2"), (SAM, 'no"\\ 李'), ("customer:92", "1")]


def said() -> UnitChange:
    """Sam has sent two of them."""
    change = a_change(by=SAM)
    ticket = a_ticket(change)
    ticket.receive(change, "Hello?", client_id="1")
    ticket.receive(change, "Anyone?", client_id='no"\\ 李')
    change.write()
    return change


def test_of_many_sends_those_are_told_that_were_kept() -> None:
    found = messages_sent(said().session, SENDS)

    assert {(SAM, "1"): "Hello?", (SAM, 'no"\\ 李'): "Anyone?"} == {(one.by, one.client_id): one.text for one in found}


@about_sqlite
def test_each_is_found_by_the_index_however_many_are_asked_for() -> None:
    """A batch once looked at every message that there was."""
    change = said()
    plans = plans_of(change.session)

    list(messages_sent(change.session, SENDS))

    assert [] == [step for step in plans if step.startswith("SCAN message")]
    assert any("(by=? AND client_id=?)" in step for step in plans)


@pytest.mark.parametrize("other", [{"seq": 9}, {"client_id": "2"}], ids=["the same id", "the same place"])
def test_the_database_refuses_a_second_message_of(other: dict[str, object]) -> None:
    """The constraint is the truth: a verb that forgot to look could not commit."""
    change = said()
    (first, *_) = messages_sent(change.session, [(SAM, "1")])
    twin = {**first.model_dump(), "id": change.new_id(), **other}

    with pytest.raises(IntegrityError, match=r"message\.client_id|message\.seq|uq_message_(client_id|seq)"):
        change.session.connection().execute(insert(Message).values(**twin))
