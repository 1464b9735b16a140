"""Takes away a tier or an entitlement that nothing goes by any more: else a policy would come to be for everybody."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import col, func, select

from routing.belonging import TierMember, entitled
from routing.entitlements import Entitlement
from routing.events import EntitlementsChanged, TiersChanged
from routing.sla.policy import SlaPolicy
from routing.tiers import Tier
from tickets.change import Change
from tickets.errors import Conflict


def remove_tier(change: Change, tier_id: int) -> None:
    """Refused while customers have it, or a policy is for it."""
    tier = change.take(Tier, tier_id)
    left = change.one(select(func.count()).select_from(TierMember).where(TierMember.tier_id == tier_id))
    if left:
        raise Conflict("Customers of this tier: {n}. Give them another first.", n=left)
    _no_policy(change, lambda policy: tier_id in policy.tiers)
    tier.keep(change)
    change.remove(tier)
    change.record(TiersChanged(tier=tier_id))


def remove_entitlement(change: Change, entitlement_id: int) -> None:
    """Refused while customers have it, a tier brings it, or a policy is for it."""
    found = change.take(Entitlement, entitlement_id)
    left = len(entitled(change, found.key))
    if left:
        raise Conflict("Customers who have this: {n}. Take it from them first.", n=left)
    for tier in change.rows(select(Tier).order_by(col(Tier.position))):
        if found.key in tier.rights:
            raise Conflict("The tier {name} brings it. Change that first.", name=tier.name)
    _no_policy(change, lambda policy: found.key in policy.rights)
    change.remove(found)
    change.record(EntitlementsChanged(entitlement=entitlement_id))


def _no_policy(change: Change, is_for: Callable[[SlaPolicy], bool]) -> None:
    for policy in change.rows(select(SlaPolicy).order_by(col(SlaPolicy.position))):
        if is_for(policy):
            raise Conflict("The policy {name} is for it. Change that first.", name=policy.name)
