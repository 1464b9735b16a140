"""Takes mail by LMTP (RFC 2033) from a mail server of one's own: as by SMTP, but with an answer for each recipient."""

from __future__ import annotations

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope

from tickets.email.smtp import Talk


class LocalTalk(Talk, LMTP):
    """One conversation, which begins with LHLO. For the server next door: it queues what is not taken now."""

    dialect = "LMTP"
    brings_for_all = True

    def _verdict(self, said: str, mail: Envelope) -> str:
        """A line for each recipient that was taken, in their order, all at once: they were kept in one change."""
        return "\r\n".join([said] * len(mail.rcpt_tos))
