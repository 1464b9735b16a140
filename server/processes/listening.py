"""The address at which a desk listens, bound before anything else is opened: a port that is taken is said at once."""

from __future__ import annotations

import os
import socket

from server.config.settings import Server
from server.processes.patience import mind_the_deaf
from tickets.errors import Refused

BACKLOG = 2048


def listen_at(server: Server) -> socket.socket:
    """The socket; a child process may have it too. Raises Refused."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((server.host, server.port))
    except OSError as error:
        listening.close()
        why = os.strerror(error.errno or 0).lower()
        raise Refused(
            "The address {host}:{port} cannot be used: {why}.", host=server.host, port=server.port, why=why
        ) from None
    mind_the_deaf(listening)
    listening.set_inheritable(True)
    return listening
