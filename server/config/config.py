"""The settings of this desk: what the file says, what the environment says over it, and every problem in one go."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.config.chat_settings import Chat
from server.config.mail_settings import Mail
from server.config.settings import (
    KINDS,
    RULES,
    SECTIONS,
    Bus,
    Callbacks,
    Database,
    Files,
    Log,
    Login,
    Name,
    Routing,
    Secrets,
    Server,
    Watching,
)
from server.config.sources import Given, from_environment, from_file

USUAL_PLACE = Path("config.toml")


class ConfigError(Exception):
    """The settings cannot be used. `problems` holds all of them, each a sentence for a person."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Config:
    """All settings, section by section; `Config()` is a desk where nobody said anything."""

    server: Server = field(default_factory=Server)
    database: Database = field(default_factory=Database)
    bus: Bus = field(default_factory=Bus)
    files: Files = field(default_factory=Files)
    secrets: Secrets = field(default_factory=Secrets)
    chat: Chat = field(default_factory=Chat)
    routing: Routing = field(default_factory=Routing)
    mail: Mail = field(default_factory=Mail)
    callbacks: Callbacks = field(default_factory=Callbacks)
    login: Login = field(default_factory=Login)
    log: Log = field(default_factory=Log)
    watching: Watching = field(default_factory=Watching)
    source: Path | None = None
    """The file that was read, if there was one."""

    @classmethod
    def load(cls, path: Path | None = None, env: Mapping[str, str] | None = None) -> Config:
        """The file at `path`, else at FRONTDESK_CONFIG, else ./config.toml if there is one; the environment wins.

        Raises ConfigError with every problem found.
        """
        env = os.environ if env is None else env
        problems: list[str] = []

        source = _source(path, env)
        given = (from_file(source, problems) if source else {}) | from_environment(env, problems)
        fitting = {name: one.value for name, one in given.items() if _fits(name, one, problems)}
        sections = {section: _section(section, fitting) for section in SECTIONS}
        problems += [problem for section in sections.values() for problem in section.problems()]

        if problems:
            raise ConfigError(problems)
        return cls(**sections, source=source)

    @property
    def public_url(self) -> str:
        """The address that people use, without a slash at its end, whether it was set or not."""
        return self.server.base_url

    @property
    def mail_host(self) -> str:
        """What stands behind the @ of our message ids."""
        return self.mail.host or urlsplit(self.public_url).hostname or "localhost"

    def on_port(self, port: int) -> Config:
        """The same desk, on the port that the system chose for it."""
        return replace(self, server=replace(self.server, port=port))


def _source(path: Path | None, env: Mapping[str, str]) -> Path | None:
    if path:
        return path
    elif env.get("FRONTDESK_CONFIG"):
        return Path(env["FRONTDESK_CONFIG"])
    else:
        return USUAL_PLACE if USUAL_PLACE.exists() else None


def _fits(name: Name, one: Given, problems: list[str]) -> bool:
    problem = _misfit(one.value, KINDS[name]) or _out_of_bounds(name, one.value)
    if problem:
        found = "." if RULES[name].secret else f", but it is {json.dumps(one.value, default=str, ensure_ascii=False)}."
        problems.append(f"{one.where}: {'.'.join(name)} {problem}{found}")
    return not problem


def _misfit(value: object, kind: Any) -> str:
    if kind is str and not isinstance(value, str):
        return "must be text in quotes"
    elif kind is int and type(value) is not int:
        return "must be a whole number"
    elif kind == tuple[str, ...] and not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
        return 'must be a list of texts like ["one", "two"]'
    else:
        return ""


def _out_of_bounds(name: Name, value: object) -> str:
    rule = RULES[name]
    if isinstance(value, int) and not rule.least <= value <= rule.most:
        return f"must be between {rule.least} and {rule.most}"
    elif rule.one_of and value not in rule.one_of:
        return f"must be one of {', '.join(rule.one_of)}"
    else:
        return ""


def _section(section: str, values: Mapping[Name, object]) -> Any:
    given = {
        key: tuple(value) if isinstance(value, list) else value for (of, key), value in values.items() if of == section
    }
    return SECTIONS[section](**given)
