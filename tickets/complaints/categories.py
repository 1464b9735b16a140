"""What a complaint can be about, and how urgent that makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, func, select

from tickets.change import Change
from tickets.complaints.events import ComplaintCategoriesChanged
from tickets.errors import Conflict, NotFound, Refused
from tickets.status import Priority
from tickets.text import one_line

LANGUAGES = ("en", "zh")
LONGEST_NAME = 60
MOST_DAYS = 365
_KEY = re.compile(r"(?!(?:new|queue)$)[a-z0-9][a-z0-9-]{0,39}")  # /new and /queue are other pages

# A desk begins with these; an admin changes them.
USUAL = (
    ("product", {"en": "A product or service", "zh": "产品或服务"}, Priority.NORMAL),
    ("delivery", {"en": "Delivery", "zh": "配送"}, Priority.NORMAL),
    ("billing", {"en": "A bill or a charge", "zh": "账单或收费"}, Priority.NORMAL),
    ("conduct", {"en": "How we treated you", "zh": "我们的态度"}, Priority.HIGH),
    ("privacy", {"en": "Your personal data", "zh": "您的个人信息"}, Priority.HIGH),
    ("safety", {"en": "Safety", "zh": "安全问题"}, Priority.URGENT),
    ("other", {"en": "Something else", "zh": "其他"}, Priority.NORMAL),
)


class ComplaintCategory(SQLModel, table=True):
    """`key` stands in placing rules and policies and never changes; `names` is {language: text}."""

    __tablename__ = "complaint_category"

    key: str = Field(primary_key=True)
    names: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    priority: str = Priority.NORMAL.value
    position: int
    active: bool = True
    acknowledge_days: int | None = None  # working days until the customer hears that we look into it; None: no promise
    answer_days: int | None = None  # the same, until the final answer

    def name(self, language: str) -> str:
        """In this language, or in the first that it has one in."""
        return self.names.get(language) or next(iter(self.names.values()), self.key)


# Verbs


def furnish(change: Change) -> None:
    """A desk without categories gets the usual ones."""
    if change.one(select(ComplaintCategory)) is None:
        for position, (key, names, priority) in enumerate(USUAL, 1):
            change.add(ComplaintCategory(key=key, names=names, priority=priority.value, position=position))


def add_category(
    change: Change,
    *,
    key: str,
    names: Mapping[str, str],
    priority: Priority = Priority.NORMAL,
    active: bool = True,
    acknowledge_days: int | None = None,
    answer_days: int | None = None,
) -> ComplaintCategory:
    """One more, after those that there are."""
    if not _KEY.fullmatch(key):
        raise Refused("A key has small letters, digits and hyphens, up to 40 of them.", field="key")
    if change.find(ComplaintCategory, key) is not None:
        raise Conflict("There is already a category with this key.", field="key")
    last = change.one(select(func.max(ComplaintCategory.position))) or 0
    row = ComplaintCategory(key=key, names=_names(names), priority=priority.value, position=last + 1, active=active)
    row.acknowledge_days, row.answer_days = _days(acknowledge_days, answer_days)
    change.add(row)
    change.record(ComplaintCategoriesChanged(category=key))
    return row


def edit_category(
    change: Change,
    key: str,
    *,
    names: Mapping[str, str],
    priority: Priority,
    active: bool,
    acknowledge_days: int | None = None,
    answer_days: int | None = None,
) -> ComplaintCategory:
    """Other names, another priority and other times for what is filed from now on, or no longer offered."""
    row = change.find(ComplaintCategory, key)
    if row is None:
        raise NotFound("This does not exist any more.")
    others = select(ComplaintCategory).where(col(ComplaintCategory.active), ComplaintCategory.key != key)
    if not active and change.one(others) is None:
        raise Refused("One category has to stay in use.", field="active")
    days = _days(acknowledge_days, answer_days)
    wanted = (_names(names), priority.value, active, *days)
    if wanted != (row.names, row.priority, row.active, row.acknowledge_days, row.answer_days):
        row.names, row.priority, row.active, row.acknowledge_days, row.answer_days = wanted
        change.record(ComplaintCategoriesChanged(category=key))
    return row


# What others ask


def categories(session: Session, *, all: bool = False) -> Sequence[ComplaintCategory]:
    """In their order; those that are no longer offered only when asked for."""
    query = select(ComplaintCategory).order_by(col(ComplaintCategory.position), col(ComplaintCategory.key))
    return session.exec(query if all else query.where(col(ComplaintCategory.active))).all()


def called(session: Session, key: str, language: str) -> str:
    row = session.get(ComplaintCategory, key)
    return row.name(language) if row is not None else key


def _days(acknowledge: int | None, answer: int | None) -> tuple[int | None, int | None]:
    for field, days in (("acknowledge_days", acknowledge), ("answer_days", answer)):
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise Refused("Write a whole number from {least} to {most}.", field=field, least=1, most=MOST_DAYS)
    if acknowledge is not None and answer is not None and answer < acknowledge:
        raise Refused("The final answer cannot be due before the acknowledgement.", field="answer_days")
    return acknowledge, answer


def _names(names: Mapping[str, str]) -> dict[str, str]:
    kept = {language: one_line(names.get(language, ""), LONGEST_NAME) for language in LANGUAGES}
    kept = {language: name for language, name in kept.items() if name}
    if not kept:
        raise Refused("A name is needed.", field=f"name_{LANGUAGES[0]}")
    return kept
