"""Scripts and styles as they travel: without the remarks and the indentation that only their readers need."""

from __future__ import annotations

import re

_REMARKS = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
_INDENTATION = re.compile(r"^[ \t]+|^\n", re.MULTILINE)


def lean(text: str) -> str:
    """The same script or style, smaller. Only whole lines are dropped, so that no string and no pattern is ever
    touched; a text in backquotes that runs over several lines must not mean its indentation.
    """
    return _INDENTATION.sub("", _REMARKS.sub("", text))
