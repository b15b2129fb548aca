"""Cookies for this host alone: behind TLS each is called `__Host-…`, which no subdomain, no page in the clear can set.

One place for all of them, those of libraries too: whoever sets or reads a cookie calls it by its plain name.
"""

from __future__ import annotations

from typing import Any

from flask import Request, Response, current_app
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

PREFIX = "__Host-"


class HostRequest(Request):
    """Its cookies by their plain names; behind TLS those without the prefix, which others could set, are not there."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Name → value."""
        sent = super().cookies
        if not current_app.config["HTTPS"]:
            return sent
        own = [(n, value) for n, value in sent.items(multi=True) if n.startswith(PREFIX)]
        return ImmutableMultiDict((name.removeprefix(PREFIX), value) for name, value in own)


class HostResponse(Response):
    """Sets, and deletes, cookies under the prefix behind TLS."""

    def set_cookie(self, key: str, *args: Any, **more: Any) -> None:
        """As werkzeug's; behind TLS for this host, all of it, and TLS alone."""
        if not current_app.config["HTTPS"]:
            return super().set_cookie(key, *args, **more)
        more |= {"secure": True, "path": "/", "domain": None}
        return super().set_cookie(f"{PREFIX}{key}", *args, **more)
