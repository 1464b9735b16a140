"""The parts of a mail by which a machine reports: on a delivery, a complaint or a receipt (RFC 6522).

Its structure decides: a report is one from its top on. Somebody who passes one on puts words of their own before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from tickets.email.charsets import BROKEN
from tickets.email.daemons import is_by_a_machine, is_daemon
from tickets.email.free_reports import is_servers_form, speaks_like_a_server
from tickets.email.headers import Head
from tickets.email.mime import Part, leaves
from tickets.email.parts import kind_of_part, param

_DELIVERY = {"message/delivery-status", "message/global-delivery-status"}  # RFC 3464, RFC 6533
_FEEDBACK = {"message/feedback-report"}  # RFC 5965
_RECEIPT = {"message/disposition-notification", "message/global-disposition-notification"}  # RFC 8098


def delivery_parts(whole: Part, head: Head, text: str) -> list[Part]:
    return _parts(_DELIVERY, whole, head, text)


def is_delivery_report(whole: Part) -> bool:
    """By its own name, also where the part that tells of the delivery is missing."""
    return is_some_report(whole) and param(whole, "report-type").lower() == "delivery-status"


def is_some_report(whole: Part) -> bool:
    return _kind(whole) == "multipart/report"


def any_delivery_part(parts: Iterable[Part]) -> bool:
    """Also one that somebody passed on."""
    return any(kind_of_part(part) in _DELIVERY for part in parts)


def feedback_parts(whole: Part, head: Head, text: str) -> list[Part]:
    return _parts(_FEEDBACK, whole, head, text)


def receipt_parts(whole: Part, head: Head, text: str) -> list[Part]:
    return _parts(_RECEIPT, whole, head, text)


def _parts(kinds: set[str], whole: Part, head: Head, text: str) -> list[Part]:
    found = [part for part in leaves(whole) if kind_of_part(part) in kinds]
    return found if found and _is_a_machines(whole, found[0], head, text) else []


def _is_a_machines(whole: Part, report: Part, head: Head, text: str) -> bool:
    """A gateway may have put a report into a multipart of its own, and old servers never heard of multipart/report."""
    if whole is report or any(_kind(part) == "multipart/report" for part in _first_ones(whole)):
        return True
    if next(leaves(whole)) is report or is_daemon(head) or is_by_a_machine(head):
        return True
    return speaks_like_a_server(text) or is_servers_form(head)


def _first_ones(whole: Part) -> Iterator[Part]:
    """The mail itself, the first part in it, the first one in that."""
    part: Part | None = whole
    while part is not None:
        yield part
        part = part.inside[0] if part.inside else None


def _kind(part: Part) -> str:
    with suppress(*BROKEN):
        return part.head.get_content_type()
    return ""
