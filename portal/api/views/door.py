"""The machines' door: from the description of a call to its route, guard, limits, reading and answer.

A view gets what was asked as plain values and gives a record back; everything else happens here, once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request, url_for
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from portal.access.viewer import ByToken
from portal.api.actions import keys, once
from portal.api.queries.granting import guard_of
from portal.api.rules import once as rules
from portal.api.rules.description import answered
from portal.api.rules.operations import BY_KEY, Operation
from portal.api.rules.reading import read_body, read_query
from portal.kernel import clock
from portal.kernel.errors import Forbidden
from portal.kernel.text import t
from portal.web.doors import machines
from portal.web.flask_app import reads_first
from portal.web.install import limiter
from portal.web.problems import Malformed, Unauthenticated
from portal.web.throttles import MISSES
from portal.web.words import say

bp = machines(__name__)
View = Callable[..., Any]
LARGEST_CALL = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list; `last`: the key of the last one where there are more."""

    items: list[Any]
    last: int | None


def answers(key: str) -> Callable[[View], View]:
    """Make a view the answer to the call that is described under `key`."""
    operation = BY_KEY[key]

    def register(view: View) -> View:
        work = _writing(operation, view) if operation.body else _reading(operation, view)
        guarded = _limited(_guarded(operation, work))
        if operation.body:
            reads_first(guarded)
        guarded.guard = guard_of(operation.scope)  # type: ignore[attr-defined]
        guarded.scope = operation.scope  # type: ignore[attr-defined]
        bp.add_url_rule(operation.rule, key, guarded, methods=[operation.method])
        return view

    return register


def _guarded(operation: Operation, work: View) -> View:
    """Only with a key that opens and is for this."""

    @wraps(work)
    def guarded(**ids: int) -> Response:
        token = g.viewer.token
        if token is None:
            raise Unauthenticated()
        g.key_used = token.id
        if operation.scope not in token.scopes:
            raise Forbidden(t("This key is not for “%(scope)s”.", scope=operation.scope.value))
        return work(**ids)

    return guarded


def _limited(view: View) -> View:
    """Behind two limits: on keys that do not open, by address, and on calls, by key."""
    guesses = limiter.shared_limit(
        _guesses, scope="wrong keys", deduct_when=lambda r: r.status_code == 401, exempt_when=_has_key
    )  # fmt: skip
    calls = limiter.shared_limit(
        lambda: current_app.config["API_LIMIT"], scope="calls", key_func=_whose, exempt_when=_has_none
    )  # fmt: skip
    return guesses(calls(view))


def _guesses() -> str:
    """Keys that do not open, from one address."""
    return str(current_app.config.get("GUESS_LIMIT", MISSES))


def _has_key() -> bool:
    return g.viewer.token is not None


def _has_none() -> bool:
    return g.viewer.token is None


def _whose() -> str:
    token: ByToken | None = g.viewer.token
    return f"key {token.id}" if token is not None else get_remote_address()


def _reading(operation: Operation, view: View) -> View:
    @wraps(view)
    def read(**ids: int) -> Response:
        asked = _fitting(read_query(operation, request.args.to_dict(flat=False)))
        given = view(**ids, **asked)
        if isinstance(given, Response):
            return given
        body = _page(operation, given, asked) if isinstance(given, Page) else given
        response = json_answer(answered(operation).write(body, say))
        if isinstance(given, Page) and body["next"]:
            response.headers["Link"] = f'<{body["next"]}>; rel="next"'
        response.headers["Cache-Control"] = "private, no-cache"
        response.add_etag()
        return response.make_conditional(request)  # type: ignore[return-value]

    return read


def _page(operation: Operation, given: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    if given.last is None:
        return {"items": given.items, "next": None}
    kept = {**request.args, "limit": str(asked["limit"]), "after": str(given.last)}
    here = url_for(f"{bp.name}.{operation.key}", **(request.view_args or {}))
    return {"items": given.items, "next": f"{here}?{urlencode(kept)}"}


def _writing(operation: Operation, view: View) -> View:
    """Read before anybody has to wait for us, then done once, whatever comes how often."""

    @wraps(view)
    def written() -> Response:
        key = rules.checked(request.headers.get(rules.HEADER))
        raw = _raw()
        _fitting(read_query(operation, request.args.to_dict(flat=False)))
        told = _fitting(read_body(operation, raw))
        call = rules.Call(key, rules.fingerprint(request.method, request.path, raw))
        before = once.earlier(g.viewer.token, call)
        if before is not None:
            return _replayed(before.body, before.status)
        response = json_answer(answered(operation).write(view(told), say))
        body = response.get_data(as_text=True)
        once.keep(g.viewer.token, call, response.status_code, body, clock.now())
        return response

    return written


def _raw() -> bytes:
    """The bytes of the body, as they came."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType()
    raw = request.get_data(cache=False)
    if len(raw) > LARGEST_CALL:
        raise RequestEntityTooLarge()
    return raw


def _fitting(read: tuple[Any, list[Any]]) -> Any:
    """What was read; Malformed, with every place, where something did not fit."""
    found, wrong = read
    if wrong:
        named = ("parameter", "pointer")
        raise Malformed({named[w.in_body]: w.place, "detail": w.detail} for w in wrong)
    return found


def json_answer(body: Any) -> Response:
    """`body` as JSON, kept by nobody on the way."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _replayed(body: str, status: int) -> Response:
    response = Response(body, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Idempotent-Replayed"] = "true"
    return response


@bp.after_request
def _note_use(response: Response) -> Response:
    """Write down that the key was used, whatever became of the call; and say in which language we spoke."""
    used = g.pop("key_used", None)
    if used is not None:
        keys.note_use(used, request.remote_addr, clock.now())
    response.headers["Content-Language"] = g.viewer.locale.replace("_", "-")
    response.vary.add("Accept-Language")
    return response
