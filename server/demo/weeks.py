"""The weeks before today, as plain values: what Lumen's customers wrote, and what became of it."""

from __future__ import annotations

from server.demo.story import Line, Matter, days, hours
from tickets.status import Channel, Priority, Status

WEEKS = (
    Matter(
        "Sam Okafor",
        "Refund for a broken lamp",
        "Support",
        ago=days(19),
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
        ago=days(8),
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
        ago=days(6),
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
        ago=hours(27),
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
        ago=hours(47),
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
        ago=hours(3.2),
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
        ago=hours(1.4),
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
        ago=hours(0.7),
        lines=(
            Line("customer", 0, "我上周五申请了退款，订单号 5581-300，什么时候可以到账？"),
            Line("Bo Lindgren", 3, "我查一下，请稍等。"),
            Line("Bo Lindgren", 8, "银行那边显示周三之前会到账。"),
            Line("customer", 3, "好的，谢谢。如果周三没到我再联系你们。"),
            Line("Bo Lindgren", 1, "没问题。"),
        ),
        ends=Status.OPEN,
        snooze_hours=70,
    ),
    Matter(
        "Sam Okafor",
        "Where is my parcel?",
        "Support",
        ago=hours(0.3),
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
