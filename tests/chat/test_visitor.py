"""A visitor is one browser: known by its token alone, here or gone, and sure of nothing that it claims."""

from datetime import timedelta

import pytest
from sqlmodel import select

from chat import visitor as verbs
from chat.chores import CHORES
from chat.site import SiteForm, edit_site
from chat.visitor import Visitor, arrive, by_token, hash_of
from tests.cast import UnitChange, a_change
from tests.chat.shop import a_site, a_visitor, says, ticket_of
from tickets.errors import NotFound, Refused
from tickets.people import Customer, IdentifierKind, new_customer


def here() -> tuple[UnitChange, Visitor]:
    change = a_change()
    a_site(change)
    sam = a_visitor(change)
    verbs.came(change, sam.id)
    return change, sam


def due(change: UnitChange, which: int) -> list[int]:
    change.one(select(Visitor))  # writes what is pending
    return list(CHORES[which].due(change.session, change.now))


def test_a_token_finds_its_visitor_and_nothing_else_does() -> None:
    """A blank lookup must not match the first visitor."""
    change, sam = here()
    change.one(select(Visitor))
    found = by_token(change.session, "sams-token", change.now)
    assert found is not None
    assert sam.id == found[0].id
    for nobody in (None, "", "sams-toke", "SAMS-TOKEN", hash_of("sams-token")):
        assert by_token(change.session, nobody, change.now) is None


def test_the_token_is_kept_only_as_a_hash() -> None:
    _, sam = here()
    assert "sams-token" not in str(sam.model_dump())


def test_a_token_lasts_thirty_days_from_its_last_use() -> None:
    change, sam = here()
    change.moves(days=29)
    verbs.seen(change, [sam.id])
    change.moves(days=29)
    assert by_token(change.session, "sams-token", change.now) is not None
    change.moves(days=1)
    assert by_token(change.session, "sams-token", change.now) is None


@pytest.mark.parametrize("key", ["", "coffee", "TEA"])
def test_an_unknown_site_takes_nobody(key: str) -> None:
    change, _ = here()
    with pytest.raises(NotFound):
        arrive(change, site_key=key, token_hash="x")


def test_a_site_that_was_switched_off_takes_nobody() -> None:
    change = a_change()
    site = a_site(change)
    edit_site(change, site.id, SiteForm(key="tea", name="Tea", active=False))
    with pytest.raises(NotFound):
        a_visitor(change)


def test_coming_and_going_are_events_only_while_a_chat_is_live() -> None:
    change, sam = here()
    assert ["SiteChanged"] == change.kinds
    says(change, sam)
    change.events.clear()
    verbs.came(change, sam.id)
    assert [] == change.kinds


def test_who_is_not_seen_for_the_grace_has_left_once() -> None:
    change, sam = here()
    says(change, sam)
    change.events.clear()
    change.moves(seconds=59)
    assert ([], False) == (due(change, 0), verbs.left(change, sam.id))
    change.moves(seconds=1)
    assert [sam.id] == due(change, 0)
    assert (True, False) == (verbs.left(change, sam.id), verbs.left(change, sam.id))
    assert ["VisitorLeft"] == change.kinds
    verbs.came(change, sam.id)
    assert ["VisitorLeft", "VisitorCame"] == change.kinds


def test_a_heartbeat_is_no_history() -> None:
    change, sam = here()
    says(change, sam)
    change.events.clear()
    change.moves(seconds=50)
    verbs.seen(change, [sam.id])
    change.moves(seconds=50)
    assert ([], []) == (due(change, 0), change.kinds)
    assert change.now + timedelta(seconds=10) == sam.away_due


def test_a_chat_is_live_until_its_visitor_was_gone_for_long() -> None:
    change, sam = here()
    says(change, sam)
    change.moves(minutes=1)
    verbs.left(change, sam.id)
    change.moves(seconds=899)
    assert ([], True) == (due(change, 1), ticket_of(change, sam).live)
    change.moves(seconds=1)
    assert [sam.id] == due(change, 1)
    assert (True, False) == (verbs.abandoned(change, sam.id), verbs.abandoned(change, sam.id))
    assert not ticket_of(change, sam).live
    assert "LiveEnded" == change.kinds[-1]


def test_who_comes_back_in_time_keeps_the_chat_live() -> None:
    change, sam = here()
    says(change, sam)
    change.moves(minutes=1)
    verbs.left(change, sam.id)
    verbs.came(change, sam.id)
    change.moves(hours=1)
    assert [] == due(change, 1)


def test_an_address_that_is_typed_joins_nobodys_history() -> None:
    """Mallory types Priya's address and gets a customer of her own, with a claim."""
    change, mallory = here()
    priya = new_customer(change, "Priya")
    priya.add_identifier(change, IdentifierKind.EMAIL, "priya@example.com", verified=True)
    verbs.introduce(change, mallory.id, name="Priya", email="Priya@Example.com")
    assert priya.id != mallory.customer_id
    assert "priya@example.com" == mallory.email


def test_a_name_makes_a_customer_and_an_unusable_address_is_refused() -> None:
    change, sam = here()
    verbs.introduce(change, sam.id, name="  Sam\n Okafor ")
    assert sam.customer_id is not None
    assert "Sam Okafor" == sam.name == change.take(Customer, sam.customer_id).name
    with pytest.raises(Refused) as refused:
        verbs.introduce(change, sam.id, email="not an address")
    assert "email" == refused.value.field


def test_the_page_they_look_at_is_cut_to_what_we_keep() -> None:
    change, sam = here()
    verbs.look(change, sam.id, url="https://shop.example.com/" + "x" * 5000, title="Tea\n" + "t" * 500)
    assert (2000, 200) == (len(sam.page_url), len(sam.page_title))
