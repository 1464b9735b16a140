"""Mailboxes elsewhere that are fetched from by IMAP: where they are, how far we have come, and how they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field, Session, SQLModel, col, or_, select

from tickets.change import Change
from tickets.email.events import MailboxChanged
from tickets.email.mailbox import Mailbox
from tickets.email.servers import UNKNOWN, UNPROTECTED, UNTRUSTED
from tickets.errors import Refused
from tickets.moment import Moment
from tickets.text import one_line

LATE = timedelta(minutes=4)  # without a success: an admin is told
SURE = timedelta(minutes=2)  # of failures: the same
LONGEST = 200  # characters of a setting


class Security(StrEnum):
    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class SignIn(StrEnum):
    """With what its owner's name is proved. The last two are OAuth 2 (XOAUTH2)."""

    PASSWORD = "password"
    REFRESH = "refresh"  # a refresh token, which gets us an access token each time
    TOKEN = "token"  # an access token that another program keeps fresh in a file


class Afterwards(StrEnum):
    SEEN = "seen"
    MOVE = "move"


class Incoming(SQLModel, table=True):
    """How a mailbox is fetched from, and where that stands. `secret` and `client_secret` are locked (server.mail)."""

    mailbox_id: int = Field(primary_key=True, foreign_key="mailbox.id", sa_column_kwargs={"autoincrement": False})
    active: bool = True
    host: str
    port: int = 993
    security: str = Security.TLS.value
    user: str
    sign_in: str = SignIn.PASSWORD.value
    secret: str = Field(default="", sa_column=Column(Text, nullable=False))
    secret_file: str = ""  # its name in the folder of secrets; instead of `secret`
    token_url: str = ""
    client_id: str = ""
    client_secret: str = Field(default="", sa_column=Column(Text, nullable=False))
    folder: str = "INBOX"
    afterwards: str = Afterwards.SEEN.value
    move_to: str = ""
    everything: bool = False  # also what lay there before we came

    # Who fetches
    holder: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    next_at: datetime | None = Field(default=None, sa_type=Moment)  # not before that

    # How far (RFC 9051, 2.3.1.1): UIDs up to `uid` are ours or left out, up to `marked` also seen or moved there
    uidvalidity: int = Field(default=0, sa_type=BigInteger)  # 0: never been there
    uid: int = Field(default=0, sa_type=BigInteger)
    marked: int = Field(default=0, sa_type=BigInteger)
    since: datetime | None = Field(default=None, sa_type=Moment)  # the UIDs are others: what came from then on is asked

    # How it is
    set_at: datetime = Field(sa_type=Moment)
    checked_at: datetime | None = Field(default=None, sa_type=Moment)  # last success
    waiting: int = 0  # mails that lay there then, and were not fetched yet
    failures: int = 0  # in a row
    failing_since: datetime | None = Field(default=None, sa_type=Moment)
    why: str = ""  # a sentence; empty while all is well
    stuck_uid: int = Field(default=0, sa_type=BigInteger)  # the mail at which it failed last
    stuck_times: int = 0

    def alarm(self, now: datetime) -> str:
        """What an admin is to be told, as a sentence; empty while there is nothing. True also if nobody fetches."""
        failing = self.failing_since is not None and now - self.failing_since >= SURE
        if not self.active:
            return ""
        if self.why and (failing or self.why in AT_ONCE):
            return self.why
        return NOT_FETCHED if now - (self.checked_at or self.set_at) >= LATE else ""

    @property
    def destination(self) -> tuple[str, int, str, str]:
        """A secret was given for this, and goes nowhere else."""
        return self.host, self.port, self.user, self.token_url


