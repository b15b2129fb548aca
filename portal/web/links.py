"""Addresses of the house itself: what the layouts link to, and whether a given address is ours."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import current_app, g, url_for

HOUSE = {
    "search": "desk_home.search",
    "account": "accounts.account",
    "language": "accounts.language",
    "switch": "my_customers.switch",
    "sign_out": "security.logout",
}
HELP = {"staff": "desk_help.index", "customer": "my_help.index"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def house_links() -> dict[str, str]:
    """Name → address for the layouts; what no room offers yet, or not to this viewer, is left out."""
    viewer = g.get("viewer")
    door = {"staff": "desk_home.index", "customer": "my_home.index"}
    kind = viewer.kind if viewer else ""
    wanted = {"home": door.get(kind, ""), "help": HELP.get(kind, ""), **HOUSE}
    known = current_app.view_functions
    return {name: url_for(endpoint) for name, endpoint in wanted.items() if endpoint in known}


def is_ours(address: str) -> bool:
    """Whether `address` is a path of this site: nothing that a browser could take for another host."""
    if not address.startswith("/") or _CONTROL.search(address):
        return False
    parts = urlsplit(address.replace("\\", "/"))
    return not parts.scheme and not parts.netloc and not address.replace("\\", "/").startswith("//")


def ours_or(address: str | None, otherwise: str) -> str:
    """`address` where it is ours, else `otherwise`."""
    return address if address and is_ours(address) else otherwise
