"""Who has a tier or an entitlement is listed by addresses that are theirs, whatever others have said is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from routing.belonging import TierMember, belong, entitle, entitled
from routing.entitlements import save_entitlement
from routing.tiers import save_tier
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import fields_of
from tickets.change import Change
from tickets.people import IdentifierKind, new_customer

__all__ = ["step"]
Has = Callable[[Session], set[int]]


def known(change: Change, name: str, *, claims: str = "") -> int:
    """A customer whose address is verified, and one that they only said was theirs."""
    customer = new_customer(change, name)
    customer.add_identifier(change, IdentifierKind.EMAIL, f"{name.lower()}@mail.example", verified=True)
    if claims:
        customer.add_identifier(change, IdentifierKind.EMAIL, claims)
    change.write()
    return customer.id


def held(step: Doorstep, kind: str) -> tuple[str, Has, dict[str, int]]:
    """Sam has it, and typed Boss's address into a chat; so has somebody who never told an address of their own."""

    def gives(change: Change) -> tuple[int, str, dict[str, int]]:
        people = {"boss": known(change, "Boss"), "sam": known(change, "Sam", claims="boss@mail.example")}
        stranger = new_customer(change, "")
        stranger.add_identifier(change, IdentifierKind.EMAIL, "boss@mail.example")
        people["stranger"] = stranger.id
        save = save_tier if kind == "tiers" else save_entitlement
        thing: Any = save(change, None, name="Gold")
        change.write()
        for one in (people["sam"], people["stranger"]):
            belong(change, one, thing.id) if kind == "tiers" else entitle(change, one, thing.id)
        return thing.id, getattr(thing, "key", ""), people

    id, key, people = step.change(gives)

    def has(session: Session) -> set[int]:
        if kind == "tiers":
            return {*session.exec(select(TierMember.customer_id))}
        return {*entitled(session, key)}

    return f"/app/admin/{kind}/{id}", has, people


@pytest.mark.parametrize("kind", ["tiers", "entitlements"])
def test_saving_it_as_it_stands_takes_it_from_nobody_and_gives_it_to_nobody(step: Doorstep, kind: str) -> None:
    """A claim grants nothing: it is not what somebody is listed by, and takes nothing from who it is about."""
    path, has, people = held(step, kind)
    before = step.look(has)
    assert before == {people["sam"], people["stranger"]}

    shown = fields_of(step.open(path))
    assert "sam@mail.example" == shown["members"].strip()
    assert 303 == step.submit(path, {**shown, "priority": "high"}).status_code
    assert before == step.look(has)

    assert 303 == step.submit(path, {**fields_of(step.open(path)), "members": ""}).status_code
    assert {people["stranger"]} == step.look(has)
