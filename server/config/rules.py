"""The figures that the desk's verbs go by, out of the settings."""

from __future__ import annotations

from server.config.config import Config
from server.secret import secret_key
from tickets.rules import Rules
from tickets.seals import Seals


def rules_of(config: Config) -> Rules:
    """The desk's figures, as the settings say."""
    return Rules(
        ring_seconds=config.routing.ring_seconds,
        agent_grace_seconds=config.routing.agent_grace_seconds,
        visitor_grace_seconds=config.chat.grace_seconds,
        abandon_seconds=config.chat.abandon_after_seconds,
        mail_unread_seconds=60 * config.chat.mail_after_minutes,
        pool=config.routing.pool,
        chat_weight=config.routing.chat_weight,
        email_weight=config.routing.email_weight,
        ticket_weight=config.routing.ticket_weight,
        callback_weight=config.routing.callback_weight,
        call_tries=config.callbacks.tries,
        no_answer_seconds=60 * config.callbacks.no_answer_minutes,
        busy_seconds=60 * config.callbacks.busy_minutes,
        largest_file=config.files.largest_mb * 1024 * 1024,
        mail_host=config.mail_host,
        notices_per_minute=config.mail.notices_per_minute,
        trusted_mail_server=config.mail.trusted_server,
        undo_seconds=config.mail.undo_seconds,
        acknowledge_mail=config.mail.acknowledge == "yes",
        seals=Seals(secret_key(config.secrets)),
    )
