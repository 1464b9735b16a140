"""The page that explains every setting: config.toml, written from the settings themselves so that it cannot lie."""

from __future__ import annotations

import json
import textwrap
from dataclasses import fields
from typing import Any

from server.config.setting import Rule
from server.config.settings import RULES, SECTIONS
from server.config.sources import variable

HEAD = f"""\
# Frontdesk's settings. All of them are optional: each line below shows what holds when nothing is said.
# Take the # away from the start of a line to change it. `frontdesk check` says what the settings will do.
#
# A variable of the environment wins over this file: {variable(("server", "port"))}=9000 for port in [server],
# with commas between the values of a list. Settings marked as secret may also be given in a file of their own,
# named by a variable that ends in _FILE: {variable(("secrets", "key"))}_FILE=/run/secrets/frontdesk.
#
# This file is looked for in the folder that Frontdesk is started in; FRONTDESK_CONFIG names another, and so
# does --config, before a command or behind it: `frontdesk serve --config desk.toml`.
"""


def page() -> str:
    """The whole of config.toml, every setting commented out with its default."""
    return HEAD + "".join(_section(name, cls) for name, cls in SECTIONS.items())


def _section(name: str, cls: type[Any]) -> str:
    about = _comment(str(cls.__doc__))
    return f"\n\n{about}[{name}]\n" + "".join(
        _setting(RULES[name, key.name], key.name, key.default) for key in fields(cls)
    )


def _setting(rule: Rule, key: str, default: object) -> str:
    return f"\n{_comment(rule.says + _also(rule))}# {key} = {json.dumps(default)}\n"


def _also(rule: Rule) -> str:
    one_of = f" One of: {', '.join(rule.one_of)}." if rule.one_of else ""
    return one_of + (" Secret." if rule.secret else "")


def _comment(text: str) -> str:
    return textwrap.indent(textwrap.fill(text, 116), "# ") + "\n"
