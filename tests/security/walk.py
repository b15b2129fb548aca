"""Every address with a row behind each id, asked once for all the tests that look at the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule

from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient
from tests.test_isolation import filled

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class QuickClient(CheckingClient):
    """Signs in and sends tokens as the checking client does, and looks into no page."""

    looks = False

    @property
    def wrote(self) -> list[str]:
        """The statements of the last request that wrote, but for the note that somebody is still there."""
        verbs = ("INSERT", "UPDATE", "DELETE")
        own = ("UPDATE sign_in SET seen_at",)
        return [
            each for each in self.queries if each.startswith(verbs) and not each.startswith(own)
        ]


@dataclass(frozen=True)
class Answer:
    """What one address answered."""

    endpoint: str
    rule: str
    url: str
    status: int
    headers: Mapping[str, str]
    mimetype: str
    content_type: str
    data: bytes
    wrote: tuple[str, ...]


def rules(app: PortalApp) -> list[Rule]:
    """Every address but the static files'."""
    every = app.url_map.iter_rules()
    return sorted(
        (each for each in every if each.endpoint not in ("static", "security.static")),
        key=lambda each: each.rule,
    )


def urls(
    app: PortalApp, rows: Mapping[str, Any], method: str = "GET"
) -> Iterator[tuple[Rule, str]]:
    """(rule, its address with Harbour's ids in it) of what answers to `method`."""
    for rule in rules(app):
        if method in (rule.methods or ()):
            yield rule, _plain(filled(rule, dict(rows)))


def _plain(url: str) -> str:
    """The address with the first word of a choice, and a year of the calendar."""
    return re.sub(r"<int\([^>]*>", "2026", re.sub(r"<any\((\w+)[^>]*>", r"\1", url))


def whose(url: str, cast: Cast) -> Any:
    """Who is asked to go through this door."""
    return cast.lin if url.startswith("/my") else cast.administrator


def asked(client: QuickClient, cast: Cast, url: str) -> Any:
    """The answer to the first of our people who may, else to the last."""
    for user in (whose(url, cast), cast.sales_manager, cast.finance_manager, cast.keeper):
        answer = client.sign_in(user).get(url)
        if answer.status_code != 403 or url.startswith("/my"):
            break
    return answer


def walked(app: PortalApp, cast: Cast, rows: Mapping[str, Any]) -> list[Answer]:
    """What every address answers to GET."""
    client = QuickClient(app)
    found = []
    for rule, url in urls(app, rows):
        answer = asked(client, cast, url)
        said = (answer.status_code, dict(answer.headers), answer.mimetype, answer.content_type)
        found.append(Answer(rule.endpoint, rule.rule, url, *said, answer.data, tuple(client.wrote)))
    return found


def check(url: str, answer: Any) -> None:
    """Raise AssertionError with what is missing among the headers of an answer."""
    told = answer.headers
    for name, value in EVERYWHERE.items():
        assert told.get(name) == value, (url, name, told.get(name))
    policy = told.get("Content-Security-Policy", "")
    assert "unsafe" not in policy and "*" not in policy, (url, policy)
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors '"):
        assert part in policy, (url, part, policy)
    assert "geolocation=()" in told["Permissions-Policy"], url
    assert not {"Access-Control-Allow-Origin", "X-Powered-By"} & set(told.keys()), url
    if answer.data and answer.mimetype.startswith("text/"):
        assert "charset=utf-8" in answer.content_type.lower(), (url, answer.content_type)


@contextmanager
def settings(app: PortalApp, **changed: object) -> Iterator[None]:
    """The application with other settings for a while."""
    before = {name: app.config.get(name) for name in changed}
    app.config.update(changed)
    try:
        yield
    finally:
        app.config.update(before)
