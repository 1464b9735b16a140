"""The figures that the desk's verbs go by, fixed when the process starts."""

from dataclasses import dataclass, field

from tickets.seals import Seals


@dataclass(frozen=True)
class Rules:
    """Times in seconds; weights and the pool in capacity units (semantics.md part 3)."""

    ring_seconds: float = 20.0  # how long an offer rings
    agent_grace_seconds: float = 90.0  # how long an agent may be unreachable before their live work goes back
    visitor_grace_seconds: float = 60.0  # how long a visitor may be unreachable before they count as gone
    abandon_seconds: float = 900.0  # how long a gone visitor's chat stays live
    mail_unread_seconds: float = 600.0  # how long a visitor is gone before answers are mailed to them; 0: none are
    pool: int = 100
    chat_weight: int = 25
    email_weight: int = 10
    ticket_weight: int = 5
    callback_weight: int = 100
    call_tries: int = 3  # how often a customer is rung who does not answer
    no_answer_seconds: float = 900.0  # until the next of these
    busy_seconds: float = 300.0  # the same, where the line was busy
    largest_file: int = 20 * 1024 * 1024  # bytes
    upload_keep_seconds: float = 3600.0  # how long an upload may wait for its message
    mail_host: str = "localhost"  # what stands behind the @ of our message ids
    notices_per_minute: int = 60  # mails that the desk sends by itself, all in all
    trusted_mail_server: str = ""  # whose Authentication-Results we believe; empty: nobody's
    undo_seconds: float = 0.0  # for which an answer by mail can be taken back
    acknowledge_mail: bool = False  # whether who writes a first mail hears at once that it came
    seals: Seals = field(default_factory=lambda: Seals(b""))  # signs what leaves the house; a process has a key
