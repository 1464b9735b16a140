"""How the house speaks to its operator: one line an event, for eyes or for machines, never a person's words."""

import contextlib
import logging
import sys
from typing import TextIO, cast

import structlog

from server.config.settings import Log

# Without the values of variables: a letter, a password or a token may be among them.
_TRACES = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def configure_logging(settings: Log) -> None:
    """Route our own events and the libraries' warnings to standard error."""
    level = getattr(logging, settings.level.upper())
    shape: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.format == "json":
        shape += [_TRACES, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        shape += [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    structlog.configure(
        processors=shape,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _WhereItFits())),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        stream=sys.stderr, level=max(level, logging.WARNING), format="%(levelname)s %(name)s %(message)s"
    )


class _WhereItFits:
    """Standard error, which may be a file on a full disk: a line that it does not take must not stop what told it."""

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
