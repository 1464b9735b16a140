"""The bare limit of mail: the same listener library and a full parse, and nothing is kept."""

from __future__ import annotations

import asyncio
import email
import sys
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Reads:
    """Takes every mail, reads all of it, and forgets it."""

    async def handle_RCPT(  # noqa: N802  (named by aiosmtpd)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail: Any = email.message_from_bytes(envelope.content, policy=default)
        told = [str(mail[name]) for name in ("From", "To", "Subject", "Date", "Message-ID")]
        parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        return "250 OK" if told and parts else "554 No"


async def main(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Reads(), loop=loop, hostname="bare"), "127.0.0.1", port)
    print("open", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
