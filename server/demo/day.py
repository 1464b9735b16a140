"""Today, as plain values: chats, mails, calls and complaints, from this morning until a moment ago."""

from __future__ import annotations

from routing.callbacks.callback import Outcome
from server.demo.story import BILLING, SUPPORT, Call, Grievance, Left, Line, Matter, Try, days, hours, minutes
from tickets.complaints.complaint import Outcome as Decision
from tickets.status import Channel, Status

ADA, BO, GRACE = "Ada Lund", "Bo Lindgren", "Grace Okoye"

BREAKS = {ADA: minutes(9), BO: minutes(22), GRACE: minutes(4)}
"""Since when nobody sits at their console."""

CHATS = (
    Matter(
        "Tom Becker",
        "Which bulb does Aften take?",
        "Support",
        ago=minutes(302),
        lines=(
            Line("customer", 0, "Good morning. Which bulb does the Aften lamp take?"),
            Line(ADA, 1, "Good morning Tom. An E27, up to 60 watts; LED is fine."),
            Line("customer", 2, "Perfect, thanks."),
            Line(ADA, 1, "You are welcome."),
        ),
        rated=(5, "Answered before I had finished my coffee."),
    ),
    Matter(
        "王芳",
        "可以开增值税发票吗？",
        "Billing",
        ago=minutes(264),
        lines=(
            Line("customer", 0, "你好，公司采购可以开增值税专用发票吗？"),
            Line(BO, 2, "可以的，请把抬头和税号发过来。"),
            Line("customer", 3, "北京芳华设计有限公司，税号写在订单备注里了。"),
            Line(BO, 4, "收到，发票今天随货寄出。"),
        ),
        language="zh",
        rated=(5, ""),
    ),
    Matter(
        "Nadia Haddad",
        "My voucher is not accepted",
        "Billing",
        ago=minutes(216),
        lines=(
            Line("customer", 0, "I have a voucher for 20.00 and the shop says it is not valid."),
            Line(GRACE, 8, "I am sorry that you had to wait, Nadia. It was made for the old shop. Here is a new code."),
            Line("customer", 2, "That works, thank you."),
            Line(GRACE, 1, "Glad to hear that."),
        ),
        rated=(3, "Took a while."),
    ),
    Matter(
        "Oscar Nyström",
        "Klokke hangs a little crooked",
        "Support",
        ago=minutes(173),
        lines=(
            Line("customer", 0, "My new Klokke hangs a little crooked. Is that the cable?"),
            Line(BO, 1, "Most likely. Loosen the ring at the top, let it settle, then tighten it again."),
            Line("customer", 6, "Straight as an arrow now."),
            Line(BO, 1, "Nicely done."),
        ),
    ),
    Matter(
        "Emily Carter",
        "A shade for Vindu in green",
        "Support",
        ago=minutes(121),
        lines=(
            Line("customer", 0, "Can I get the Vindu shade in green on its own?"),
            Line(ADA, 2, "Yes, Emily, for 34.00. Shall I put it with your order 5590-118?"),
            Line("customer", 3, "Please do."),
            Line(ADA, 2, "Done. Both arrive on Thursday."),
        ),
        rated=(5, ""),
    ),
    Matter(
        "赵磊",
        "吊灯能接智能开关吗？",
        "Support",
        ago=minutes(78),
        lines=(
            Line("customer", 0, "Klokke 吊灯能接智能开关吗？"),
            Line(BO, 1, "可以，用不可调光的型号即可。"),
            Line("customer", 1, "明白了，谢谢！"),
            Line(BO, 1, "不客气。"),
        ),
        language="zh",
        rated=(4, ""),
    ),
)

LEFT = (Left("Guest", minutes(46), "Do you ship to Iceland?", 1.5, ADA),)

