"""What the demo desk has been through, as plain values: server.demo.seed tells them to the real desk."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickets.people import IdentifierKind, Role
from tickets.status import Channel, Priority, Status

EMAIL, PHONE, EXTERNAL = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.EXTERNAL


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


@dataclass(frozen=True)
class Matter:
    customer: str
    subject: str
    queue: str
    hours_ago: float
    lines: tuple[Line, ...]
    channel: Channel = Channel.CHAT
    ends: Status = Status.RESOLVED
    priority: Priority = Priority.NORMAL
    snooze_hours: float | None = None  # from now on
    holder: str | None = None  # who holds it at the end, where nobody answered
    rated: tuple[int, str] | None = None
    more: tuple[str, ...] = field(default=())


COLLEAGUES = (
    Colleague("Ada Lund", "ada@frontdesk.example", Role.AGENT, ("Support", "Billing")),
    Colleague("Bo Lindgren", "bo@frontdesk.example", Role.AGENT, ("Support", "Billing")),
    Colleague("Grace Okoye", "grace@frontdesk.example", Role.SUPERVISOR, ("Support", "Billing")),
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

MATTERS = (
    Matter(
        "Sam Okafor",
        "Refund for a broken lamp",
        "Support",
        hours_ago=24 * 19,
        lines=(
            Line("customer", 0, "The reading lamp arrived with a cracked shade. Order 5512-008."),
            Line("Ada Lund", 4, "I am sorry about that, Sam. A photo is enough, you need not send it back."),
            Line("customer", 6, "Photo sent by mail just now."),
            Line("Ada Lund", 9, "Got it. The refund of 38.00 is on its way and takes two to three days."),
            Line("customer", 2, "Great, thank you."),
        ),
        rated=(5, "Quick and friendly."),
    ),
    Matter(
        "Sam Okafor",
        "Change of delivery address",
        "Support",
        hours_ago=24 * 8,
        lines=(
            Line("customer", 0, "Can order 5570-114 go to the school instead of my home?"),
            Line("Bo Lindgren", 3, "Yes, it has not left yet. Which address shall I put on it?"),
            Line("customer", 5, "12 Marina Road, Lagos. Ask for the office."),
            Line("Bo Lindgren", 4, "Changed. The new label says 12 Marina Road, attention office."),
        ),
        rated=(4, ""),
    ),
    Matter(
        "陈思远",
        "发票抬头需要修改",
        "Billing",
        hours_ago=24 * 6,
        lines=(
            Line("customer", 0, "你好，上个月的发票抬头写错了，可以重新开一张吗？"),
            Line("Bo Lindgren", 12, "可以的，请把正确的公司名称和税号发给我。"),
            Line("customer", 9, "上海思远贸易有限公司，税号已经发到邮箱。"),
            Line("note:Bo Lindgren", 2, "Tax number checked against last year's contract, it matches."),
            Line("Bo Lindgren", 25, "新的发票已经寄出，旧的请作废。"),
        ),
    ),
    Matter(
        "Priya Natarajan",
        "Which hospital may I choose for the claim?",
        "Support",
        hours_ago=27,
        lines=(
            Line(
                "customer",
                0,
                "The policy names a network, but the list in the app is empty. Which hospital may I choose?",
            ),
            Line("Ada Lund", 21, "I have asked the insurer for the current list and will come back to you today."),
            Line("note:Ada Lund", 3, "Asked the partner desk, reference P-4471. They answer within two working days."),
        ),
        channel=Channel.PORTAL,
        ends=Status.ON_HOLD,
    ),
    Matter(
        "Marta Lindqvist",
        "Change of bank details for the direct debit",
        "Billing",
        hours_ago=47,
        lines=(
            Line("customer", 0, "I changed banks. Where do I send the new account number?"),
            Line(
                "Bo Lindgren", 35, "Please sign the form I have attached to your account page and send it back to us."
            ),
        ),
        channel=Channel.PORTAL,
        ends=Status.PENDING,
    ),
    Matter(
        "Johanna Reyes",
        "Charged twice for the March premium",
        "Billing",
        hours_ago=3.2,
        lines=(
            Line("customer", 0, "My card was charged twice for March, 41.50 each. Please return one of them."),
            Line("customer", 40, "Is anybody looking at this?"),
        ),
        channel=Channel.PORTAL,
        ends=Status.NEW,
        priority=Priority.HIGH,
    ),
    Matter(
        "Halden AS, accounts",
        "Invoice 20411, purchase order missing",
        "Billing",
        hours_ago=1.4,
        lines=(
            Line("customer", 0, "Invoice 20411 lacks our purchase order number, PO-8841. We cannot book it like this."),
            Line("Ada Lund", 16, "Thank you. I will have a corrected invoice sent to you this afternoon."),
            Line("customer", 22, "Please also add the cost centre, 4400."),
        ),
        channel=Channel.PORTAL,
        ends=Status.OPEN,
    ),
    Matter(
        "李静",
        "退款什么时候到账？",
        "Support",
        hours_ago=0.7,
        lines=(
            Line("customer", 0, "我上周五申请了退款，订单号 5581-300，什么时候可以到账？"),
            Line("Bo Lindgren", 5, "我查一下，请稍等。"),
            Line("Bo Lindgren", 6, "银行那边显示周三之前会到账。"),
            Line("customer", 3, "好的，谢谢。如果周三没到我再联系你们。"),
        ),
        ends=Status.OPEN,
        snooze_hours=70,
    ),
    Matter(
        "Sam Okafor",
        "Where is my parcel?",
        "Support",
        hours_ago=0.3,
        lines=(
            Line("customer", 0, "Hi, order 5590-221 was due on Tuesday. The tracking page still says “label created”."),
            Line("Ada Lund", 2, "Thanks Sam, I can see the order. Let me check with the warehouse, one moment."),
            Line(
                "note:Bo Lindgren", 3, "The carrier missed the pick-up twice. Refund shipping if it slips past Friday."
            ),
            Line("customer", 4, "Should I order again?"),
        ),
        channel=Channel.PORTAL,
        ends=Status.OPEN,
    ),
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
