"""What the demo desk has been through, as plain values: who works there, who asks, and the shapes of what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from routing.callbacks.callback import Outcome
from tickets.complaints.complaint import Outcome as Decision
from tickets.people import IdentifierKind, Role
from tickets.status import Channel, Priority, Status

PASSWORD = "try-frontdesk"  # of everybody in the demo; a real desk's people choose their own
EMAIL, PHONE, EXTERNAL = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.EXTERNAL
SUPPORT, BILLING, SAFETY = "support@lumen.example", "billing@lumen.example", "safety@lumen.example"


@dataclass(frozen=True)
class Colleague:
    name: str
    email: str
    role: Role
    queues: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Person:
    name: str
    known_by: tuple[tuple[IdentifierKind, str], ...]
    language: str = "en"
    notes: str = ""


@dataclass(frozen=True)
class Line:
    """One thing said, `after` minutes after the one before it."""

    who: str  # "customer", or the colleague's name; a note begins with "note:"
    after: float
    text: str
    html: str = ""  # the same with formatting, in a mail


@dataclass(frozen=True)
class Matter:
    """What went to and fro in words. With `mail` (from, to), the customer's lines come as mails."""

    customer: str
    subject: str
    queue: str
    ago: timedelta
    lines: tuple[Line, ...]
    channel: Channel = Channel.CHAT
    language: str = "en"
    ends: Status = Status.RESOLVED
    priority: Priority = Priority.NORMAL
    snooze_hours: float | None = None  # from now on
    rated: tuple[int, str] | None = None
    mail: tuple[str, str] | None = None


@dataclass(frozen=True)
class Left:
    """Somebody who began a chat and went away before anybody had answered."""

    customer: str
    ago: timedelta
    text: str
    waited: float  # minutes
    seen_by: str  # who puts it away


@dataclass(frozen=True)
class Try:
    """Somebody rang, `after` minutes after what was before, and noted what was said."""

    who: str
    after: float
    outcome: Outcome
    noted: str = ""


@dataclass(frozen=True)
class Call:
    """A request to be rung: at once, or in the window that comes next when the story has been told."""

    customer: str
    phone: str
    ago: timedelta
    text: str
    topic: str = ""
    email: str = ""
    language: str = "en"
    later: bool = False
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True)
class Grievance:
    """A complaint. `acknowledged` and `decided` are (who, minutes after what was before, ...)."""

    customer: str
    email: str
    ago: timedelta
    category: str
    text: str
    wanted: str
    reference: str = ""
    language: str = "en"
    acknowledged: tuple[str, float, str] | None = None  # with a text: by an answer; without: by a click
    decided: tuple[str, float, Decision, str] | None = None


def days(n: float) -> timedelta:
    return timedelta(days=n)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


QUEUES = ("Support", "Billing", "Complaints", "Callbacks", "Safety")

COLLEAGUES = (
    Colleague("Ada Lund", "ada@frontdesk.example", Role.AGENT, QUEUES),
    Colleague("Bo Lindgren", "bo@frontdesk.example", Role.AGENT, QUEUES),
    Colleague("Grace Okoye", "grace@frontdesk.example", Role.SUPERVISOR, QUEUES),
    Colleague("Alex Admin", "admin@frontdesk.example", Role.ADMIN),
)

PEOPLE = (
    Person(
        "Sam Okafor",
        ((EMAIL, "sam@okafor.example"), (PHONE, "+234 803 555 0142"), (EXTERNAL, "C-77120")),
        notes="Prefers short answers. Orders for a school.",
    ),
    Person("Johanna Reyes", ((EMAIL, "johanna.reyes@mail.example"), (EXTERNAL, "C-20077"))),
    Person("陈思远", ((EMAIL, "chen.siyuan@mail.example"), (PHONE, "+86 138 5550 0199")), language="zh"),
    Person("李静", ((EMAIL, "li.jing@mail.example"),), language="zh"),
    Person("Priya Natarajan", ((EMAIL, "priya@natarajan.example"), (EXTERNAL, "C-55310"))),
    Person("Halden AS, accounts", ((EMAIL, "accounts@halden.example"), (EXTERNAL, "C-90412"))),
    Person("Marta Lindqvist", ((EMAIL, "marta@lindqvist.example"),)),
)

CANNED = (
    ("hello", "Greeting", "Hello {{customer.name}}, this is {{agent.name}}. How can I help?"),
    ("moment", "One moment", "Thank you. Let me look this up, one moment please."),
    (
        "refund",
        "Refund under way",
        "I have started the refund. It takes two to three working days to reach your account.",
    ),
    (
        "parcel",
        "Where is my parcel",
        "I have asked the carrier about your parcel and will write to you here as soon as I know.",
    ),
    (
        "bye",
        "Goodbye",
        "Glad I could help, {{customer.name}}. Your ticket number is {{ticket.number}}, should anything come up.",
    ),
    ("nihao", "问候", "{{customer.name}}，您好，我是{{agent.name}}。请问有什么可以帮您？"),
    ("tuikuan", "退款进行中", "退款已经提交，一般两到三个工作日到账。"),
)
