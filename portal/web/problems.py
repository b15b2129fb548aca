"""What goes wrong at the door of machines, told as RFC 9457 says: one body for every failure under /api/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from portal.kernel.errors import Invalid, InvalidMany, PortalError
from portal.kernel.text import Text, t
from portal.web.words import say

DOOR = "/api/"
MEDIA_TYPE = "application/problem+json"
EXPLAINED = "/api/v1/docs#problem-"
PROBLEMS: Mapping[str, tuple[int, Text]] = {
    "bad_request": (400, t("The call cannot be read")),
    "idempotency_key_needed": (400, t("An Idempotency-Key is needed")),
    "unauthenticated": (401, t("A valid key is needed")),
    "forbidden": (403, t("The key is not for this")),
    "not_found": (404, t("There is no such thing, or this key does not see it")),
    "method_not_allowed": (405, t("This address knows other methods")),
    "not_allowed_now": (409, t("Not possible in this state")),
    "stale_edit": (409, t("Somebody else was quicker")),
    "idempotency_key_reused": (409, t("This Idempotency-Key came with another call")),
    "too_large": (413, t("The call is too large")),
    "unsupported_media_type": (415, t("The body must be JSON")),
    "invalid": (422, t("Something in the call is wrong")),
    "too_many_requests": (429, t("Too many calls")),
    "error": (500, t("Something went wrong here")),
    "busy": (503, t("Not possible for a moment")),
}
"""Code → status and title; the page of the description explains each."""
_OF_STATUS = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "not_allowed_now",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "error",
    503: "busy",
}
_KEPT_HEADERS = ("Allow", "Retry-After")


class Unauthenticated(PortalError):
    """No key, or none that opens."""

    status = 401
    code = "unauthenticated"

    def __init__(self) -> None:
        super().__init__(
            t(
                "Send a key that is in force as “Authorization: Bearer …”. Cookies count for nothing here."
            )
        )


class Malformed(PortalError):
    """A call that does not fit its description: every place with what is wrong, ready to be told."""

    status = 422
    code = "invalid"

    def __init__(self, places: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(t("Nothing of the call was taken: correct the places that are named."))
        self.places = tuple(places)


def are_wanted() -> bool:
    """Whether the caller is a machine."""
    return request.path.startswith(DOOR)


def answer(status: int, text: Text | None, error: Exception | None = None) -> Response:
    """A failure as machines read it; `error` says where in the call it is, or which methods there are."""
    code = getattr(error, "code", "")
    known = code if code in PROBLEMS else _code_of(status)
    title = say(PROBLEMS[known][1])
    body = {
        "type": f"{EXPLAINED}{known}",
        "title": title,
        "status": status,
        "code": known,
        "detail": say(text) if text is not None else title,
        "errors": [{**each, "detail": say(each["detail"])} for each in _places(error)],
    }
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers.extend(_headers(status, error))
    return response


def _code_of(status: int) -> str:
    return _OF_STATUS.get(status, "bad_request" if status < 500 else "error")


def _headers(status: int, error: Exception | None) -> dict[str, str]:
    found = {"Cache-Control": "no-store"}
    if isinstance(error, HTTPException):
        found |= {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}
    if status == 401:
        found["WWW-Authenticate"] = "Bearer"
    if status == 503:
        found.setdefault("Retry-After", "2")
    return found


def _places(error: Exception | None) -> Iterable[Mapping[str, Any]]:
    if isinstance(error, Malformed):
        return error.places
    if isinstance(error, InvalidMany):
        return [{"pointer": f"/{name}", "detail": text} for name, text in error.errors.items()]
    if isinstance(error, Invalid) and error.field:
        return [{"pointer": f"/{error.field}", "detail": error.text}]
    return ()
