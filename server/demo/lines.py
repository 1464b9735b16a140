"""What customers say when something is let happen: plain values to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from server.demo.story import BILLING, SUPPORT

One = TypeVar("One")


@dataclass(frozen=True)
class Somebody:
    name: str
    address: str
    subject: str
    text: str
    language: str = "en"
    to: str = SUPPORT


@dataclass(frozen=True)
class Caller:
    name: str
    text: str
    topic: str = "orders"
    language: str = "en"


@dataclass(frozen=True)
class Cross:
    """Somebody who complains."""

    name: str
    address: str
    category: str
    text: str
    wanted: str
    reference: str
    language: str = "en"


WRITERS = (
    Somebody(
        "Nora Blum",
        "nora.blum@post.example",
        "Does Vindu come with a longer cable?",
        "Hello,\n\nI would like to put Vindu on a shelf. Is there a version with three metres of cable?\n\nNora Blum",
    ),
    Somebody(
        "何佳",
        "he.jia@mail.example",
        "发票抬头可以改吗？",
        "您好：\n\n订单 5602-014 的发票抬头写错了，可以改成公司名称吗？\n\n何佳",
        language="zh",
        to=BILLING,
    ),
    Somebody(
        "Giulia Conti",
        "giulia@conti.example",
        "Skog leans to one side",
        "Good afternoon,\n\nmy Skog (order 5594-203) leans a little. Is it the floor or the foot?\n\nGiulia",
    ),
    Somebody(
        "Marek Zeman",
        "marek.zeman@post.example",
        "Two payments for one order",
        "Hi,\n\nmy bank shows order 5600-417 twice, 164.00 each. Please send one back.\n\nMarek",
        to=BILLING,
    ),
)

ALARMED = (
    Somebody(
        "Dana Whitfield",
        "dana@whitfield.example",
        "My lamp smells of smoke",
        "Please answer quickly: the foot of my Aften got hot and smells of smoke. It is unplugged. What now?",
    ),
    Somebody(
        "吴越",
        "wu.yue@mail.example",
        "台灯冒烟了",
        "请尽快回复：Vindu 台灯的插头很烫，还有烟味。我已经拔掉电源了，接下来该怎么办？",
        language="zh",
    ),
)

CHATTERS = (
    Somebody("Felix Brandt", "", "", "Hi, is the Klokke in the picture the small one or the large one?"),
    Somebody("郑爽", "", "", "你好，我的订单显示已签收，可是我没有收到。", language="zh"),
    Somebody("Amara Diallo", "", "", "Hello, can I still add a lamp to order 5601-220?"),
)

CALLERS = (
    Caller("Helen Marsh", "My parcel was left at a shop that is closed now."),
    Caller("黄丽", "退款的银行卡已经注销了，想换一张。", topic="billing", language="zh"),
    Caller("Jonas Meyer", "I would rather explain it by phone, it is about three orders."),
)

CROSS = (
    Cross(
        "Rosa Delgado",
        "rosa.delgado@mail.example",
        "delivery",
        "I took two days off to wait for the delivery, and it came on the third.",
        "An apology, and the delivery fee back.",
        "5597-118",
    ),
    Cross(
        "冯雪",
        "feng.xue@mail.example",
        "product",
        "新买的吊灯第一天就不亮了，客服让我自己检查线路。",
        "换一盏新的。",
        "5599-640",
        language="zh",
    ),
    Cross(
        "Patrick Moore",
        "p.moore@post.example",
        "billing",
        "I was told the repair is free, and then I got a bill for 45.00.",
        "The bill cancelled.",
        "4471-512",
    ),
)

AGAIN = {
    "en": "Is anybody looking at this? I have been waiting for a while.",
    "zh": "请问有人在处理吗？",
}
ANSWER = {
    "en": "Thank you for the quick answer. One more thing: can you confirm it in writing for our files?",
    "zh": "谢谢您的快速回复。还有一件事：可以书面确认一下吗？我们需要存档。",
}


def pick(of: Sequence[One], number: int) -> One:
    """The same for the same number."""
    return of[number % len(of)]
