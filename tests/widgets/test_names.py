"""Names are read once and kept for as long as nobody is renamed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event
from sqlmodel import Session

from tests.widgets.screens import Day, a_day
from tickets import status_names
from tickets.change import Change
from tickets.status import Status
from widgets.names import Names


async def test_what_is_renamed_is_called_by_its_new_name_at_once(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        name_id = await day.desk.change(_waits_for_parts, by=day.ada)
        assert "Waiting for parts" == day.desk.look(lambda session: Names(session).status(name_id))
        await day.desk.change(status_names.rename_status_name, name_id, "Waiting for the maker", by=day.ada)
        assert "Waiting for the maker" == day.desk.look(lambda session: Names(session).status(name_id))


async def test_while_nobody_is_renamed_no_names_are_read(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        day.desk.look(_ada, day)
        await day.sam_says("Hello?", "c-names")
        asked: list[str] = []
        assert "Ada" in day.desk.look(_heard, day, asked)
        assert [] == [one for one in asked if "FROM agent" in one]


def _waits_for_parts(change: Change) -> int:
    return status_names.add_status_name(change, Status.ON_HOLD, "Waiting for parts").id


def _ada(session: Session, day: Day) -> str:
    return Names(session).agent(day.ids["ada"])


def _heard(session: Session, day: Day, asked: list[str]) -> str:
    engine = session.get_bind()

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        return _ada(session, day)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