MAILS = (
    Matter(
        "Clara Jansen",
        "Aften flickers after a year",
        "Support",
        ago=minutes(291),
        lines=(
            Line(
                "customer",
                0,
                "Hello,\n\nmy Aften (order 4471-090) flickers since last week, with every bulb I tried. "
                "It is thirteen months old.\n\nKind regards\nClara Jansen",
            ),
            Line(
                ADA, 51, "Hello Clara,\n\nthat is the switch in the foot. We repair it for free; a label is on its way."
            ),
            Line("customer", 38, "That is kind. Do I have to take the shade off before I pack it?"),
            Line(ADA, 14, "No need. Leave the bulb out, that is all."),
        ),
        channel=Channel.EMAIL,
        mail=("clara.jansen@post.example", SUPPORT),
    ),
    Matter(
        "周敏",
        "订单 5588-102 想换成黄铜色",
        "Support",
        ago=minutes(238),
        lines=(
            Line(
                "customer", 0, "您好：\n\n订单 5588-102 的 Skog 落地灯，可以换成黄铜色吗？如果有差价我可以补。\n\n周敏"
            ),
            Line(BO, 40, "周女士，您好：\n\n可以更换，没有差价。黄铜色需要多等三天，您看可以吗？"),
            Line("customer", 31, "三天没问题，麻烦您了。"),
            Line(BO, 12, "已经改好，发货后会通知您。"),
        ),
        channel=Channel.EMAIL,
        language="zh",
        mail=("zhou.min@mail.example", SUPPORT),
    ),
    Matter(
        "Elif Aydın",
        "Quote for twelve Klokke",
        "Billing",
        ago=minutes(230),
        lines=(
            Line(
                "customer",
                0,
                "Dear Lumen team,\n\nwe furnish a small library and would like twelve Klokke. Could you send us "
                "a quote, with delivery to Izmir?\n\nBest regards\nElif Aydın",
            ),
        ),
        channel=Channel.EMAIL,
        ends=Status.NEW,
        mail=("elif@kitaplik.example", BILLING),
    ),
    Matter(
        "林晓",
        "台灯保修",
        "Support",
        ago=minutes(98),
        lines=(
            Line("customer", 0, "你好，Vindu 台灯的灯罩裂了，还在保修期内吗？订单号 5310-677。"),
            Line(BO, 24, "林先生，您好：\n\n还在保修期内。麻烦您拍一张灯罩的照片回复给我们，我们马上安排更换。"),
        ),
        channel=Channel.EMAIL,
        language="zh",
        ends=Status.PENDING,
        mail=("lin.xiao@mail.example", SUPPORT),
    ),
    Matter(
        "Ravi Menon",
        "Delivery to Mumbai",
        "Support",
        ago=minutes(27),
        lines=(
            Line(
                "customer",
                0,
                "Hi,\n\ntwo questions before I order:\n\n1. Do you deliver to Mumbai?\n"
                "2. Does Skog work with 230 V?\n\nRavi",
                html="<p>Hi,</p><p>two questions <b>before I order</b>:</p><ol><li>Do you deliver to Mumbai?</li>"
                "<li>Does <i>Skog</i> work with 230&nbsp;V?</li></ol><p>Ravi</p>",
            ),
        ),
        channel=Channel.EMAIL,
        ends=Status.NEW,
        mail=("ravi.menon@post.example", SUPPORT),
    ),
)

CALLS = (
    Call(
        "Anna Kowalska",
        "+48 22 555 01 10",
        minutes(282),
        "The invoice says 2 lamps, I ordered one.",
        topic="billing",
        tries=(Try(BO, 6, Outcome.REACHED, "Ordered one, billed two. Credit note sent to Anna."),),
    ),
    Call(
        "刘洋",
        "+86 138 5550 0123",
        minutes(192),
        "想了解一下企业采购的价格。",
        language="zh",
        tries=(Try(ADA, 9, Outcome.REACHED, "Wants 40 Vindu for an office. Price list sent."),),
    ),
    Call(
        "Carmen Ruiz",
        "+34 912 345 678",
        minutes(134),
        "I would like help choosing lamps for a reading corner.",
        email="carmen.ruiz@mail.example",
        later=True,
    ),
    Call(
        "Peter Novak",
        "+420 601 123 456",
        minutes(53),
        "The shade of my Vindu came in the wrong colour.",
        topic="orders",
        tries=(Try(GRACE, 42, Outcome.NO_ANSWER),),
    ),
    Call(
        "Ingrid Solberg",
        "+47 22 12 34 56",
        minutes(7),
        "Can my parcel wait until I am back from holiday?",
        topic="orders",
        email="ingrid@solberg.example",
    ),
)

COMPLAINTS = (
    Grievance(
        "孙丽",
        "sun.li@mail.example",
        days(9),
        "conduct",
        "上周在聊天里，客服没有听我说完就结束了对话。",
        "希望有人认真看一下我的问题。",
        language="zh",
        acknowledged=(GRACE, 60 * 21, ""),
        decided=(GRACE, 60 * 24, Decision.UPHELD, "您说得对，我们不该这样结束对话，非常抱歉。您的问题已由我亲自处理。"),
    ),
    Grievance(
        "Henrik Dahl",
        "henrik.dahl@mail.example",
        days(4),
        "delivery",
        "The driver left the box in the rain. The lamp is fine, the shade is not.",
        "A new shade, and my delivery fee back.",
        reference="5571-340",
        acknowledged=(
            BO,
            60 * 18,
            "Dear Henrik,\n\nthank you for telling us. We have asked the carrier.",
        ),
        decided=(
            GRACE,
            60 * 76,
            Decision.PARTLY,
            "A new shade is on its way. The delivery fee we cannot return: the box was left where you had asked for.",
        ),
    ),
    Grievance(
        "Grace Adeyemi",
        "g.adeyemi@mail.example",
        hours(26),
        "billing",
        "I was charged for express delivery, and it came after a week.",
        "The difference to the usual delivery.",
        reference="5580-006",
        acknowledged=(GRACE, 60 * 5, "Dear Ms Adeyemi,\n\nI am looking into this and will write to you this week."),
    ),
    Grievance(
        "Lukas Weber",
        "lukas.weber@post.example",
        minutes(56),
        "product",
        "The switch of my Skog stopped working after three weeks, and the answer to my mail was a link to the manual.",
        "A working lamp, and somebody who reads what I write.",
        reference="5589-771",
    ),
)
