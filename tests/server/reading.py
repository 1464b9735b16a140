"""How a test reads a page: its fields, what stands beside them, and what the database holds behind it."""

from __future__ import annotations

from typing import Any

from lxml import html
from sqlmodel import Session, select


def tree(page: Any) -> Any:
    return html.fromstring(page.text)


def in_field(page: Any, name: str) -> Any:
    return tree(page).xpath(f'//*[@name="{name}"]')[0]


def beside(page: Any, name: str) -> str:
    """The sentence that a reader is told about this field."""
    field = in_field(page, name)
    told = field.get("aria-describedby", "").split()
    found = [tree(page).get_element_by_id(id) for id in told if id.endswith("-wrong")]
    return found[0].text_content().strip() if found else ""


def fields_of(page: Any) -> dict[str, Any]:
    """The form as a browser without scripts would send it again."""
    form = next(form for form in tree(page).forms if form.fields.keys() != ["csrf"])
    return {
        name: list(value) if not isinstance(value, str) else value
        for name, value in form.fields.items()
        if value is not None and value != ""
    }


def rows(model: Any) -> Any:
    def read(session: Session) -> list[Any]:
        return list(session.exec(select(model)).all())

    return read
