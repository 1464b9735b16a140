"""Scripts and styles as they travel: without the remarks and the white space that only their readers need."""

from __future__ import annotations

import re

_REMARKS = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
_INDENTATION = re.compile(r"^[ \t]+|^\n", re.MULTILINE)
_NEEDLESS_ENDS = re.compile(r"^((?:(?!//)[^\n])*[;,{(\[])\n", re.MULTILINE)  # no remark may swallow what follows it


# What stands in quotes stays as it is. No selector of ours begins with a colon after a space that it means.
_SPACES = re.compile(r"""("[^"\n]*"|'[^'\n]*')|(?: |\n)*([{}])(?: |\n)*|([:;,])(?: |\n)+""")


def lean(text: str) -> str:
    """The same script or style, smaller. Only whole lines and their ends are dropped, so that no string and no pattern
    is ever touched; a text in backquotes that runs over several lines must not mean its indentation or its line ends.
    """
    return _NEEDLESS_ENDS.sub(r"\1", _INDENTATION.sub("", _REMARKS.sub("", text)))


def lean_style(text: str) -> str:
    """A style besides without the spaces around its signs, which nothing there needs."""
    return _SPACES.sub(lambda found: "".join(filter(None, found.groups())), lean(text))
