"""A file that `frontdesk sla policies` writes is read as exactly the policies that it was written from."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.entitlements import save_entitlement
from routing.hours import add_calendar
from routing.queues import add_queue
from routing.sla.metrics import USUAL_PAUSES, Metric, pausable, promisable
from routing.sla.policy import SlaPolicy, Terms, add_policy, policies, remove_policy
from routing.sla.steps import HOLDER, MOST_STEPS, SUPERVISORS, Deed, Step, When
from routing.tiers import save_tier
from server.whatif.asking import todays
from server.whatif.known import Known
from server.whatif.policy_file import read_policies
from tests.cast import UnitChange, a_change, an_agent
from tests.chat.shop import a_site
from tests.routing.sla.promises import OFFICE
from tickets.complaints.categories import add_category
from tickets.status import Channel, Priority

NAMES = ('Back\\slash and "quotes"', "李静 # 1", "x = [\u200e'''", "All", "24/7")
A_DAY, A_YEAR = 24 * 3600, 365 * 24 * 3600


def a_desk_with_names() -> UnitChange:
    """Two or more of everything that a policy can be for, under names that mean something to TOML."""
    change = a_change()
    add_calendar(change, NAMES[0], OFFICE)
    add_calendar(change, "Office", OFFICE)
    change.write()
    for name in NAMES:
        save_entitlement(change, None, name=name)
        add_queue(change, name)
        save_tier(change, None, name=name)
        change.write()
    an_agent(change)
    an_agent(change, "Bo")
    change.write()
    return change


def some(of: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(sorted(of)), max_size=3, unique=True)


def a_target() -> st.SearchStrategy[dict[str, Any]]:
    """Of any length; what counts in hours of 40 a week must end within two years."""
    always = st.integers(15, A_YEAR) | st.integers(1, 365).map(lambda days: days * A_DAY)
    by_hours = st.integers(15, 50 * A_DAY) | st.integers(1, 50).map(lambda days: days * A_DAY)
    return st.builds(lambda n: {"seconds": n, "business": False}, always) | st.builds(
        lambda n: {"seconds": n, "business": True}, by_hours
    )


def targets(internal: bool) -> st.SearchStrategy[dict[str, Any]]:
    every = a_target().map(lambda one: {priority.value: one for priority in Priority})
    each = st.dictionaries(st.sampled_from([one.value for one in Priority]), a_target())
    return st.dictionaries(
        st.sampled_from([one.value for one in promisable(internal=internal)]), every | each, max_size=4
    )


def steps(known: Known) -> st.SearchStrategy[list[Step]]:
    agents, queues = ([str(id) for id in ids.values()] for ids in (known.agents, known.queues))
    deed = st.sampled_from([
        (Deed.RAISE.value, ""),
        *((Deed.TELL.value, one) for one in (HOLDER, SUPERVISORS, *agents)),
        *((Deed.ASSIGN.value, one) for one in agents),
        *((Deed.MOVE.value, one) for one in queues),
    ])  # fmt: skip
    metric = st.sampled_from(["", *(one.value for one in Metric)])
    one = st.builds(
        lambda when, amount, deed, metric: Step(when.value, amount, deed[0], deed[1], metric),
        st.sampled_from(When), st.integers(1, 99), deed, metric,
    )  # fmt: skip
    return st.lists(one, max_size=MOST_STEPS)


@st.composite
def terms(draw: st.DrawFn, known: Known) -> Terms:
    """Whatever an admin can say of a policy."""
    internal = draw(st.booleans())
    statuses = st.sampled_from([[], ["pending"], ["on_hold"], ["pending", "on_hold"]])
    pauses = st.fixed_dictionaries({}, optional={one.value: statuses for one in pausable(internal=internal)})
    return Terms(
        name=draw(st.text(min_size=1, max_size=60)) + "!",
        targets=draw(targets(internal)),
        channels=draw(some(one.value for one in Channel)),
        queues=draw(some(known.queues.values())),
        categories=draw(some(["refund", 'a"b', "\\u0041", "退款"])),
        calendar_id=draw(st.sampled_from([None, *known.hours.values()])),
        internal=internal,
        pauses=draw(pauses | st.just(USUAL_PAUSES)),
        fresh_after_days=draw(st.none() | st.integers(1, 365)),
        steps=draw(steps(known)),
        tiers=draw(some(known.tiers.values())),
        rights=draw(some(known.entitlements.values())),
        published=draw(st.booleans()),
    )


def facts(policy: SlaPolicy) -> dict[str, Any]:
    """All but where it is kept, and the column that an older process reads instead of `pauses`."""
    return {
        name: getattr(policy, name) for name in set(SlaPolicy.model_fields) - {"id", "position", "version", "pause"}
    }


def test_what_is_written_reads_as_exactly_the_same_policies() -> None:
    """Whatever they are for, whether a pause is as usual, another or none, with all their steps, in their order."""
    change = a_desk_with_names()
    known = Known.of(change.session)

    @settings(max_examples=60, deadline=None, database=None)
    @given(st.lists(terms(known), max_size=3, unique_by=lambda one: one.name.casefold()))
    def there_and_back(told: list[Terms]) -> None:
        for policy in policies(change.session):
            remove_policy(change, policy.id)
            change.write()
        for n, one in enumerate(told):
            add_policy(change, Terms(**{**vars(one), "name": f"{n}{one.name}"}))
            change.write()
        kept = policies(change.session)
        again = read_policies(todays(change.session), Known.of(change.session))

        assert [facts(one) for one in kept] == [facts(one) for one in again]

    there_and_back()


def test_a_category_is_what_a_ticket_can_be_about_or_a_policy_was_for() -> None:
    """Topics of chats, categories of complaints, and what is offered no more. A name beside these promised nobody."""
    change = a_desk_with_names()
    a_site(change, topics=[{"key": "refund", "name": {"en": "A refund"}}])
    add_category(change, key="delivery", names={"en": "Delivery"}, active=False)
    add_policy(change, Terms("Once", {}, categories=["parcels"]))
    change.write()

    assert ["refund", "delivery", "parcels"] == list(Known.of(change.session).categories)
