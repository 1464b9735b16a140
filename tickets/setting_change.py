"""What an admin changed in the settings, in the words of the form: kept beside the events that tell that it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from tickets.change import Change
from tickets.moment import Moment
from tickets.table import AppendOnly


class SettingChange(AppendOnly, table=True):
    """One per form that changed something. `at` is the time of its change: the events of it have the same."""

    __tablename__ = "setting_change"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment, index=True)
    by: str
    area: str  # the page on which it was done
    says: str = ""  # what was done where there was nothing to fill in, a text of ours
    edits: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def telling(
    change: Change,
    verb: Callable[..., Any],
    area: str,
    says: str,
    edits: Sequence[dict[str, Any]],
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Do it, and keep what was changed by it, if anything was."""
    found = verb(change, *args, **kwargs)
    if change.events and (says or edits):
        made = SettingChange(id=change.new_id(), at=change.now, by=change.by, area=area, says=says, edits=list(edits))
        change.append(made)
    return found
