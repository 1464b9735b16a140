"""`frontdesk sla replay`: what docs/sla.md shows can be tried, beside a desk of which not a byte changes."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from routing.entitlements import save_entitlement
from routing.hours import add_calendar
from routing.queues import add_queue
from routing.reactions import REACTIONS
from routing.sla.policy import Terms, add_policy
from routing.tiers import save_tier
from server.cli import main
from server.database import Database, migrate
from tests.cast import MovedClock, a_customer, a_desk
from tests.chat.shop import a_site
from tests.elsewhere import ROOT
from tests.engine import brings_its_own
from tests.routing.sla.promises import OFFICE, targets
from tickets.change import Change
from tickets.moment import WallClock
from tickets.opening import open_ticket
from tickets.status import Channel
from tickets.ticket import Ticket

pytestmark = brings_its_own
EXAMPLES = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "sla.md").read_text("utf-8"), re.S)


@pytest.fixture
async def settings(tmp_path: Path) -> Path:
    """A desk of today, at which Sam waited two hours for an answer by mail."""
    database = Database(f"sqlite:///{tmp_path}/desk.db")
    migrate(database)
    clock = MovedClock(WallClock().now())
    async with a_desk(database, clock=clock, reactions=REACTIONS) as desk:
        clock.moves(hours=-5)
        number = await desk.change(_opened, by="system")
        clock.moves(hours=2)
        await desk.change(_answered, number, by="agent:1")
    database.close()
    settings = tmp_path / "config.toml"
    settings.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/desk.db"\n')
    return settings


def _opened(change: Change) -> int:
    add_calendar(change, "Office", OFFICE)
    save_entitlement(change, None, name="weekend")
    save_tier(change, None, name="gold")
    change.write()
    queue = add_queue(change, "Support")
    add_policy(change, Terms("Everybody", targets({"first_reply": 600})))
    a_site(change, topics=[{"key": "refund", "name": {"en": "A refund"}}])
    ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, queue_id=queue.id)
    ticket.receive(change, "Where is my parcel?", client_id="1")
    return ticket.id


def _answered(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).reply(change, "It is on its way.", client_id="2", name="Ada")


def _bytes(folder: Path) -> str:
    """The database alone: a log beside it that is empty says nothing."""
    return hashlib.sha256((folder / "desk.db").read_bytes()).hexdigest()


def test_the_example_of_the_page_is_tried_and_nothing_is_written(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = EXAMPLES
    (tmp_path / "tried.toml").write_text(example)
    before = _bytes(tmp_path)
    told = ["--config", str(settings), "sla", "replay", "--policy", str(tmp_path / "tried.toml"), "--days", "1"]

    assert 0 == main([*told, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (1, 100.0, 0.0) == tuple(found["promises"][side][what] for side, what in (
        ("really", "kept"), ("really", "percent"), ("then", "percent"),
    ))  # fmt: skip
    assert [("first_reply", "kept", "broken")] == [
        (one["metric"], one["really"], one["then"]) for one in found["changed"][0]["differences"]
    ]
    assert 0 == main([*told, "--calendar", "Office"])
    assert "1 tickets in" in capsys.readouterr().out
    assert before == _bytes(tmp_path)


def test_todays_policies_are_printed_as_a_file_to_begin_with(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["--config", str(settings), "sla", "policies"])
    (tmp_path / "today.toml").write_text(capsys.readouterr().out)
    assert 0 == main(["--config", str(settings), "sla", "replay", "--policy", str(tmp_path / "today.toml"), "--json"])
    assert [] == json.loads(capsys.readouterr().out)["changed"]


def test_what_cannot_be_tried_is_said_in_a_sentence(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tried.toml").write_text('[[policy]]\nname = "Gold"\nqueues = ["Night"]\n')
    (tmp_path / "short.toml").write_text('[[policy]]\nname = "Gold"\ntargets.first_reply = { low = "5 s" }\n')
    (tmp_path / "deep.toml").write_text("\na = " + "[" * 5000)
    for asked, says in (
        (
            ["--policy", str(tmp_path / "short.toml")],
            "Gold: targets.first_reply.low: A target is between 15 seconds and one year.",
        ),
        (["--policy", str(tmp_path / "deep.toml")], "Line 2 is nested too deeply."),
        (["--policy", str(tmp_path / "tried.toml")], "Gold: “Night” is not among queues: Support."),
        (["--policy", str(tmp_path / "none.toml")], "none.toml cannot be read: No such file or directory."),
        (["--calendar", "Night"], "There are no opening hours named Night."),
        (["--days", "0"], "Between 1 and 366 days."),
    ):
        assert 1 == main(["--config", str(settings), "sla", "replay", *asked])
        assert says in capsys.readouterr().err
