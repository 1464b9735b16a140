"""The settings of mail: where ours is handed over, and where customers' mail is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.config.setting import Section, setting

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True)
class Mail(Section):
    """How mail leaves the desk and how it comes in. docs/email.md tells how to connect an address."""

    relay_host: str = setting(
        "",
        "The mail server that takes what we send, like smtp.example.com. Empty: mail waits until there is one.",
    )
    relay_port: int = setting(587, "Its port: 587 with starttls, 465 with tls, 25 with none.", most=65535)
    relay_security: str = setting(
        "starttls",
        "How the way there is protected. Its certificate is always checked; none is for a server on this machine.",
        one_of=("starttls", "tls", "none"),
    )
    relay_user: str = setting("", "The name to sign in with there. Empty: no sign-in.")
    relay_password: str = setting("", "The password that belongs to it.", secret=True)
    host: str = setting(
        "", "What stands behind the @ of our message ids, a name of your own domain. Empty: the host of public_url."
    )
    notices_per_minute: int = setting(
        60, "Mails that the desk sends by itself in a minute, all in all. What is more is not sent."
    )
    listen_host: str = setting("127.0.0.1", "The address on which customers' mail is taken by SMTP.")
    listen_port: int = setting(
        0,
        "The port for it: 25, or one that your mail server forwards to. 0 takes none.",
        least=0,
        most=65535,
    )
    listen_certificate: str = setting(
        "", "A file with the certificate that lets senders protect the way to us (STARTTLS). Empty: they cannot."
    )
    listen_key: str = setting("", "The file with the key that belongs to it.")
    lmtp_host: str = setting(
        "127.0.0.1", "The address on which a mail server of your own hands mail over by LMTP. Not for the world."
    )
    lmtp_port: int = setting(0, "The port for it, like 24. 0 takes none.", least=0, most=65535)
    private_hosts: tuple[str, ...] = setting(
        (),
        "Mail servers that mailboxes may be fetched from although they are not on the open internet: names, "
        "addresses or networks. Others like that are refused, whatever an admin writes.",
    )
    secrets_folder: str = setting(
        "",
        "A folder with files that hold passwords or tokens of mailboxes that are fetched from. Empty: there is none.",
    )
    per_sender_per_hour: int = setting(
        30, "Mails from one sender in an hour; the others are sent again later by themselves."
    )
    per_domain_per_hour: int = setting(300, "The same for everybody at one domain.")
    per_second: int = setting(20, "The same for everybody, in a second; half of it for whoever calls from one address.")
    trusted_server: str = setting(
        "",
        "The name under which your own mail server writes down whether a sender is who it claims to be "
        "(Authentication-Results). Empty: nobody's word counts.",
    )
    acknowledge: str = setting(
        "no", "Whether who writes for the first time is told at once that it came.", one_of=("no", "yes")
    )
    return_path: str = setting(
        "own",
        "Where it is reported that a mail could not be delivered. own: at an address of that mail, like "
        "support+b1042.<mark>@example.com, which must be led to the mailbox as reply addresses are. mailbox: there.",
        one_of=("own", "mailbox"),
    )
    dkim_key: str = setting(
        "", "A file with the private RSA key (PEM) that signs what we send (DKIM). Empty: nothing is signed here."
    )
    dkim_selector: str = setting(
        "", "The selector under which its public half stands in the DNS; `frontdesk check` prints that record."
    )
    dkim_domain: str = setting("", "The domain that it signs for, like example.com.")
    undo_seconds: int = setting(
        8,
        "Seconds that an answer waits before it goes by mail, so that it can be taken back. 0: not at all.",
        least=0,
        most=60,
    )
    largest_mb: int = setting(25, "The largest mail that comes in or goes out, in megabytes.", most=1000)

    @property
    def largest(self) -> int:
        """In bytes."""
        return self.largest_mb * 1024 * 1024

    @property
    def own_returns(self) -> bool:
        return self.return_path == "own"

    def problems(self) -> Iterator[str]:
        if self.relay_host != self.relay_host.strip() or "://" in self.relay_host or ":" in self.relay_host:
            yield f'mail.relay_host must be a plain name like smtp.example.com, but it is "{self.relay_host}".'
        if bool(self.relay_user) != bool(self.relay_password):
            yield "mail.relay_user and mail.relay_password belong together: give both or neither."
        if self.relay_user and self.relay_security == "none":
            yield "mail.relay_security is none: the password would travel unprotected. Use starttls or tls."
        if bool(self.listen_certificate) != bool(self.listen_key):
            yield "mail.listen_certificate and mail.listen_key belong together: give both or neither."
        if len({bool(self.dkim_key), bool(self.dkim_selector), bool(self.dkim_domain)}) > 1:
            yield "mail.dkim_key, mail.dkim_selector and mail.dkim_domain belong together: give all three or none."
        for name, value in (("dkim_selector", self.dkim_selector), ("dkim_domain", self.dkim_domain)):
            if value and not _HOST.fullmatch(value):
                yield f'mail.{name} must be a plain name, but it is "{value}".'
        if self.host and not _HOST.fullmatch(self.host):
            yield f'mail.host must be a plain name like example.com, but it is "{self.host}".'
