"""How the house speaks to its operator: one line an event, for eyes or for machines, never a person's words."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TextIO, cast

import structlog

from server.config.settings import Log
from tickets.errors import Unavailable
from tickets.outage import said_by

# Without the values of variables: a letter, a password or a token may be among them.
_TRACES = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def configure_logging(settings: Log) -> None:
    """Route our own events and the libraries' warnings to standard error, all of them in the same shape."""
    level = getattr(logging, settings.level.upper())
    shape: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _an_outage_in_a_line,
    ]
    if settings.format == "json":
        ends: list[structlog.types.Processor] = [_TRACES, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        ends = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    structlog.configure(
        processors=[*shape, *ends],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _WhereItFits())),
        cache_logger_on_first_use=False,
    )
    _hear_the_libraries(max(level, logging.WARNING), shape, ends)
    sys.excepthook = _ended


def _hear_the_libraries(
    level: int, shape: Sequence[structlog.types.Processor], ends: Sequence[structlog.types.Processor]
) -> None:
    """They speak through the standard library, as do the warnings of Python itself."""
    heard, root = _Heard(cast(TextIO, _WhereItFits())), logging.getLogger()
    heard.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shape, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ends],
        )
    )
    root.handlers[:] = [*(other for other in root.handlers if not isinstance(other, _Heard)), heard]
    root.setLevel(level)
    logging.captureWarnings(True)


def _an_outage_in_a_line(_: object, __: str, told: structlog.types.EventDict) -> structlog.types.EventDict:
    """That the database is away is no bug of ours: whatever meets with it, there is nothing to find in its trace."""
    given = told.get("exc_info")
    error = sys.exception() if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, Unavailable):
        del told["exc_info"]
        told["error"] = said_by(error.__cause__ or error)
    elif isinstance(error, asyncio.CancelledError):  # what the process had in hand when its time to leave was over
        del told["exc_info"]
        told["error"] = str(error) or "given up"
    return told


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The process ends by this, as Python itself would say in lines that no machine reads."""
    if issubclass(kind, Exception):
        structlog.get_logger("frontdesk").critical("ended by a fault", exc_info=(kind, error, trace))
    else:
        sys.__excepthook__(kind, error, trace)


class _Heard(logging.StreamHandler[TextIO]):
    """One for the process, however often it is told how to speak."""


class _WhereItFits:
    """Standard error, which may be a file on a full disk: a line that it does not take must not stop what told it."""

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
