"""Policies as a file: what is written reads the same, and what cannot be is said in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from routing.sla.policy import SlaPolicy
from server.whatif.known import Known
from server.whatif.policy_file import MOST_POLICIES, InPolicy, read_policies, written
from tickets.errors import Refused

KNOWN = Known(
    queues={"Support": 1, "Billing": 2},
    tiers={"gold": 7},
    hours={"Office": 5},
    entitlements={"weekend": "weekend"},
    agents={"ada@frontdesk.example": 3},
    categories={"refund": "refund"},
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
published = true
targets.first_reply = { urgent = "15 s 24/7", high = "30 min" }
targets.resolution = "2 d 24/7"
pauses.resolution = ["pending", "on_hold"]
steps = [
  { at = "50 % used", does = "tell", to = "ada@frontdesk.example" },
  { at = "15 min left", of = "resolution", does = "move", to = "Billing" },
  { at = "0 min late", does = "raise" },
]

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
    assert {
        "pausable_update": ["pending"], "resolution": ["pending", "on_hold"], "agent_work": ["pending", "on_hold"],
    } == gold.pauses  # fmt: skip
    assert [("used", 50, "tell", "3", ""), ("left", 15, "move", "2", "resolution"), ("late", 0, "raise", "", "")] == [
        tuple(one.values()) for one in gold.steps
    ]
    assert (True, 'Between "us"', {"minutes": 480, "business": True}) == (
        between.internal, between.name, between.targets["ownership"]["low"],
    )  # fmt: skip


def test_what_is_written_reads_the_same() -> None:
    first = read_policies(FULL, KNOWN)
    again = read_policies(written(first, KNOWN), KNOWN)

    assert [facts(one) for one in first] == [facts(one) for one in again]


WAITING, BOTH = {"pausable_update": ["pending"], "resolution": ["pending"]}, ["pending", "on_hold"]


@pytest.mark.parametrize(
    ("lines", "pauses"),
    [
        ("", {"pausable_update": ["pending"], "resolution": ["pending"], "agent_work": ["pending", "on_hold"]}),
        (
            "pauses = {}",
            {"pausable_update": ["pending"], "resolution": ["pending"], "agent_work": ["pending", "on_hold"]},
        ),
        ("pauses.resolution = []", {"pausable_update": ["pending"], "agent_work": ["pending", "on_hold"]}),
        (
            'pauses.agent_work = ["on_hold", "pending"]\npauses.pausable_update = []',
            {"resolution": ["pending"], "agent_work": BOTH},
        ),
        ("between_queues = true", {}),
        ('between_queues = true\npauses.ownership = ["pending"]', {"ownership": ["pending"]}),
    ],
)
def test_of_each_pause_that_is_left_out_the_table_says_what_it_is(lines: str, pauses: dict[str, list[str]]) -> None:
    """docs/sla.md: one that is named says nothing of the others, and an empty one is not one that is left out."""
    (policy,) = read_policies(f'[[policy]]\nname = "Gold"\n{lines}\n', KNOWN)
    assert pauses == policy.pauses


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
        ('hours = ["Office"]', "hours is one text in quotes."),
        ("hours.a.a.a = 1", "hours is one text in quotes."),
        ("tiers = [1]", "tiers is a list of names."),
        ('tiers = [["gold"]]', "tiers is a list of names."),
        ('categories = ["refunds"]', "“refunds” is not among categories: refund."),
        ("categories = { refund = true }", "categories is a list of names."),
        ('between_queues = "yes"', "between_queues is true or false."),
        ("published = 1", "published is true or false."),
        ("fresh_after_days = true", "fresh_after_days is a whole number."),
        ('steps = "raise"', "Steps are written as steps = [{ at = “50 % used”, does = “raise” }]."),
    ],
)
def test_what_cannot_be_is_said_with_the_policy_that_it_is_about(line: str, says: str) -> None:
    with pytest.raises(InPolicy) as refused:
        read_policies(f'[[policy]]\nname = "Gold"\n{line}\n', KNOWN)
    assert ("Gold", says) == (refused.value.policy, str(refused.value))


NO_TIME = "A step needs a time: 1 to 99 percent, or minutes."
LENGTH, RAISE = "Write a length like “30 min”, “4 h” or “2 d 24/7”, not {}.", 'at = "50 % used", does = "raise"'


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        ('targets.resolution = "5 s"', "targets.resolution", "A target is between 15 seconds and one year."),
        ('targets.resolution = ["4 h"]', "targets.resolution", LENGTH.format("[…]")),
        ("targets.resolution = { high = true }", "targets.resolution.high", LENGTH.format("true")),
        ("targets.resolution" + ".high" * 40 + " = 1", "targets.resolution.high", LENGTH.format("{…}")),
        ("targets.resolution = 0x" + "f" * 5000, "targets.resolution", LENGTH.format("…")),
        ('targets.resolution = "' + "4" * 999 + '"', "targets.resolution", LENGTH.format(f"'{'4' * 60}…'")),
        ("targets.resolution = 2026-11-23", "targets.resolution", LENGTH.format("2026-11-23")),
        ('targets.resolution = { urgnt = "" }', "targets.resolution", "There is no such priority."),
        ("targets.ownership = {}", "targets.ownership", "There is no such thing to promise."),
        ("fresh_after_days = 0", "fresh_after_days", "Between 1 and 365 days."),
        ('pauses.resolution = "pending"', "", "Pauses are written as pauses.resolution = [“pending”]."),
        ("pauses.agent_work = [[]]", "pauses.agent_work", "Pauses are written as pauses.resolution = [“pending”]."),
        (
            'pauses.resolution = ["closed"]', "pauses.resolution",
            "A clock can stand still only while somebody else is waited for.",
        ),
        (
            'pauses.first_reply = ["pending"]', "pauses.first_reply",
            "“first_reply” is not among pauses: pausable_update, resolution, agent_work.",
        ),
        (f'steps = [{{ {RAISE}, by = "x" }}]', "steps #1", "There is no “by” to say of a step."),
        (f"steps = [{{ {RAISE} }}, {{ {RAISE}, of = 5 }}]", "steps #2", "of is one text in quotes."),
        (f'steps = [{{ {RAISE}, of = "reply" }}]', "steps #1", "There is no such thing to promise."),
        (f'steps = [{{ {RAISE}, to = "Billing" }}]', "steps #1", "Say whom, or where to."),
        ('steps = [{ at = "50 % used" }]', "steps #1", "Say what is to happen then."),
        ('steps = [{ at = "0 % used", does = "raise" }]', "steps #1", NO_TIME),
        (
            'steps = [{ at = "half", does = "raise" }]', "steps #1",
            "Write the time of a step like “50 % used”, “15 min left” or “0 min late”, not 'half'.",
        ),
        (
            'steps = [{ at = "5 min late", does = "assign", to = "holder" }]', "steps #1",
            "“holder” is not among to: ada@frontdesk.example.",
        ),
    ],
)  # fmt: skip
def test_which_line_of_the_policy_is_wrong_is_said_where_the_sentence_does_not(
    lines: str, line: str, says: str
) -> None:
    with pytest.raises(InPolicy) as refused:
        read_policies(f'[[policy]]\nname = "Gold"\n{lines}\n', KNOWN)
    assert ("Gold", line[:60], says) == (
        refused.value.policy,
        refused.value.line.rstrip("…")[: len(line)],
        str(refused.value),
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("name = 5", "name is one text in quotes."),
        ('name = " "', "A policy needs a name."),
        ("", "A policy needs a name."),
    ],
)
def test_a_policy_without_a_name_is_known_by_its_place(line: str, says: str) -> None:
    with pytest.raises(InPolicy) as refused:
        read_policies(f'[[policy]]\nname = "Gold"\n[[policy]]\n{line}', KNOWN)
    assert ("#2", says) == (refused.value.policy, str(refused.value))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n=", "This is not TOML: Invalid statement (at line 2, column 1)."),
        ("a = [1]\nb = " + "[" * 5000, "Line 2 is nested too deeply."),
        ("a = [1]\n\nb = " + "{ b = " * 5000, "Line 3 is nested too deeply."),
        ("\n\na = " + "9" * 5000, "The number in line 3 is too long."),
        ("[[policy]]\n" * (MOST_POLICIES + 1), "At most 1000 policies."),
        ("a" + ".a" * 40 + " = 1", "The file holds nothing but policies, each under [[policy]]."),
        ("\na" + " . a" * 19_000 + " = 1", "Line 2 is nested too deeply."),
    ],
)
def test_what_no_reader_of_toml_takes_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        read_policies(text, KNOWN)
    assert ("policies", says) == (refused.value.field, str(refused.value))


@pytest.mark.parametrize("text", ["", "policy = 5", "[policy]\n", "=", "[[policy]]\n[other]\n"])
def test_a_file_without_policies_is_none(text: str) -> None:
    with pytest.raises(Refused):
        read_policies(text, KNOWN)


def test_a_list_that_is_empty_promises_nothing() -> None:
    assert [] == read_policies(written([], KNOWN), KNOWN)
