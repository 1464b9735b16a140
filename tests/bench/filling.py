"""Years of conversations, written at once: what they leave in the tables is what the desk itself would have written."""

from __future__ import annotations

import sqlite3
import time

from tests.bench.load import TEXT
from tickets.words import words

OF_A_TICKET = 40  # messages
STILL_OPEN = 100  # one ticket in so many
FIRST_ID = 1_000_000  # the desk goes on behind all of these
_SECOND = 1_000_000  # microseconds


def fill(database: sqlite3.Connection, tickets: int) -> None:
    """Forty messages to a ticket, customer and agent in turn, half a minute apart; nine in ten were read long ago."""
    now = int(time.time() * _SECOND)
    facts = {
        "tickets": tickets,
        "each": OF_A_TICKET,
        "open": STILL_OPEN,
        "customer": FIRST_ID,
        "ticket": FIRST_ID + tickets,
        "message": FIRST_ID + 2 * tickets,
        "end": FIRST_ID + (OF_A_TICKET + 3) * tickets,
        "number": database.execute("select max(number) + 1 from ticket").fetchone()[0],
        "pos": database.execute("select max(pos) + 1 from log").fetchone()[0],
        "queue": database.execute("select min(id) from queue").fetchone()[0],
        "began": now - tickets * OF_A_TICKET * 30 * _SECOND,
        "apart": 30 * _SECOND,
        "text": TEXT,
        "words": " ".join(words(TEXT)),
    }
    for statement in (_CUSTOMERS, _TICKETS, _MESSAGES, _EVENTS, _WORDS, _IDS, _NUMBERS, _REACHED):
        database.execute(statement, facts)
    database.execute("analyze")


_OF_TICKETS = "with recursive t(n) as (select 0 union all select n + 1 from t where n + 1 < :tickets) "
_OF_MESSAGES = "with recursive m(n) as (select 0 union all select n + 1 from m where n + 1 < :tickets * :each) "
_LAST = "(:began + :apart * :each * (n + 1))"

_CUSTOMERS = (
    _OF_TICKETS + "insert into customer (id, name, language, notes, created_at) "
    "select :customer + n, 'Customer ' || n, 'en', '', :began from t"
)
_TICKETS = (
    _OF_TICKETS + "insert into ticket (id, number, subject, channel, category, language, status, priority, customer_id,"
    " queue_id, live, opened_at, updated_at, queued_at, waiting_since, first_reply_at, resolved_at,"
    " last_seq, last_kind, preview, customer_seen, agent_seen) "
    "select :ticket + n, :number + n, 'Matter ' || n, 'chat', '', 'en', iif(n % :open, 'resolved', 'open'), 'normal',"
    f" :customer + n, :queue, 0, {_LAST} - :apart * :each, {_LAST}, {_LAST}, iif(n % :open, null, {_LAST}), {_LAST},"
    f" iif(n % :open, {_LAST}, null), :each, 'out', substr(:text, 1, 120), :each, :each from t"
)
_MESSAGES = (
    _OF_MESSAGES + "insert into message (id, ticket_id, seq, kind, channel, by, name, text, client_id, at, files) "
    "select :message + n, :ticket + n / :each, n % :each + 1, iif(n % 2, 'out', 'in'), 'chat',"
    " iif(n % 2, 'agent:1', 'customer:' || (:customer + n / :each)), iif(n % 2, 'Ada', 'Customer'), :text || n,"
    " 'filled-' || n, :began + :apart * n, 0 from m"
)
_EVENTS = (
    _OF_MESSAGES + "insert into log (pos, at, kind, ticket_id, by, data) "
    "select :pos + n, :began + :apart * n, iif(n % 2, 'MessageSent', 'MessageReceived'), :ticket + n / :each,"
    " iif(n % 2, 'agent:1', 'customer:' || (:customer + n / :each)), json_object('message', :message + n,"
    " 'seq', n % :each + 1, 'ticket', :ticket + n / :each) from m"
)
_WORDS = (
    _OF_MESSAGES
    + "insert into search (rowid, words, ticket_id) select :message + n, :words || n, :ticket + n / :each from m"
)
_IDS = "update id_block set next = :end"
_NUMBERS = "update counter set next = :number + :tickets where name = 'ticket'"
_REACHED = "update index_cursor set pos = (select max(pos) from log)"
