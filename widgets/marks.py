"""Small marks that every part of the console uses: an icon, a time that keeps ticking, somebody's initials."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from markupsafe import Markup, escape

from widgets.moments import iso


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)


def time(at: datetime, form: str, text: str) -> Markup:
    """`form`: how the page's script says it anew; `text` until then."""
    return Markup(f'<time datetime="{iso(at)}" data-as="{form}">{escape(text)}</time>')


@lru_cache(maxsize=1024)
def avatar(initials: str, kind: str = "", state: str = "") -> Markup:
    """`kind`: small, or whatever its sheet knows; `state`: of whoever may be away."""
    shown = Markup(' data-state="{}"').format(state) if state else ""
    classes = f"avatar {kind}" if kind else "avatar"
    return Markup('<span class="{}"{} aria-hidden="true">{}</span>').format(classes, shown, initials)
