"""Every way into the house."""

from __future__ import annotations

from starlette.routing import BaseRoute

import chat.socket
import chat.surveys.web
import chat.web
import routing.callbacks.web
import routing.web
import server.admin.web
import server.auth.web
import server.console.complaint
import server.console.outward
import server.console.pages
import server.console.polls
import server.console.socket
import server.console.wallboard
import server.standards
import tickets.complaints.web
import tickets.email.web
import tickets.files.web
import tickets.web
from server import assets
from server.watching import health


def doors(*, demo: bool = False) -> list[BaseRoute]:
    """Every way into the house. The demo's shop is there only in the demo."""
    found: list[BaseRoute] = [
        *server.auth.web.DOORS,
        *server.console.pages.DOORS,
        *server.console.socket.DOORS,
        *server.console.polls.DOORS,
        *server.console.wallboard.DOORS,
        *server.console.complaint.DOORS,
        *server.console.outward.DOORS,
        *tickets.web.DOORS,
        *tickets.files.web.DOORS,
        *tickets.email.web.DOORS,
        *tickets.complaints.web.DOORS,
        *routing.web.DOORS,
        *routing.callbacks.web.DOORS,
        *server.admin.web.DOORS,
        *server.standards.DOORS,
        *chat.web.DOORS,
        *chat.surveys.web.DOORS,
        *chat.socket.DOORS,
        *assets.DOORS,
        *health.DOORS,
    ]
    if demo:
        from server.demo import front, mail_page, shop

        found += [*front.DOORS, *mail_page.DOORS, *shop.DOORS]
    return found
