"""Mail read for other programs: files in, lines of JSON out, without a desk, its settings or its database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

_INPUT = "The standard input"
Reads = Callable[[bytes], msgspec.Struct]


def tell(files: Sequence[Path], read: Reads) -> int:
    """One line for each file, or for the standard input where there is none: what `read` makes of its bytes.

    The exit code: 0 where there was any input at all, and whoever reads got all of it that they wanted. A file that
    cannot be read counts as an empty one, so that lines and files stay together, and a sentence on the standard error
    says so.
    """
    if sys.stdout is None:
        return _fails("The standard output is closed: nothing can be told.")
    given = 0
    try:
        for name, content in _contents(files):
            given += content is not None
            sys.stdout.buffer.write(_line(name, content or b"", read))
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        _hang_up()
    except OSError as error:
        _hang_up()
        return _fails(f"What was read cannot be written: {error.strerror}.")
    return 0 if given else 1


def _contents(files: Sequence[Path]) -> Iterator[tuple[str, bytes | None]]:
    """Each with what a person calls it; None instead of what cannot be read."""
    for file in files:
        yield str(file), _content(str(file), file.read_bytes)
    if not files:
        yield _INPUT, _content(_INPUT, _standard_input)


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise OSError(0, "it is closed")
    return sys.stdin.buffer.read()


def _content(name: str, reads: Callable[[], bytes]) -> bytes | None:
    try:
        return reads()
    except (OSError, ValueError, MemoryError) as error:  # a name that no file can have, one as large as a disk
        why = getattr(error, "strerror", None) or str(error) or "it is too large"
        _says(f"{name} cannot be read: {why}.")
        return None


def _line(name: str, content: bytes, read: Reads) -> bytes:
    """Whatever is wrong with one of them, those after it get theirs."""
    try:
        return msgspec.json.encode(read(content)) + b"\n"
    except Exception as error:
        _says(f"{name} cannot be told: {type(error).__name__}.")
        return msgspec.json.encode(read(b"")) + b"\n"


def _hang_up() -> None:
    """What is still to be written goes nowhere: the interpreter would complain of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fails(sentence: str) -> int:
    _says(sentence)
    return 1


def _says(sentence: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(sentence + "\n")
