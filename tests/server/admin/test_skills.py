"""Skills are furnished on the admin pages, and the steps of a queue beside its other rules."""

from __future__ import annotations

import pytest

from routing import stays
from routing.queues import Queue, QueueMember, add_queue
from routing.skills import LEVELS, AgentSkill, QueueSkill, Skill
from server.admin.skills import HOW_WELL
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, rows

__all__ = ["step"]


def a_queue(step: Doorstep, name: str = "Support") -> int:
    queue_id: int = step.change(lambda change: add_queue(change, name).id)
    return queue_id


def test_a_skill_is_added_edited_and_removed(step: Doorstep) -> None:
    ada, queue = step.agents["Ada"], a_queue(step)
    new = {"name": "中文", "language": "zh", f"agent-{ada}": "4", f"queue-{queue}": "2"}
    assert 303 == step.submit("/app/admin/skills/new", new).status_code
    skill = step.look(rows(Skill))[0]
    assert ("中文", "zh") == (skill.name, skill.language)
    assert [(ada, 4)] == [(one.agent_id, one.level) for one in step.look(rows(AgentSkill))]
    assert [(queue, 2)] == [(one.queue_id, one.level) for one in step.look(rows(QueueSkill))]

    path = f"/app/admin/skills/{skill.id}"
    assert {"中文", "zh", "4", "2"} <= {*map(str, fields_of(step.open(path)).values())}
    step.submit(path, {"name": "Chinese", f"agent-{ada}": "5"})
    assert ("Chinese", "") == ((edited := step.look(rows(Skill))[0]).name, edited.language)
    assert [5] == [one.level for one in step.look(rows(AgentSkill))]
    assert [] == step.look(rows(QueueSkill))

    step.submit(f"{path}/remove", via=path)
    assert [] == [*step.look(rows(Skill)), *step.look(rows(AgentSkill))]


def test_every_level_has_a_word() -> None:
    assert [str(level) for level in LEVELS] == [level for level in HOW_WELL if level]


@pytest.mark.parametrize("level", ["0", "6", "many"])
def test_a_level_that_is_none_is_refused(step: Doorstep, level: str) -> None:
    page = step.submit("/app/admin/skills/new", {"name": "Bicycles", f"agent-{step.agents['Ada']}": level})
    assert 422 == page.status_code
    assert [] == step.look(rows(Skill))


def test_the_steps_of_a_queue_are_kept_and_shown_as_they_were_written(step: Doorstep) -> None:
    queue, helper = a_queue(step), a_queue(step, "Repairs")
    path = f"/app/admin/queues/{queue}"
    said = {"name": "Support", "delivery": "offer", "rule": "round_robin"}
    step.submit(path, {**said, "step0": "60", "step0_helper": str(helper), "step1": "120", "step1_urgent": "yes"})

    assert "round_robin" == step.look(lambda session: session.get_one(Queue, queue).rule)
    kept = step.look(stays.steps, queue)
    assert [(60, helper, False), (120, None, True)] == [
        (one.after_seconds, one.widen_to, one.raise_priority) for one in kept
    ]
    shown = fields_of(step.open(path))
    assert ("60", str(helper), "120") == (shown["step0"], shown["step0_helper"], shown["step1"])


def test_a_step_that_is_not_later_is_refused_and_nothing_is_kept(step: Doorstep) -> None:
    queue = a_queue(step)
    said = {"name": "Other", "delivery": "offer", "rule": "round_robin", "step0": "60", "step1": "30"}
    page = step.submit(f"/app/admin/queues/{queue}", said)

    assert 422 == page.status_code
    assert "later than the one before" in page.text
    assert "Support" == step.look(lambda session: session.get_one(Queue, queue).name)


@pytest.mark.parametrize("said", [{"step0_urgent": "yes"}, {"step1_helper": "helper"}, {"step0": "60"}])
def test_half_a_step_is_refused_beside_its_time_and_nothing_that_was_ticked_is_dropped(
    step: Doorstep, said: dict[str, str]
) -> None:
    """A step without its time, or without what it does, was no step: it would be saved as if nothing was said."""
    queue, helper = a_queue(step), a_queue(step, "Repairs")
    said = {name: text.replace("helper", str(helper)) for name, text in said.items()}

    page = step.submit(
        f"/app/admin/queues/{queue}", {"name": "Other", "delivery": "offer", "rule": "round_robin", **said}
    )

    assert 422 == page.status_code
    assert "Say " in beside(page, next(iter(said)).partition("_")[0])
    assert said.items() <= fields_of(page).items()


def test_seconds_are_a_number(step: Doorstep) -> None:
    said = {"name": "Other", "delivery": "offer", "rule": "round_robin", "step0": "soon"}
    page = step.submit(f"/app/admin/queues/{a_queue(step)}", said)
    assert "whole number" in beside(page, "step0")


def test_what_no_page_shows_just_now_is_not_taken_away_by_saving_it(step: Doorstep) -> None:
    """Who is deactivated and comes back answers the queues and can do what they could; a queue that is used again asks
    for what it asked for."""
    ada, grace = step.agents["Ada"], step.agents["Grace"]
    queue, repairs = a_queue(step), a_queue(step, "Repairs")
    page, rules = f"/app/admin/queues/{queue}", {"delivery": "offer", "rule": "round_robin"}
    step.submit(page, {"name": "Support", **rules, "members": [str(ada), str(grace)]})
    step.submit(page, {**fields_of(step.open(page)), f"delay-{ada}": "60"})
    able = {f"agent-{ada}": "4", f"agent-{grace}": "2", f"queue-{repairs}": "3"}
    step.submit("/app/admin/skills/new", {"name": "Bicycles", **able})
    skill = f"/app/admin/skills/{step.look(rows(Skill))[0].id}"
    step.submit(f"/app/admin/agents/{ada}/leave", via=page)
    step.submit(f"/app/admin/queues/{repairs}/archive", via=page)

    for path, name in ((page, "Reception"), (skill, "Bikes")):
        assert 303 == step.submit(path, {**fields_of(step.open(path)), "name": name}).status_code

    assert {(ada, 60.0), (grace, 0.0)} == {(one.agent_id, one.delay_seconds) for one in step.look(rows(QueueMember))}
    assert {(ada, 4), (grace, 2)} == {(one.agent_id, one.level) for one in step.look(rows(AgentSkill))}
    assert [(repairs, 3)] == [(one.queue_id, one.level) for one in step.look(rows(QueueSkill))]
