"""A signature stands under an answer as its mailbox has it: filled by name, and never run, whoever wrote it."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from tickets.blanks import unknown
from tickets.email.compose import Letter, compose
from tickets.email.mailbox import Mailbox
from tickets.email.quotes import parted
from tickets.email.signature import BLANKS, Signature, harmless_signature, not_filled, signature_of


def a_mailbox(*, signature: str = "", signature_html: str = "") -> Mailbox:
    words = {"signature": signature, "signature_html": signature_html}
    return Mailbox.model_validate({"id": 1, "address": "support@shop.example", "name": "Tea & Shop", **words})


def sent(signature: Signature, text: str = "It comes today.") -> tuple[str, str]:
    """The plain and the formatted words, as they come over the wire."""
    letter = Letter(
        sender=("Ada", "support@shop.example"),
        to=("Sam", "sam@customer.example"),
        subject="Parcel",
        text=text,
        mail_id="<1@desk.example>",
        date=datetime(2026, 11, 23, tzinfo=UTC),
        signature=signature,
    )
    mail = email.message_from_bytes(compose(letter), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    plain, formatted = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert formatted is not None
    return str(plain.get_content()).replace("\r\n", "\n"), str(formatted.get_content())


def test_it_is_filled_and_parted_from_the_words_as_mail_programs_know_it() -> None:
    box = a_mailbox(signature="{{agent.name}}, {{ mailbox.name }}\nNo. {{ticket.number}} {{order.id}}")
    plain, formatted = sent(signature_of(box, agent="Ada <b>", number=1042))

    assert "It comes today.\n\n-- \nAda <b>, Tea & Shop\nNo. 1042 {{order.id}}\n" == plain
    assert "Ada &lt;b&gt;, Tea &amp; Shop<br>No. 1042 {{order.id}}" in formatted
    assert "It comes today." == parted(plain)[0].strip(), "nobody's reader takes it for words of ours"


def test_the_formatted_one_is_for_those_who_read_it_so() -> None:
    box = a_mailbox(signature="Ada", signature_html="<b>{{agent.name}}</b> <a href='https://shop.example'>Shop</a>")
    plain, formatted = sent(signature_of(box, agent='<i>"Ada"</i>', number=7))

    assert plain.endswith("-- \nAda\n")
    assert "<b>&lt;i&gt;&quot;Ada&quot;&lt;/i&gt;</b>" in formatted
    assert 'href="https://shop.example"' in formatted


def test_nothing_stands_under_a_mail_without_one() -> None:
    plain, formatted = sent(signature_of(a_mailbox(), agent="Ada", number=7))
    assert ("It comes today.\n", False) == (plain, "signature" in formatted)


@pytest.mark.parametrize(
    "html",
    [
        "<b onmouseover='x()'>Ada</b>",
        "<script>x()</script><b>Ada</b>",
        "<style>b{background:url(https://evil.example)}</style><b>Ada</b>",
        "<b><a href='javascript:x()'>Ada</a></b>",
        "<b>Ada</b><iframe src='https://evil.example'></iframe>",
    ],
)
def test_what_an_admin_typed_is_made_harmless_like_anybodys(html: str) -> None:
    """signature_xss: CVE-2026-40568, CVE-2024-29184. Also what lies in the database from before."""
    for found in (harmless_signature(html), signature_of(a_mailbox(signature_html=html), agent="", number=1).html):
        assert "Ada" in found
        assert not any(word in found for word in ("script", "onmouse", "evil", "style", "iframe"))


def test_a_logo_may_come_from_elsewhere() -> None:
    assert 'src="https://shop.example/logo.png"' in harmless_signature("<img src='https://shop.example/logo.png'>")


def test_what_is_no_blank_of_ours_is_told_before_it_is_sent() -> None:
    assert ["{{agent.phone}}"] == not_filled(a_mailbox(signature="{{agent.name}} {{agent.phone}}"))
    assert [] == unknown("{{7*7}} {{ config }} {agent.name}", (*BLANKS, "config"))
