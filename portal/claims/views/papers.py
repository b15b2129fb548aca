"""The settlement agreement for a browser: printed, or as it would be printed now."""

from __future__ import annotations

from flask import Response, make_response

from portal.claims.actions import papers
from portal.claims.models import Claim
from portal.db.base import db
from portal.documents.models import Document
from portal.documents.page import stylesheet, stylesheet_tag
from portal.documents.queries import firm_on_paper
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.web.filters import static_url


def agreement_response(claim: Claim, sheets: tuple[str, ...]) -> Response:
    """The paper of an agreed claim; before that, the page of the offer, kept by nobody."""
    if claim.document_id is not None:
        return pdf_response(db.session.get_one(Document, claim.document_id))
    response = make_response(papers.preview(claim, clock.now(), stylesheets=sheets))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sheets_of(address: str) -> tuple[str, ...]:
    """The addresses of what a previewed agreement looks like; `address`: that of the door's own sheet."""
    tag = stylesheet_tag(firm_on_paper().colours, papers.TEMPLATE)
    return f"{address}?v={tag}", static_url("css/preview.css")


def sheet_response() -> Response:
    """The papers' style sheet in the firm's colours."""
    response = make_response(stylesheet(firm_on_paper().colours, papers.TEMPLATE))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
