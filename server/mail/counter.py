"""The counter where mail is handed in: the listener, where the settings name a port, and the reader behind it."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from server.bus.bus import Bus
from server.config.config import Config
from server.config.mail_settings import Mail
from server.egress import Guard
from server.mail.fetching import Fetcher
from server.mail.signing_in import Keyring
from server.mail.visiting import House
from server.secret import secret_key
from tickets.closing.live import Closing
from tickets.desk import Desk
from tickets.email.counter import Counter, Terms
from tickets.email.lmtp import LocalTalk
from tickets.email.reader import Reader
from tickets.email.smtp import Talk
from tickets.errors import Refused
from tickets.files.store import Store
from tickets.limit import Limit
from tickets.seals import Seals


@contextlib.asynccontextmanager
async def taking_mail(
    desk: Desk, config: Config, store: Store, ready: Callable[[], bool], *, closing: Closing, bus: Bus
) -> AsyncIterator[Reader]:
    """What was received is read as long as this lasts, also where nothing new is taken by this process.

    While the house is not `ready`, mail is told to come again.
    """

    def share(name: str, limit: Limit) -> None:
        bus.share(name, limit, aloud=True)

    alone = not config.database.is_postgres
    async with contextlib.AsyncExitStack() as stack:
        reader = await stack.enter_async_context(Reader(desk, store).running(alone=alone))
        if config.mail.listen_port or config.mail.lmtp_port:
            terms = replace(terms_of(config), ready=ready, closing=closing, share=share)
            await stack.enter_async_context(_doors(Counter(desk, store, terms, reader.ring), config.mail))
        house = House(desk, store, config.mail.largest, reader.ring, ready)
        await stack.enter_async_context(Fetcher(house, keyring_of(config), closing).running(alone=alone))
        yield reader


@contextlib.asynccontextmanager
async def _doors(counter: Counter, mail: Mail) -> AsyncIterator[None]:
    """By SMTP, by LMTP, or by both: at one counter, with one measure for everybody."""
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(counter)
        for dialect, host, port in (
            (Talk, mail.listen_host, mail.listen_port),
            (LocalTalk, mail.lmtp_host, mail.lmtp_port),
        ):
            if port:
                await stack.enter_async_context(counter.open(dialect, host, port))
        yield


def keyring_of(config: Config) -> Keyring:
    """How mailboxes elsewhere are opened, and where they may be."""
    return Keyring(Seals(secret_key(config.secrets)), config.mail.secrets_folder, Guard(config.mail.private_hosts))


def terms_of(config: Config) -> Terms:
    mail = config.mail
    return Terms(
        name=config.mail_host,
        largest=mail.largest,
        per_sender_per_hour=mail.per_sender_per_hour,
        per_domain_per_hour=mail.per_domain_per_hour,
        per_second=mail.per_second,
        tls=_protection(mail),
        several=config.database.is_postgres,
    )


def _protection(mail: Mail) -> ssl.SSLContext | None:
    """Raises Refused for files that are no certificate with its key."""
    if not mail.listen_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(mail.listen_certificate, mail.listen_key)
    except OSError as error:
        raise Refused(
            "The certificate for mail in {file} cannot be used: {why}.", file=mail.listen_certificate, why=error
        ) from None
    return context
