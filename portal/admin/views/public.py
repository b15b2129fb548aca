"""The firm's logo and colours, for every page: small, cached for ever under their own name."""

from __future__ import annotations

from flask import Response

from portal.access.guards import public
from portal.admin import queries
from portal.documents.archive import archive
from portal.documents.rules.firm import Colours
from portal.kernel.errors import NotFound
from portal.web.doors import porch

bp = porch("admin", __name__)
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/firm/logo/<string:mark>.png")
@public
def logo(mark: str) -> Response:
    """The logo whose hash starts with `mark`; an older one is gone."""
    sha256 = queries.look().logo
    if not sha256 or not sha256.startswith(mark) or len(mark) < 8:
        raise NotFound()
    return _kept(archive().read(sha256), "image/png")


@bp.get("/firm/accent-<string:colour>.css")
@public
def accent(colour: str) -> Response:
    """The house's accent in the firm's colour, as far as type on white stays readable."""
    if queries.look().accent != f"#{colour}":
        raise NotFound()
    shades = Colours(f"#{colour}")
    sheet = (
        f":root {{ --accent: {shades.text}; --accent-mid: {shades.line}; --accent-soft: {shades.soft};"
        f" --accent-strong: color-mix(in srgb, {shades.text} 80%, #14202b); }}\n"
    )
    return _kept(sheet.encode(), "text/css")


def _kept(body: bytes, mimetype: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
