"""Of which sort a waiting ticket is: as what it comes to an agent, and what it asks of them. Said for the indexes."""

from sqlalchemy import Index, text

from tickets.status import UNDONE_IN_WORDS

# Not with `in`: see tickets.status.
WAITS_IN_WORDS = (
    f"{UNDONE_IN_WORDS} and agent_id is null and snoozed_until is null and (live or status = 'new' or status = 'open')"
)
SORT_IN_WORDS = (
    "(case when live then 'chat' when to_call then 'callback' when channel = 'email' then 'email' else 'ticket' end"
    " || asks)"
)
_OF_A_SORT, _WAITS = ("queue_id", "fore", text(SORT_IN_WORDS)), text(WAITS_IN_WORDS)
LINES_BY_SORT = (
    Index("ix_ticket_line_sort", *_OF_A_SORT, "line_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    Index(
        "ix_ticket_line_sort_due", *_OF_A_SORT, "sla_due_at", "line_at", sqlite_where=_WAITS, postgresql_where=_WAITS
    ),
)
"""Of the table of tickets."""
