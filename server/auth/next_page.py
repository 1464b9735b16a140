"""Where to go after signing in: back to a page of our own console, and nowhere else."""

import re

HOME = "/app"
_OURS = re.compile(r"/app(?:[/?][\x21\x23-\x5b\x5d-\x7e\u00a0-\U0010ffff]*)?")
_NOT_AGAIN = ("/app/login", "/app/logout", "/app/welcome")
_LONGEST = 2000


def next_page(wanted: str) -> str:
    """The path to go on to. A browser drops tabs and line ends and reads a backslash as a slash (WHATWG URL, 4.4), so
    nothing that holds one of them is a path of ours, whatever it looks like.
    """
    good = len(wanted) <= _LONGEST and _OURS.fullmatch(wanted) and not wanted.startswith(_NOT_AGAIN)
    return wanted if good else HOME
