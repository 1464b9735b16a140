"""What whoever fetches from a mailbox writes down: that it is in hand, what came, how far, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, or_, select

from tickets.change import Change
from tickets.email import raw
from tickets.email.incoming import AT_ONCE, NOT_MARKED, Incoming, LeftMail
from tickets.files.store import Stored

LEASE = timedelta(seconds=60)
MOST_TRIES = 8  # at one mail; with what is waited in between, a quarter of an hour
OVERLAP = timedelta(days=2)  # by which the dates of a server may be wrong
SOON, LONGEST_REST = 5.0, 300.0  # seconds


@dataclass(frozen=True)
class Claim:
    """A mailbox that is in somebody's hands, with its settings as they were then."""

    mailbox_id: int
    holder: str
    settings: Incoming


@dataclass(frozen=True)
class Place:
    """How far we have come. Above `uid` is what is to be fetched, of `since` or later where that is set."""

    uid: int
    marked: int
    since: datetime | None


@dataclass(frozen=True)
class Arrived:
    """A mail that was fetched and is on the disk."""

    uid: int
    sender: str
    recipients: Sequence[str]
    stored: Stored
    fingerprint: str


def claim(change: Change, mailbox_id: int, holder: str) -> Claim | None:
    """Take it in hand, for a while. None where somebody else has."""
    unheld = or_(col(Incoming.lease_until).is_(None), col(Incoming.lease_until) <= change.now)
    mine = update(Incoming).where(col(Incoming.mailbox_id) == mailbox_id, col(Incoming.active), unheld)
    if not change.claim(mine.values(holder=holder, lease_until=change.now + LEASE)):
        return None
    row = change.rows(select(Incoming).where(Incoming.mailbox_id == mailbox_id))[0]
    return Claim(mailbox_id, holder, Incoming(**row.model_dump()))


def renew(change: Change, claim: Claim) -> bool:
    """Whether it is still ours."""
    row = _held(change, claim)
    if row is not None:
        row.lease_until = change.now + LEASE
    return row is not None


def let_go(change: Change, claim: Claim) -> None:
    row = _held(change, claim)
    if row is not None:
        row.holder, row.lease_until = "", None


def let_all_go(change: Change) -> None:
    """Nobody fetches: what a process that died had in hand is free at once. For desks of one process."""
    change.claim(update(Incoming).where(col(Incoming.holder) != "").values(holder="", lease_until=None))


def arrive(change: Change, claim: Claim, uidvalidity: int, newest: int) -> Place | None:
    """We are signed in; `newest` is the highest UID there. Other UIDs than before: what came lately is asked again.

    What is known by its bytes is found again by them (tickets.email.raw), so asking twice makes no second message.
    """
    row = _held(change, claim)
    if row is None:
        return None
    if row.uidvalidity == 0:
        row.uid = row.marked = 0 if row.everything else newest
    elif row.uidvalidity != uidvalidity:
        row.uid = row.marked = 0
        row.since = (row.checked_at or row.set_at) - OVERLAP
    row.uidvalidity = uidvalidity
    return Place(row.uid, row.marked, row.since)


def take(change: Change, claim: Claim, mails: Sequence[Arrived]) -> bool:
    """Write mails down, and that we have come so far: both, or neither. In the order of their UIDs."""
    row = _held(change, claim)
    if row is None:
        return False
    for mail in mails:
        envelope = raw.Envelope(mail.sender, {claim.mailbox_id: mail.recipients})
        raw.accept(change, envelope, mail.stored, mail.fingerprint)
        row.uid = max(row.uid, mail.uid)
    _went_well(change, row)
    return True


def take_late(change: Change, claim: Claim, left_id: int, mail: Arrived | None) -> bool:
    """What was left there came after all; None: it is too big still."""
    row, left = _held(change, claim), change.find(LeftMail, left_id)
    if row is None or left is None:
        return False
    left.again = False
    if mail is not None:
        raw.accept(
            change, raw.Envelope(mail.sender, {claim.mailbox_id: mail.recipients}), mail.stored, mail.fingerprint
        )
        change.remove(left)
    return True


def leave(change: Change, claim: Claim, uid: int, size: int) -> bool:
    """A mail stays there: it is too big. An admin sees it."""
    row = _held(change, claim)
    if row is not None:
        _leave(change, row, uid, size)
    return row is not None


def pass_over(change: Change, claim: Claim, uid: int) -> bool:
    """There is no mail of this UID any more: somebody else has removed it."""
    row = _held(change, claim)
    if row is not None:
        row.uid = max(row.uid, uid)
    return row is not None


def caught_up(change: Change, claim: Claim, uid: int, marked: int, *, steady: bool) -> bool:
    """All that lies there is ours up to `uid`, and seen or moved up to `marked`. `steady`: not for the first time."""
    row = _held(change, claim)
    if row is None:
        return False
    row.uid, row.marked = max(row.uid, uid), max(row.marked, marked)
    row.waiting, row.since = 0, None
    if steady:
        _went_well(change, row)
    row.checked_at, row.failing_since = change.now, None
    row.why = NOT_MARKED if row.marked < row.uid else ""
    return True


def keep_secret(change: Change, claim: Claim, secret: str) -> bool:
    """The secret that counts from now on, locked."""
    row = _held(change, claim)
    if row is not None:
        row.secret = secret
    return row is not None


def lies_there(change: Change, claim: Claim, waiting: int) -> bool:
    """So many mails are to be fetched."""
    row = _held(change, claim)
    if row is not None:
        row.waiting = waiting
    return row is not None


def fail(change: Change, claim: Claim, why: str, *, uid: int, chance: float) -> None:
    """It went wrong, at the mail of this UID if it is not 0. The next try comes later each time, at most five minutes.

    `chance` is a number from 0 to 1, so that many mailboxes of one server do not come at once. A mail at which it goes
    wrong again and again stays there, for the others behind it.
    """
    row = _held(change, claim)
    if row is None:
        return
    row.failures += 1
    row.failing_since, row.why = row.failing_since or change.now, why
    if uid:
        row.stuck_times = row.stuck_times + 1 if uid == row.stuck_uid else 1
        row.stuck_uid = uid
    if uid and row.stuck_times >= MOST_TRIES:
        _leave(change, row, uid, 0)
    row.next_at = change.now + timedelta(seconds=rest(row.failures, why) * (0.8 + 0.4 * chance))
    row.holder, row.lease_until = "", None


def rest(failures: int, why: str) -> float:
    """Seconds until the next try. Who is turned away comes less often: servers lock accounts."""
    return min(LONGEST_REST, (6 if why in AT_ONCE else 1) * SOON * 2.0 ** min(failures - 1, 10))


def _held(change: Change, claim: Claim) -> Incoming | None:
    """The row, if it is still in these hands."""
    row = change.find(Incoming, claim.mailbox_id)
    return row if row is not None and row.holder == claim.holder and row.active else None


def _went_well(change: Change, row: Incoming) -> None:
    row.checked_at, row.failures, row.failing_since, row.why = change.now, 0, None, ""
    row.stuck_uid, row.stuck_times = 0, 0


def _leave(change: Change, row: Incoming, uid: int, size: int) -> None:
    change.add(
        LeftMail(
            id=change.new_id(),
            mailbox_id=row.mailbox_id,
            uidvalidity=row.uidvalidity,
            uid=uid,
            size=size,
            at=change.now,
        )
    )
    row.uid = max(row.uid, uid)
    row.stuck_uid, row.stuck_times = 0, 0
