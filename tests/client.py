"""A test client that inspects every page it fetches: valid HTML, one h1 that opens the title, unique ids,
labelled fields, forms that say where they go and carry a CSRF token, no inline script or style."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import g
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, event, insert, inspect
from werkzeug.test import TestResponse

from portal.accounts.models import SignIn, User
from portal.accounts.queries import token_hash
from portal.accounts.sessions import MARK
from portal.db.base import db
from portal.kernel import clock

OF_A_REQUEST = ("_login_user", "admitted", "own_sign_in_id", "signed_out_user_id")
"""What a request keeps in `g`, which the tests' one application context would hand on to the next."""
HTML = "{http://www.w3.org/1999/xhtml}"


_of_this_thread = threading.local()


def count_queries(engine: Engine) -> None:
    """Have each client told what its own requests ask; once for each engine, before threads share it."""
    event.listen(engine, "before_cursor_execute", _hear)


def _hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    asked = getattr(_of_this_thread, "queries", None)
    if asked is not None:
        asked.append(statement)


class CheckingClient(FlaskClient):
    """Signs in without the form, sends CSRF tokens by itself, and checks each HTML answer."""

    queries: list[str]
    looks: bool = True
    """Whether it looks into the pages; who asks for hundreds to see something else need not."""
    begun: dict[str, Any] | None = None

    def sign_in(self, user: User) -> CheckingClient:
        """Become `user`; the row of the sign-in is written before the next page is fetched."""
        row = db.session.get_one(User, inspect(user).identity[0])
        mark = secrets.token_urlsafe(16)
        self.begun = {"user_id": row.id, "mark_hash": token_hash(mark)}
        with self.session_transaction() as session:
            session["_user_id"] = row.fs_uniquifier
            session[MARK] = mark
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = time.time()
        return self

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Fetch, count the statements sent to the database, inspect."""
        self._with_token(kwargs)
        db.session.remove()
        for kept in OF_A_REQUEST:
            g.pop(kept, None)
        self._begin()
        self.queries = _of_this_thread.queries = []
        try:
            response = super().open(*args, **kwargs)
        finally:
            _of_this_thread.queries = None
            db.session.remove()
        is_page = response.mimetype == "text/html" and response.data and response.status_code < 300
        if self.looks and is_page and db.engine.dialect.name == "sqlite":
            # PostgreSQL's rows make the same pages; parsing them again is a quarter of such a test's time.
            inspect_page(response.text)
        return response

    def _begin(self) -> None:
        begun, self.begun = self.begun, None
        if begun is not None:
            now = clock.now()
            until = {"ends_at": now + timedelta(days=4000), "kept": True}  # tests jump by months
            row = {"began_at": now, "seen_at": now, "way": "password", **until, **begun}
            with db.engine.begin() as connection:
                connection.execute(insert(SignIn).values(row))

    def _with_token(self, kwargs: dict[str, Any]) -> None:
        if kwargs.get("method") == "POST" and "csrf" not in kwargs:
            token = self._token()
            kwargs["headers"] = {
                "X-CSRFToken": token,
                "Referer": "http://portal.test/",
                **(kwargs.get("headers") or {}),
            }
        kwargs.pop("csrf", None)

    def _token(self) -> str:
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return str(signer.dumps(raw))


def inspect_page(text: str) -> None:
    """Raise AssertionError with what is wrong with a page."""
    is_fragment = "<html" not in text[:500].lower()
    if is_fragment:
        return
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parse(text)
    errors = [(pos, code) for pos, code, _ in parser.errors]
    assert not errors, f"invalid HTML: {errors[:3]} near {_near(text, errors[0][0])}"
    heads = list(tree.iter(f"{HTML}h1"))
    assert len(heads) == 1, f"{len(heads)} h1 on the page"
    title = "".join(next(tree.iter(f"{HTML}title")).itertext())
    heading = _words(heads[0])
    assert title.strip().startswith(heading), (
        f"title {title!r} does not open with the h1 {heading!r}"
    )
    ids = Counter(each.get("id") for each in tree.iter() if each.get("id"))
    assert not [i for i, n in ids.items() if n > 1], (
        f"ids used twice: {[i for i, n in ids.items() if n > 1]}"
    )
    _inspect_forms(tree)
    assert not [e for e in tree.iter() if e.get("style")], "inline style"
    assert not [e for e in tree.iter(f"{HTML}script") if not e.get("src")], "inline script"


def _inspect_forms(tree: Element) -> None:
    for form in tree.iter(f"{HTML}form"):
        assert form.get("action") is not None, "a form without an action"
        if form.get("method", "get").lower() == "post":
            names = {field.get("name") for field in form.iter(f"{HTML}input")}
            assert "csrf_token" in names, f"a POST form without a CSRF token: {form.get('action')}"
    labelled = {label.get("for") for label in tree.iter(f"{HTML}label")}
    inside = {id(f) for label in tree.iter(f"{HTML}label") for f in label.iter()}
    for kind in ("input", "select", "textarea"):
        for field in tree.iter(f"{HTML}{kind}"):
            hidden = field.get("type") in ("hidden", "submit", "button")
            named = (
                field.get("aria-label")
                or field.get("aria-labelledby")
                or field.get("id") in labelled
            )
            assert hidden or named or id(field) in inside, (
                f"a field without a label: {field.get('name')}"
            )


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _near(text: str, position: tuple[int, int]) -> str:
    lines = text.splitlines()
    return lines[min(position[0], len(lines)) - 1][max(0, position[1] - 60) : position[1] + 20]
