"""Of whole letters, in many languages and as many mail programs write them, only what is new is the reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.effort import within
from tickets.email.plain import text_of
from tickets.email.quotes import newly_written, parted

# Of each letter its name, then its lines: those that are new begin with a bar, others with a colon.
LETTERS = {
    name: lines.split("\n")
    for name, _, lines in (
        letter.partition("\n")
        for letter in Path(__file__).with_name("reply_texts.txt").read_text("utf-8").strip("\n")[2:].split("\n% ")
    )
}


@pytest.mark.parametrize("name", LETTERS)
def test_only_what_is_new_is_the_reply(name: str) -> None:
    text = "\n".join(line[1:] for line in LETTERS[name])
    new = "\n".join(line[1:] for line in LETTERS[name] if line[0] == "|")
    reply, quoted = parted(text)
    assert new.strip() == reply.strip()
    assert bool(quoted) == any(line[0] == ":" for line in LETTERS[name])


HEAD = "<b>From:</b> Ada &lt;ada@shop.example&gt;<br><b>Sent:</b> Tuesday, March 5, 2024 10:12 AM<br>"
HEAD += "<b>To:</b> sam@customer.example<br><b>Subject:</b> Re: Lamp"
WROTE = "On Tue, Mar 5, 2024 at 10:12 AM Ada &lt;ada@shop.example&gt; wrote:"


@pytest.mark.parametrize(
    "below",
    [
        f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{WROTE}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0"><div>Is it broken?</div></blockquote></div>',
        f'<div><br><blockquote type="cite"><div>{WROTE}</div><br><div>Is it broken?</div></blockquote></div>',
        f'<div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div><div>{WROTE}</div><div><br></div>'
        "<div><div>Is it broken?</div></div></div></div>",
        f'<div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr">{HEAD}<div>&nbsp;</div>'
        "</div><div>Is it broken?</div>",
        f'<div style="border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">{HEAD}</p></div><p>Is it broken?</p>',
        '<div class="moz-cite-prefix">Le lá 5.3.24 ag 10:12, scríobh Ada:<br></div>'
        '<blockquote type="cite" cite="mid:x@shop.example"><p>Is it broken?</p></blockquote>',
        f'<blockquote><div class="OutlookMessageHeader"><font>-----Original Message-----<br>{HEAD}</font></div>'
        "<div>Is it?</div></blockquote>",
        '<div class="protonmail_quote">------- Original Message -------<br>On Tuesday, March 5th, 2024 at 10:12 AM, '
        'Ada &lt;ada@shop.example&gt; wrote:<br><br><blockquote class="protonmail_quote">Is it?</blockquote></div>',
        '<div class="zmail_extra"><br>---- On Tue, 05 Mar 2024 10:12:11 +0530 <b>Ada &lt;ada@shop.example&gt;</b> '
        'wrote ---<br><br><blockquote id="blockquote_zmail"><div>Is it broken?</div></blockquote></div>',
        '<div><includetail><div style="font-size:12px">------------------&nbsp;原始邮件&nbsp;------------------</div>'
        '<div><b>发件人:</b>&nbsp;"Ada"&lt;ada@shop.example&gt;;</div><div><b>发送时间:</b>&nbsp;2024年3月5日</div>'
        "<div><b>收件人:</b>&nbsp;sam</div><div>Is it broken?</div></includetail></div>",
        '<div id="ntes-pcmac-signature"><div>Sam</div></div><br>在 2024-03-05 10:12:11，"Ada" '
        '&lt;ada@shop.example&gt; 写道：<br><blockquote id="isReplyContent"><div>Is it?</div></blockquote>',
        f'<br><div class="gmail_signature"><div>Sam Weller</div><div>Sales</div></div><br>{WROTE}'
        "<blockquote>Is it broken?</blockquote>",
        '<div class="moz-cite-prefix">Am 05.03.24 um 10:12 schrieb Ada:<br></div><blockquote type="cite"><p>Ja?</p>'
        '</blockquote><div class="moz-signature">-- <br>Sam Weller</div>',
        '<div id="Zm-_Id_-Sgn"><div>Sam</div></div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Tue, 05 Mar '
        "2024 10:12:11 +0530 Ada &lt;ada@shop.example&gt; wrote ---</div><blockquote>Is it broken?</blockquote></div>",
        '<hr size="1" align="left"><div>sam@customer.example</div><blockquote><div><b>发件人：</b>Ada</div>'
        "<div><b>发送时间：</b>2024-03-05 10:12</div><div><b>收件人：</b>sam</div><div>Is it?</div></blockquote>",
        '<pre class="moz-signature" cols="72">-- \nSam Weller\nSales</pre>',
        '<div id="Signature"><p>Sam Weller</p><p>Sales</p></div>',
    ],
)
def test_of_a_mail_that_is_only_formatted_the_quotation_and_the_signature_are_left_out(below: str) -> None:
    text = text_of(f"<html><body><div>Thank you.</div><div><br></div><div>It works.</div>{below}</body></html>")
    assert "Thank you.\n\nIt works." == newly_written(text).strip()


@pytest.mark.parametrize(
    "text",
    [
        "Yes.\n\n" + ">" * 1_000_000,
        "Yes.\n\n" + ">\n" * 500_000,
        "Yes.\n\nOn 5 Mar 2024, at 10:12, Ada <ada@shop.example> wrote:\n" + "> line\n" * 150_000,
        "Yes.\n\n" + "\n".join(">" * depth for depth in range(1, 1_400)),
        "Yes.\n" + "-- \n" * 250_000,
        "Yes.\n" + "| |\n" * 250_000,
        "Yes. " * 200_000,
        "Yes.\n\n" + "confidential recipient " * 40_000,
    ],
)
def test_a_megabyte_of_marks_takes_a_moment(text: str) -> None:
    reply, _ = within(1, lambda: parted(text))
    assert reply.startswith("Yes.")


def test_marked_lines_below_are_left_out_however_many_they_are() -> None:
    assert ("Yes.", True) == (parted("Yes.\n\n" + "> line\n" * 10_000)[0], True)
