"""Who sends a waiting mail, what comes of it, and when it is tried again: each step a change, so that none is lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from tickets.change import Change
from tickets.email.events import MailDelayed, MailFailed, MailQueued, MailSent, MailUncertain
from tickets.email.mailbox import of_queue
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.suppressed import BARRED, suppress, suppressed_among
from tickets.errors import Conflict
from tickets.text import one_line
from tickets.ticket import Ticket

LEASE = timedelta(minutes=4)  # for all that comes before the final dot
DOT_LEASE = timedelta(minutes=20)  # for the rest: the relay may take its time (RFC 5321 4.5.3.2.6)
NO_MAILBOX = timedelta(minutes=1)  # until somebody looks again whether there is an address to send from
GIVE_UP = timedelta(hours=48)
STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))  # then every four hours
LONGEST_SAID = 300

_OPEN = (MailState.QUEUED, MailState.SENDING, MailState.RETRY)


@dataclass(frozen=True)
class Verdict:
    """What the relay decided about one recipient: SENT, RETRY, FAILED or INDETERMINATE, and in which words."""

    state: MailState
    said: str = ""
    gone: bool = False  # there is no such address, whatever is sent to it


def due(session: Session, now: datetime, most: int = 50) -> Sequence[int]:
    """Mails that somebody should look at, the longest due first: to be sent, or left behind by whoever sent them."""
    return session.exec(
        select(Outgoing.id).where(col(Outgoing.due_at) <= now).order_by(col(Outgoing.due_at)).limit(most)
    ).all()


def claim(change: Change, outgoing_id: int) -> int | None:
    """Take it in hand for a while. Returns the number of the attempt, which the other steps must name.

    None where somebody else has it, or where it must not be sent: whoever had it before may have handed it over.
    """
    mail = change.find(Outgoing, outgoing_id)
    if mail is None or mail.due_at is None or mail.due_at > change.now:
        return None
    if mail.state == MailState.SENDING and mail.handed_over:
        _end(change, mail, MailState.INDETERMINATE, {one["address"]: _LOST for one in mail.is_for(*_OPEN)})
        return None
    mail.mailbox_id = mail.mailbox_id or _mailbox_of(change, mail)
    if mail.mailbox_id is None:
        mail.due_at = change.now + NO_MAILBOX
        return None
    if not _leave_out_suppressed(change, mail):
        return None
    mail.state, mail.handed_over, mail.due_at = MailState.SENDING.value, False, change.now + LEASE
    mail.tried_since = mail.tried_since or change.now
    mail.attempts += 1
    return mail.attempts


def hand_over(change: Change, outgoing_id: int, attempt: int) -> bool:
    """The final dot is about to be sent; from here on nobody else may send it. False: it is not yours any more."""
    mail = change.find(Outgoing, outgoing_id)
    if mail is None or mail.state != MailState.SENDING or mail.attempts != attempt:
        return False
    mail.handed_over, mail.due_at = True, change.now + DOT_LEASE
    return True


def settle(change: Change, outgoing_id: int, attempt: int, verdicts: Mapping[str, Verdict]) -> None:
    """What came of an attempt, by address. A late answer about a mail that was thought uncertain still counts."""
    mail = change.find(Outgoing, outgoing_id)
    known = {MailState.SENDING, MailState.INDETERMINATE}
    if mail is None or mail.attempts != attempt or mail.state not in known:
        return
    for to in (address for address, verdict in verdicts.items() if verdict.gone):
        suppress(change, mail, [to], said=verdicts[to].said, told_by="relay")
    again = next_try(mail.tried_since or change.now, change.now)
    if again is not None and any(verdict.state is MailState.RETRY for verdict in verdicts.values()):
        _end(change, mail, MailState.RETRY, verdicts)
        mail.due_at = again
    else:
        _end(change, mail, MailState.FAILED, {to: _final(verdict) for to, verdict in verdicts.items()})


def send_again(change: Change, outgoing_id: int) -> None:
    """Try once more, under the same Message-ID: for those who may have it or not, else for those who did not get it.

    What may have arrived is sent again once only: whoever has it then gets it twice at most.
    """
    mail = change.take(Outgoing, outgoing_id)
    if mail.state not in {MailState.FAILED, MailState.RETRY, MailState.INDETERMINATE}:
        raise Conflict("This mail is on its way, or has arrived.")
    if mail.state == MailState.INDETERMINATE and mail.extra:
        raise Conflict("This mail was sent again already. Write a new message instead.")
    unknown = bool(mail.is_for(MailState.INDETERMINATE)) and not mail.extra
    goes = {MailState.INDETERMINATE} if unknown else {MailState.FAILED, MailState.RETRY}
    mail.extra = mail.extra or unknown
    mail.recipients = [
        {**one, "state": MailState.QUEUED.value} if one["state"] in goes else one for one in mail.recipients
    ]
    if not mail.is_for(MailState.RETRY):  # who was put off keeps their schedule
        mail.tried_since = None
    mail.state, mail.due_at = MailState.QUEUED.value, change.now
    change.record(MailQueued(ticket=mail.ticket_id, outgoing=mail.id, message=mail.message_id))


def returned(change: Change, mail: Outgoing, to: Collection[str], said: str, *, hard: bool) -> None:
    """Another server says, after ours had it taken, that it will not reach these; nobody named means nobody got it.

    Somebody of another name, where it was for several, is one of them to whom it was passed on: nobody knows which.

    `hard`: nothing else will reach them either. Whoever is not named keeps getting mail, unless it was for them alone.
    """
    back = Verdict(MailState.FAILED, said)
    everybody = [one["address"] for one in mail.recipients]
    named = [address for address in everybody if address.lower() in to]
    if to and not named and len(everybody) > 1:
        return  # one of them had it passed on, and nobody knows which
    if hard:
        suppress(change, mail, everybody if len(everybody) == 1 else named, said=said, told_by="report")
    if mail.state in {MailState.SENT, MailState.INDETERMINATE, MailState.FAILED}:
        _end(change, mail, MailState.FAILED, dict.fromkeys(named or everybody, back))


def next_try(since: datetime, now: datetime) -> datetime | None:
    """When to try again what was first tried at `since`: after 1, 5, 15, 60 minutes, then every four hours.

    The last time is after 48 hours; None from then on.
    """
    at, last = since, since + GIVE_UP
    for step in (*STEPS, *[STEPS[-1]] * 20):
        at = min(at + step, last)
        if at > now:
            return max(at, now + STEPS[0])
    return None


_LOST = Verdict(MailState.INDETERMINATE)
_HAPPENED = {
    MailState.SENT: MailSent,
    MailState.RETRY: MailDelayed,
    MailState.FAILED: MailFailed,
    MailState.INDETERMINATE: MailUncertain,
}


def _end(change: Change, mail: Outgoing, state: MailState, verdicts: Mapping[str, Verdict]) -> None:
    """The attempt is over. Failed is a mail that at least one recipient did not get; without any it was sent.

    Where somebody may have it or not, and nobody is tried again, that comes first: a person has to decide.
    """
    mail.recipients = [
        {**one, "state": verdict.state.value, "said": one_line(verdict.said, LONGEST_SAID)}
        if (verdict := verdicts.get(one["address"]))
        else one
        for one in mail.recipients
    ]
    if state is MailState.FAILED and mail.is_for(MailState.INDETERMINATE):
        state = MailState.INDETERMINATE
    elif state is MailState.FAILED and not mail.is_for(MailState.FAILED):
        state, mail.sent_at = MailState.SENT, change.now
    mail.state, mail.due_at, mail.handed_over = state.value, None, False
    mail.said = next((one["said"] for one in mail.recipients if one["state"] != MailState.SENT and one["said"]), "")
    answers = len(mail.carries)
    happened = _HAPPENED[state]
    told = happened(
        ticket=mail.ticket_id, outgoing=mail.id, message=mail.message_id, answers=answers, notice=mail.notice
    )
    change.record(told)


def _leave_out_suppressed(change: Change, mail: Outgoing) -> bool:
    """Whether anybody is left to whom it may go."""
    barred = suppressed_among(change, [one["address"] for one in mail.is_for(*_OPEN)])
    if not barred:
        return True
    mail.recipients = [
        {**one, "state": MailState.FAILED.value, "said": BARRED}
        if one["state"] in _OPEN and one["address"].lower() in barred
        else one
        for one in mail.recipients
    ]
    if not mail.is_for(*_OPEN):
        _end(change, mail, MailState.FAILED, {})
    return bool(mail.is_for(*_OPEN))


def _final(verdict: Verdict) -> Verdict:
    return Verdict(MailState.FAILED, verdict.said) if verdict.state is MailState.RETRY else verdict


def _mailbox_of(change: Change, mail: Outgoing) -> int | None:
    mailbox = of_queue(change, change.take(Ticket, mail.ticket_id).queue_id)
    return mailbox.id if mailbox else None
