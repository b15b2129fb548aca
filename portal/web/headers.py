"""Security headers on every answer: a strict content policy without inline parts, nothing embedded, nothing kept.

Three content policies: pages; papers shown in a frame of our own pages (`framed`); files and static parts, which can do
nothing at all. With PORTAL_HTTPS=1 pages are answered over TLS only and only under the portal's own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.web.flask_app import SAFE

_PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "object-src": "'none'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "manifest-src": "'self'",
}
_NOTHING = {"default-src": "'none'", "object-src": "'none'", "base-uri": "'none'"}


def _policy(sources: Mapping[str, str], ancestors: str, *more: str) -> str:
    parts = [f"{name} {value}" for name, value in sources.items()]
    return "; ".join([*parts, f"frame-ancestors {ancestors}", *more])


PAGE_POLICY = _policy(_PAGE, "'none'")
FRAMED_POLICY = _policy(_PAGE, "'self'")
FILE_POLICY = _policy(_NOTHING, "'none'", "sandbox")
PAPER_POLICY = _policy(_NOTHING, "'none'")
"""For a PDF in the browser's own viewer, which a sandbox would keep from starting."""
STATIC_POLICY = PAPER_POLICY

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(),"
        " payment=(), usb=()"
    ),
}
UNSTORED = "private, no-store"
"""What a browser, and any cache on the way, is told of an answer that says nothing itself."""
TWO_YEARS = 2 * 365 * 24 * 3600
TLS_ONLY = f"max-age={TWO_YEARS}; includeSubDomains"
HERE = ("127.0.0.1", "localhost", "::1")
WATCHED = ("/healthz", "/readyz")
"""What a watchman on the server itself asks for without TLS."""
FOR_SYSTEMS = "/api/"
"""Programs are not led on to TLS: one that sends its key in the clear must notice at once."""


def install(app: Flask) -> None:
    """The headers, the portal's one name, TLS where it is set, and the real client address behind trusted proxies."""
    app.after_request(_finish)
    if app.config["HTTPS"]:
        app.before_request(_only_our_name)
        app.before_request(_only_over_tls)
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def framed(view: Any) -> Any:
    """Mark a view whose page is shown in a frame of our own pages."""
    view.framed = True
    return view


def for_static(https: bool) -> Mapping[str, str]:
    """The headers of static files, which the web server answers before Flask is asked."""
    tls = {"Strict-Transport-Security": TLS_ONLY} if https else {}
    return {**ALWAYS, **tls, "Content-Security-Policy": STATIC_POLICY, "X-Frame-Options": "DENY"}


def _finish(response: Response) -> Response:
    response.headers.update(ALWAYS)
    policy = _policy_of(response)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if policy == FRAMED_POLICY else "DENY"
    response.headers.setdefault("Cache-Control", UNSTORED)
    if current_app.config["HTTPS"]:
        response.headers["Strict-Transport-Security"] = TLS_ONLY
    return response


def _policy_of(response: Response) -> str:
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return FILE_POLICY
    if response.mimetype == "application/pdf":
        return PAPER_POLICY
    view = current_app.view_functions.get(request.endpoint or "")
    return FRAMED_POLICY if getattr(view, "framed", False) else PAGE_POLICY


def _only_our_name() -> None:
    """Whoever asks under another name than the portal's public one was led here by somebody's trick."""
    asked = urlsplit(f"//{request.host}").hostname
    if asked not in (_our_name(), *HERE):
        abort(400)


def _only_over_tls() -> Any:
    """A page is led on to its TLS address; what was sent in the clear, or by a program, is refused."""
    if request.is_secure or request.path in WATCHED:
        return None
    if request.method not in SAFE or request.path.startswith(FOR_SYSTEMS):
        abort(403)
    return redirect(
        f"https://{urlsplit(current_app.config['BASE_URL']).netloc}{request.full_path.rstrip('?')}"
    )


def _our_name() -> str | None:
    return urlsplit(current_app.config["BASE_URL"]).hostname
