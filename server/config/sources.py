"""Where settings are given: a file, variables of the environment, and files that those name for secrets."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from server.config.settings import KINDS, RULES, SECTIONS, Name

PREFIX = "FRONTDESK_"


@dataclass(frozen=True)
class Given:
    """A value that somebody gave, and where: the file, or the variable's name."""

    value: object
    where: str


def variable(name: Name) -> str:
    """The environment variable of a setting: FRONTDESK_SERVER_PORT for port in [server]."""
    return f"{PREFIX}{name[0]}_{name[1]}".upper()


def from_file(source: Path, problems: list[str]) -> dict[Name, Given]:
    """What a TOML file says; a sentence is added to `problems` for everything in it that is no setting."""
    given: dict[Name, Given] = {}
    for section, table in _tables(source, problems).items():
        if not isinstance(table, dict):
            problems.append(f"{source}: {section} stands outside a section; did you mean {_nearest(section)}?")
        elif section not in SECTIONS:
            problems.append(f"{source}: [{section}] is not a section; did you mean [{_most_like(section, SECTIONS)}]?")
        else:
            for key, value in table.items():
                if (section, key) in RULES:
                    given[section, key] = Given(value, str(source))
                else:
                    near = _nearest(key, section)
                    problems.append(f"{source}: {section}.{key} is not a setting; did you mean {near}?")
    return given


def from_environment(env: Mapping[str, str], problems: list[str]) -> dict[Name, Given]:
    """What the variables say; a secret may also be in the file that its variable with _FILE at the end names."""
    given: dict[Name, Given] = {}
    names = {variable(name): name for name in RULES}
    files = {f"{variable(name)}_FILE": name for name, rule in RULES.items() if rule.secret}

    for where, text in sorted(env.items()):
        if where in names:
            given[names[where]] = Given(_read(text, KINDS[names[where]]), where)
        elif where in files and variable(files[where]) in env:
            problems.append(f"{where} and {variable(files[where])} are both set: keep one of them.")
        elif where in files:
            given[files[where]] = Given(_content(where, text, problems), where)
        elif _meant_for_us(where):
            problems.append(f"{where} is not a setting; did you mean {_most_like(where, [*names, *files])}?")
    return given


def _tables(source: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text("utf-8"))
    except OSError as error:
        problems.append(f"{source} cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        problems.append(f"{source} cannot be read: it is not UTF-8 text.")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{source} is not valid TOML: {error}.")
    return {}


def _nearest(key: str, section: str = "") -> str:
    """The full name of the setting most like a key, one of the same section if there are several."""
    near = max(RULES, key=lambda name: (_likeness(key, name[1]), name[0] == section))
    return ".".join(near)


def _most_like(word: str, known: Iterable[str]) -> str:
    return max(known, key=lambda one: _likeness(word, one))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _read(text: str, kind: Any) -> object:
    """What a variable's text stands for; text that stands for nothing stays as it is, and will not fit."""
    if kind is int and text.strip().removeprefix("-").isdecimal():
        return int(text)
    elif kind == tuple[str, ...]:
        return [part.strip() for part in text.split(",") if part.strip()]
    else:
        return text


def _content(where: str, file: str, problems: list[str]) -> str:
    try:
        text = Path(file).read_text("utf-8").strip()
    except OSError as error:
        problems.append(f"{where} names {file}, which cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        problems.append(f"{where} names {file}, which is not UTF-8 text.")
    else:
        if text:
            return text
        problems.append(f"{where} names {file}, which is empty.")
    return ""


def _meant_for_us(where: str) -> bool:
    """Kubernetes sets FRONTDESK_SERVICE_HOST and FRONTDESK_PORT by itself: only what begins like a section is ours."""
    section, _, key = where.removeprefix(PREFIX).partition("_")
    return where.startswith(PREFIX) and bool(key) and max(_likeness(section, known) for known in SECTIONS) > 0.8
