"""Security headers: a strict content policy without inline scripts or styles."""

from __future__ import annotations

from flask import Flask
from flask_talisman import Talisman
from werkzeug.middleware.proxy_fix import ProxyFix

CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
    "manifest-src": "'self'",
}


def install(app: Flask) -> None:
    """Talisman, and the real client address behind trusted proxies only."""
    https = app.config["HTTPS"]
    Talisman(
        app,
        content_security_policy=CONTENT_POLICY,
        force_https=https,
        strict_transport_security=https,
        session_cookie_secure=https,
        frame_options="SAMEORIGIN",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "()", "microphone": "()"},
    )
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
