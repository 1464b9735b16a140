"""How the house is loaded: without anybody who looks again and again for what could be thrown away of it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """What is loaded here stays: the collector finds nothing in it, and takes a tenth of the start to see that."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
