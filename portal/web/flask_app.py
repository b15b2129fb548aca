"""One request, one transaction: committed in one place, on success of an unsafe method; GET never writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, redirect, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import IntegerConverter, ValidationError

from portal.db.base import db
from portal.db.engine import begin_reading_first, begin_writing
from portal.db.once import earlier_answer, remember_answer
from portal.kernel import clock
from portal.kernel.errors import StaleEdit
from portal.kernel.text import t
from portal.web.cookies import HostRequest, HostResponse

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KEPT_ADDRESSES = 4096
LARGEST_ID = 2**31 - 1
"""What PostgreSQL's integer holds."""


class RowId(IntegerConverter):
    """The id of a row in an address; a number that no column can hold is the id of nothing: 404."""

    regex = r"\d{1,10}"

    def to_python(self, value: str) -> Any:
        """The number."""
        if int(value) > LARGEST_ID:
            raise ValidationError()
        return super().to_python(value)


class PortalApp(Flask):
    """Flask with the transaction around the view, inside the error handlers' reach."""

    request_class = HostRequest
    response_class = HostResponse

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = RowId
        self._address = lru_cache(KEPT_ADDRESSES, typed=True)(super().url_for)

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's, but an address of this site (a list page has a hundred) is seldom put together twice.

        A whole address begins with the portal's public one, never with what the asking browser calls us.
        """
        if values.pop("_external", False):
            return self.config["BASE_URL"] + super().url_for(endpoint, _external=False, **values)
        asks_for_more = values.get("_scheme") or endpoint[:1] == "."
        if asks_for_more or not has_request_context() or request.script_root:
            return super().url_for(endpoint, **values)
        try:
            return self._address(endpoint, **values)
        except TypeError:  # a list among the values has no hash
            return super().url_for(endpoint, **values)

    def dispatch_request(self) -> Any:
        """Run the view; commit its work if it may write and went well, else take everything back."""
        form = _form_sent_once()
        led_to = earlier_answer(form) if form else None
        if led_to is not None:
            return redirect(led_to, 303)
        response = self.make_response(super().dispatch_request())
        if request.method in SAFE:
            return response  # what it read is let go with its session, when the request ends
        if response.status_code >= 400 or _is_refused(response):
            db.session.rollback()
        else:
            if form and response.location:
                remember_answer(form, response.location, clock.now())
            commit()
        return response


def open_for_writing() -> None:
    """Take the writer's place before the first statement of an unsafe request.

    A view marked `reads_first` takes it at its first write: nobody waits while it hashes a password.
    """
    if request.method in SAFE or request.endpoint in (None, "static"):
        return
    if getattr(current_app.view_functions[request.endpoint], "reads_first", False):
        begin_reading_first(db.session())
    else:
        begin_writing(db.session())


def reads_first(view: Any) -> Any:
    """Mark a view that thinks long before it writes."""
    view.reads_first = True
    return view


def once(view: Any) -> Any:
    """Mark a view whose form must not work twice: sent again by an impatient hand it leads where it led before.

    A form that is drawn anew carries another token, so that the same may be meant, and done, again.
    """
    view.once = True
    return view


def _form_sent_once() -> str | None:
    """The key of a form that goes to a `once` view: who sent which fields to which address."""
    if request.method in SAFE or "csrf_token" not in request.form:
        return None
    view = current_app.view_functions.get(request.endpoint or "")  # none: the address takes no form
    if not getattr(view, "once", False):
        return None
    sent = [g.viewer.user_id, request.full_path, list(request.form.items(multi=True))]
    return hashlib.sha256(json.dumps(sent).encode()).hexdigest()


@contextmanager
def leaving_the_writers_place() -> Iterator[None]:
    """Take back what the view did so far and let others write inside; then it begins anew, as a writer.

    What takes long (the press) is done inside; nothing may be read from the database there.
    """
    db.session.rollback()
    yield
    begin_writing(db.session())


def commit() -> None:
    """Commit; somebody else's save in between becomes `StaleEdit`."""
    try:
        db.session.commit()
    except StaleDataError as error:
        db.session.rollback()
        raise StaleEdit(
            t("Somebody else saved this record a moment ago. Look at it again, then repeat.")
        ) from error


def refuse(response: Response) -> Response:
    """Mark a page that is shown again with its errors: nothing of the request is kept."""
    response.headers["X-Refused"] = "1"
    return response


def _is_refused(response: Response) -> bool:
    return response.headers.pop("X-Refused", None) is not None
