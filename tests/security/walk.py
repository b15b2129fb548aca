"""Every address with a row behind each id, asked once for all the tests that look at the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import String, func, literal, update
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import Rule

from portal.access.permissions import Permission
from portal.db.base import Base, db
from portal.web.flask_app import PortalApp
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.test_isolation import filled

ON_SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
"""For what does not depend on the database."""
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


FORMULA = "=cmd|'/C calc'!A0"
TAG = "<script>alert(1)</script>{{7*7}}${7*7}<img src=x onerror=alert(1)>"
KEYS = ("audit", "staff_role", "role", "service_method")
"""Tables whose names are looked up by."""
NAMES = {
    "name",
    "name_zh",
    "name_en",
    "title",
    "text",
    "note",
    "reference",
    "goods",
    "address",
    "subject",
    "holder",
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


class People:
    """One browser for each person, signed in once."""

    def __init__(self, app: PortalApp) -> None:
        self.app = app
        self.clients: dict[int, QuickClient] = {}

    def as_(self, user: Any) -> QuickClient:
        """That person's browser."""
        key = id(user)
        if key not in self.clients:
            self.clients[key] = QuickClient(self.app)
            self.clients[key].sign_in(user)
        return self.clients[key]


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


def who_may(app: PortalApp, cast: Cast, rule: Rule) -> Any:
    """The first of our people whom the view's guard lets in."""
    guard = app.view_functions[rule.endpoint].guard  # type: ignore[attr-defined]
    ours = (cast.administrator, cast.sales_manager, cast.finance_manager, cast.keeper)
    if rule.rule.startswith("/my") or not isinstance(guard, Permission):
        return whose(rule.rule, cast)
    return next((each for each in ours if viewer(each).may(guard)), cast.administrator)


def rewrite(word: str) -> int:
    """Every free text of every row says `word`; the number of columns that took it."""
    taken = 0
    for table in Base.metadata.sorted_tables:
        if table.name.startswith(KEYS):
            continue
        for column in table.columns:
            if column.name not in NAMES or not isinstance(column.type, String):
                continue
            try:
                with db.session.begin_nested():
                    said = (
                        literal(word) + func.cast(table.c.id, String)
                        if "id" in table.c
                        else literal(word)
                    )
                    db.session.execute(update(table).values({column: said}))
                taken += 1
            except IntegrityError:
                continue
    db.session.commit()
    return taken


def walked(app: PortalApp, cast: Cast, rows: Mapping[str, Any]) -> list[Answer]:
    """What every address answers to GET, and every list as a file, when all that people can write is harmful."""
    assert rewrite(f"{FORMULA}{TAG}") > 60
    people, found = People(app), []

    def note(rule: Rule, url: str) -> Answer:
        client = people.as_(who_may(app, cast, rule))
        answer = client.get(url)
        said = (answer.status_code, dict(answer.headers), answer.mimetype, answer.content_type)
        found.append(Answer(rule.endpoint, rule.rule, url, *said, answer.data, tuple(client.wrote)))
        return found[-1]

    for rule, url in urls(app, rows):
        if b"export=csv" in note(rule, url).data:
            note(rule, f"{url}?export=csv")
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
