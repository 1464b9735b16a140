"""Whom a policy's steps name, where they have left since."""

from __future__ import annotations

import pytest

from routing.sla.policy import SlaPolicy
from tests.server.admin.test_policies import a_policy
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import fields_of, in_field, rows

__all__ = ["step"]


@pytest.mark.parametrize("does", ["tell", "assign"])
def test_a_step_that_names_somebody_who_left_says_who_it_was(step: Doorstep, does: str) -> None:
    """It read "tell 7", and the word before the number was not even one of the menu's."""
    ada = step.agents["Ada"]
    named = {"step0": "50", "step0-when": "used", "step0-does": f"{does} {ada}"}
    assert 303 == step.submit("/app/admin/policies/new", a_policy(**named)).status_code
    path = f"/app/admin/policies/{step.look(rows(SlaPolicy))[0].id}"
    assert 303 == step.submit(f"/app/admin/agents/{ada}/leave", via=f"/app/admin/agents/{ada}").status_code
    page = step.open(path)

    assert ["Ada · Inactive"] == [one.text for one in in_field(page, "step0-does").xpath(".//option[@selected]")]
    others = in_field(page, "step1-does").xpath(f".//option[@value='{does} {ada}']")
    assert ["Ada · Inactive"] == [one.text for one in others], "two steps may change places"
    assert 303 == step.submit(path, fields_of(page) | {"name": "Other"}).status_code
    assert f"{does} {ada}" == fields_of(step.open(path))["step0-does"]
    assert "Ada" not in in_field(step.open("/app/admin/policies/new"), "step0-does").text_content()
