"""Mail as the bench posts it: 20 KB, plain and formatted with a picture, and a mail server's talk to hand it in."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from functools import cache

LINES = 8  # mail servers that talk at once
SENDER = "sam@bench.example"  # of every envelope
TO = "support@lumen.example"
_SIDE = 48  # pixels
_NAME, _SIGNATURE, _PICTURE = b"name-of-it", b"signature-of-it", b"picture/of/it+++"  # until they are told
_TEXT = "Hello,\n\nmy lamp arrived broken. What now?\n\n" + "> a line of what you wrote before\n" * 60
_HTML = "<p>Hello,</p>" + "<p>my <b>lamp</b> arrived broken.</p>" * 120


def letter(name: str) -> bytes:
    """20 KB as people write them: plain, formatted, a picture; eight servers on the way, one of which signed it.

    To write each anew would take half as long as the desk takes to read it, on the same two cores.
    """
    signature, picture = _folded(os.urandom(256), b"\r\n "), _folded(_picture(), b"\r\n")
    return _written().replace(_NAME, name.encode()).replace(_SIGNATURE, signature).replace(_PICTURE, picture)


@cache
def _written() -> bytes:
    """One of them, with words in it that stand for what is another in each."""
    mail, name = EmailMessage(policy=WIRE), _NAME.decode()
    for hop in range(8):
        mail["Received"] = f"from hop{hop}.bench.example by mx; Mon, 23 Nov 2026 09:00:0{hop} +0000"
    mail["DKIM-Signature"] = f"v=1; a=rsa-sha256; d=bench.example; s=one; h=from:to:subject; b={_SIGNATURE.decode()}"
    mail["From"] = f"Sender {name} <s{name}@bench.example>"
    mail["To"], mail["Subject"] = TO, f"My order {name}: 退货"
    mail["Message-ID"], mail["Date"] = f"<{name}@bench.example>", "Mon, 23 Nov 2026 09:00:00 +0000"
    mail.set_content(_TEXT)
    mail.add_alternative(_HTML, subtype="html")
    mail.add_attachment(base64.b64decode(_PICTURE), maintype="image", subtype="png", filename=f"lamp {name}.png")
    return mail.as_bytes()


async def hand_in(
    port: int, posted: Iterable[bytes], until: Callable[[], Awaitable[None]] | None = None, *, to: str = TO
) -> None:
    """Every one of them over `LINES` conversations at once, then whatever `until` waits for."""
    waiting = iter(posted)
    await asyncio.gather(*(_converse(port, waiting, to) for _ in range(LINES)))
    if until is not None:
        await until()


async def _converse(port: int, posted: Iterator[bytes], to: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def asks(line: bytes) -> None:
        writer.write(line)
        while (answer := await reader.readline())[3:4] == b"-":
            pass
        assert answer[:1] in b"23", answer

    await asks(b"")
    await asks(b"EHLO bench.example\r\n")
    for content in posted:
        for line in (f"MAIL FROM:<{SENDER}>\r\n", f"RCPT TO:<{to}>\r\n", "DATA\r\n"):
            await asks(line.encode())
        await asks(content + b".\r\n")
    writer.close()


def _folded(content: bytes, between: bytes) -> bytes:
    """In Base64, as it stands in a mail."""
    return between.join(base64.encodebytes(content).split())


def _picture() -> bytes:
    """Seven kilobytes of PNG (ISO 15948) that nobody has sent before."""
    lines = b"".join(b"\0" + os.urandom(_SIDE * 3) for _ in range(_SIDE))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(lines))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in [*chunks, (b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
