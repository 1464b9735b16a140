"""Mail servers that hand mail in without a pause, and remember which of it was taken."""

from __future__ import annotations

import asyncio
import contextlib
import random
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from aiosmtplib import SMTP, SMTPException

from tests.faults.checker import End
from tests.faults.history import MAIL, History

PICTURE = bytes(range(256)) * 16


class Sender:
    """One mail server. It sends again what was not taken, as real ones do; a forgetful one does not."""

    def __init__(self, port: int, name: str, history: History, *, forgetful: bool = False, most: int = 0) -> None:
        self.taken = 0
        self._port = port
        self._name = name
        self._history = history
        self._most = most  # mails; 0: without an end
        self._forgetful = forgetful
        self._dice = random.Random(name)
        self._stopping = False
        self._line: SMTP | None = None

    def stop(self) -> None:
        self._stopping = True

    async def send(self) -> None:
        """Until told to stop, over any number of broken lines. The key of a mail in the history is its subject."""
        n = 0
        while not self._stopping and not 0 < self._most <= n:
            n += 1
            subject = f"mail {self._name}-{n}"
            mail = self._mail(subject, n)
            again = True
            while again:
                again = not (await self._hands_over(subject, mail) or self._forgetful or self._stopping)
        self._hang_up()

    async def _hands_over(self, subject: str, mail: bytes) -> bool:
        self._history.begins(self._name, MAIL, subject)
        try:
            line = await self._connected()
        except (OSError, SMTPException, TimeoutError):
            self._history.ends(self._name, MAIL, subject, End.REFUSED)  # no line was there to send it over
            await asyncio.sleep(0.2)
            return False
        try:
            await line.sendmail(f"{self._name}@mail.example", ["support@lumen.example"], mail)
        except (OSError, SMTPException, TimeoutError):
            self._history.ends(self._name, MAIL, subject, End.UNKNOWN)
            self._hang_up()
            return False
        self._history.ends(self._name, MAIL, subject, End.ACKNOWLEDGED)
        self.taken += 1
        return True

    async def _connected(self) -> SMTP:
        if self._line is None:
            line = SMTP(hostname="127.0.0.1", port=self._port, start_tls=False, timeout=20)
            await line.connect()
            self._line = line
        return self._line

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(Exception):
                line.close()

    def _mail(self, subject: str, n: int) -> bytes:
        mail = EmailMessage(policy=WIRE)
        mail["From"] = f"{self._name}-{n}@mail.example"  # one who opens many tickets is put aside
        mail["To"] = "support@lumen.example"
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{self._name}.{n}@mail.example>"
        mail["Date"] = "Mon, 23 Nov 2026 09:00:00 +0000"
        mail.set_content(f"The text of {subject}.\n")
        if self._dice.random() < 0.3:
            mail.add_attachment(PICTURE, maintype="application", subtype="octet-stream", filename="bytes.bin")
        return mail.as_bytes()
