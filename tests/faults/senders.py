"""Mail servers that hand mail in without a pause, and one where it is fetched; they remember which of it was taken."""

from __future__ import annotations

import asyncio
import contextlib
import random
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from aiosmtplib import SMTP, SMTPException

from tests.faults.checker import End
from tests.faults.history import MAIL, History
from tests.server.mail.fake_imap import FakeImap

SUPPORT = "support@lumen.example"
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
            subject = subject_of(self._name, n)
            mail = a_mail(self._name, n, enclosing=self._dice.random() < 0.3)
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
            await line.sendmail(f"{self._name}@mail.example", [SUPPORT], mail)
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


class Correspondent:
    """Writes to a mailbox elsewhere, from which the desk fetches: what it marked as seen there, it has."""

    def __init__(self, there: FakeImap, name: str, history: History, *, most: int) -> None:
        self.taken = 0
        self._there = there
        self._name = name
        self._history = history
        self._most = most  # mails
        self._sent: dict[int, str] = {}  # subjects, by UID

    @property
    def marked(self) -> set[str]:
        """The subjects of those that it has."""
        return {subject for uid, subject in self._sent.items() if uid in self._there.seen}

    async def send(self) -> None:
        """One after the other, as they are taken."""
        for n in range(1, self._most + 1):
            subject = subject_of(self._name, n)
            self._history.begins(self._name, MAIL, subject)
            (uid,) = self._there.brings(a_mail(self._name, n))
            self._sent[uid] = subject
            while uid not in self._there.seen:  # noqa: ASYNC110  (it is another process)
                await asyncio.sleep(0.02)
            self._history.ends(self._name, MAIL, subject, End.ACKNOWLEDGED)
            self.taken += 1


def subject_of(author: str, n: int) -> str:
    """The key of a mail in the history."""
    return f"mail {author}-{n}"


def a_mail(author: str, n: int, *, enclosing: bool = False) -> bytes:
    mail = EmailMessage(policy=WIRE)
    mail["From"] = f"{author}-{n}@mail.example"  # one who opens many tickets is put aside
    mail["To"] = SUPPORT
    mail["Subject"] = subject_of(author, n)
    mail["Message-ID"] = f"<{author}.{n}@mail.example>"
    mail["Date"] = "Mon, 23 Nov 2026 09:00:00 +0000"
    mail.set_content(f"The text of {subject_of(author, n)}.\n")
    if enclosing:
        mail.add_attachment(PICTURE, maintype="application", subtype="octet-stream", filename="bytes.bin")
    return mail.as_bytes()