class LeftMail(SQLModel, table=True):
    """A mail that lies there and was not taken: too big, or the server does not hand it over."""

    __tablename__ = "left_mail"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    mailbox_id: int = Field(foreign_key="mailbox.id", index=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    size: int = Field(default=0, sa_type=BigInteger)  # bytes; 0: nobody knows
    at: datetime = Field(sa_type=Moment)
    again: bool = False  # an admin wants another try


NO_FOLDER = "There is no such folder there, or it cannot be changed."
STRANGE = "The mail server gives answers that make no sense."
KEEPS_BACK = "The mail server does not hand over a mail that it lists."
NO_SECRET = "The password or token cannot be read."
NO_TOKEN = "The server for tokens gave none."
NOT_ALLOWED = "This host may not be used. An operator can allow it: mail.private_hosts."
NOT_KEPT = "What was fetched could not be kept."
NOT_MARKED = "What was fetched cannot be marked or moved there."
NOT_FETCHED = "Nothing was fetched for several minutes."
AT_ONCE = frozenset({UNTRUSTED, UNPROTECTED, UNKNOWN, NO_FOLDER, NO_SECRET, NO_TOKEN, NOT_ALLOWED, NOT_MARKED})
"""Waiting does not mend these."""


def set_up(change: Change, mailbox_id: int, **told: str | int | bool) -> Incoming:
    """As the admin wants it from now on; whoever fetches begins anew. Secrets come locked.

    Another server or folder is looked at as on the first day.
    """
    mailbox = change.take(Mailbox, mailbox_id)
    row = change.find(Incoming, mailbox_id)
    before = (row.host, row.user, row.folder) if row is not None else None
    row = row or change.add(Incoming(mailbox_id=mailbox_id, host="", user="", set_at=change.now))
    for name, value in told.items():
        setattr(row, name, one_line(value, LONGEST) if name in _LINES and isinstance(value, str) else value)
    _check(row)
    row.set_at, row.holder, row.lease_until, row.next_at = change.now, "", None, None
    row.failures, row.failing_since, row.why, row.stuck_uid, row.stuck_times = 0, None, "", 0, 0
    if before != (row.host, row.user, row.folder):
        row.uidvalidity, row.uid, row.marked, row.since, row.checked_at = 0, 0, 0, None, None
    change.record(MailboxChanged(mailbox=mailbox.id))
    return row


_LINES = {"host", "user", "secret_file", "client_id", "folder", "move_to"}


def _check(row: Incoming) -> None:
    if not row.host or "/" in row.host or " " in row.host:
        raise Refused("Write the name of the server, like imap.example.com.", field="host")
    if not row.user:
        raise Refused("Write the name to sign in with.", field="user")
    if row.secret_file and ("/" in row.secret_file or row.secret_file.startswith(".")):
        raise Refused("Write the name of a file, without a folder.", field="secret_file")
    if row.sign_in == SignIn.TOKEN and not row.secret_file:
        raise Refused("Name the file with the token.", field="secret_file")
    if not row.secret and not row.secret_file:
        raise Refused("Write the password or token, or name a file that holds it.", field="secret")
    if row.sign_in == SignIn.REFRESH and not row.token_url.startswith(("https://", "http://")):
        raise Refused("Write the address where tokens are given, beginning with https://.", field="token_url")
    if row.afterwards == Afterwards.MOVE and row.move_to in ("", row.folder):
        raise Refused("Name another folder to move it to.", field="move_to")


def fetch_again(change: Change, left_id: int) -> None:
    """An admin wants another try at a mail that was left there."""
    left = change.take(LeftMail, left_id)
    left.again = True
    row = change.take(Incoming, left.mailbox_id)
    row.holder, row.lease_until, row.next_at = "", None, None


# What others ask


def incoming_of(session: Session) -> Sequence[tuple[Mailbox, Incoming]]:
    """All that are fetched from, and those that were; by address."""
    query = select(Mailbox, Incoming).join(Incoming, col(Incoming.mailbox_id) == Mailbox.id)
    return [(box, row) for box, row in session.exec(query.order_by(Mailbox.address))]


def free(session: Session, now: datetime) -> Sequence[int]:
    """Which may be fetched from now, and nobody does; who waited longest first."""
    unheld = or_(col(Incoming.lease_until).is_(None), col(Incoming.lease_until) <= now)
    due = or_(col(Incoming.next_at).is_(None), col(Incoming.next_at) <= now)
    query = select(Incoming.mailbox_id).join(Mailbox, col(Mailbox.id) == Incoming.mailbox_id)
    query = query.where(Incoming.active, Mailbox.active, unheld, due)
    return session.exec(query.order_by(col(Incoming.checked_at).asc().nulls_first())).all()


def left_there(session: Session, mailbox_id: int) -> Sequence[LeftMail]:
    """The newest first."""
    query = select(LeftMail).where(LeftMail.mailbox_id == mailbox_id).order_by(col(LeftMail.id).desc())
    return session.exec(query).all()
