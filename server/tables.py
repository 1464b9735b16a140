"""Every table of the house: importing this fills the metadata that migrations are compared with."""

import importlib
import pkgutil

import chat
import routing
import tickets
from server import auth

# Edge files hold no tables, and importing them would pull the web stack into the command line.
_EDGES = {"web", "socket", "edge", "live", "counter", "smtp", "lmtp", "reader", "children"}


def _import_all() -> None:
    for room in (tickets, routing, chat, auth):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name.rpartition(".")[2] not in _EDGES:
                importlib.import_module(module.name)


_import_all()
