"""Mail read for other programs: files in, lines of JSON out, without a desk, its settings or its database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec


def tell(files: Sequence[Path], read: Callable[[bytes], msgspec.Struct]) -> int:
    """One line for each file, or for the standard input where there is none: what `read` makes of its bytes.

    The exit code: 0 where there was any input at all. A file that cannot be read counts as an empty one, so that lines
    and files stay together, and a sentence on the standard error says so.
    """
    given = 0
    try:
        for content in map(_content, files) if files else [sys.stdin.buffer.read()]:
            given += content is not None
            sys.stdout.buffer.write(msgspec.json.encode(read(content or b"")) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if given else 1


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError as error:
        sys.stderr.write(f"{file} cannot be read: {error.strerror}.\n")
        return None
