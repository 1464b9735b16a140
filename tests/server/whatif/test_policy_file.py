"""Policies as a file: what is written reads the same, and what cannot be is said in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from routing.sla.policy import SlaPolicy
from server.whatif.policy_file import InPolicy, Known, read_policies, written
from tickets.errors import Refused

KNOWN = Known(
    queues={"Support": 1, "Billing": 2}, tiers={"gold": 7}, hours={"Office": 5}, entitlements={"weekend": "weekend"}
)
FULL = """
[[policy]]
name = "Gold"
channels = ["chat", "email"]
queues = ["Support"]
categories = ["refund"]
tiers = ["gold"]
entitlements = ["weekend"]
hours = "Office"
fresh_after_days = 30
targets.first_reply = { urgent = "15 s 24/7", high = "30 min" }
targets.resolution = "2 d 24/7"
pauses.resolution = ["pending", "on_hold"]

[[policy]]
name = "Between \\"us\\""
between_queues = true
targets.ownership = "8 h"
"""


def facts(policy: SlaPolicy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in SlaPolicy.model_fields}


def test_every_word_of_it_is_read() -> None:
    gold, between = read_policies(FULL, KNOWN)

    assert (["chat", "email"], [1], ["refund"], [7], ["weekend"], 5, 30) == (
        gold.channels, gold.queues, gold.categories, gold.tiers, gold.rights, gold.calendar_id, gold.fresh_after_days,
    )  # fmt: skip
    assert {"urgent": {"seconds": 15, "business": False}, "high": {"minutes": 30, "business": True}} == (
        gold.targets["first_reply"]
    )
    assert {"resolution": ["pending", "on_hold"]} == gold.pauses
    assert (True, 'Between "us"', {"minutes": 480, "business": True}) == (
        between.internal, between.name, between.targets["ownership"]["low"],
    )  # fmt: skip


def test_what_is_written_reads_the_same() -> None:
    first = read_policies(FULL, KNOWN)
    again = read_policies(written(first, KNOWN), KNOWN)

    assert [facts(one) for one in first] == [facts(one) for one in again]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('queues = ["Suport"]', "“Suport” is not among queues: Support, Billing."),
        ('hours = "Night"', "“Night” is not among hours: Office."),
        ('channels = "chat"', "channels is a list of names."),
        ('targets.first_reply = "soon"', "Write a length like “30 min”, “4 h” or “2 d 24/7”, not 'soon'."),
        ('targets.first_reply = "2 d"', "Days only with 24/7. Otherwise write the hours of a day that is worked."),
        ('targets.first_reply = "5 s"', "A target is between 15 seconds and one year."),
        ('targets.reply = "5 h"', "There is no such thing to promise."),
        ("targets = 5", "Targets are written as targets.first_reply = “4 h”."),
        ("pauses = 5", "Pauses are written as pauses.resolution = [“pending”]."),
        ("fresh_after_days = 0", "Between 1 and 365 days."),
        ('fresh_after_days = "5"', "fresh_after_days is a whole number."),
        ("first_reply = 5", "There is no “first_reply” to say of a policy."),
    ],
)
def test_what_cannot_be_is_said_with_the_policy_that_it_is_about(line: str, says: str) -> None:
    with pytest.raises(InPolicy) as refused:
        read_policies(f'[[policy]]\nname = "Gold"\n{line}\n', KNOWN)
    assert ("Gold", says) == (refused.value.policy, str(refused.value))


@pytest.mark.parametrize("text", ["", "policy = 5", "[policy]\n", "=", "[[policy]]\n[other]\n"])
def test_a_file_without_policies_is_none(text: str) -> None:
    with pytest.raises(Refused):
        read_policies(text, KNOWN)
