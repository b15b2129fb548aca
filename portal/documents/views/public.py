"""Anybody with a paper in hand: is it ours, does it still stand, is this file unaltered?"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, redirect, request, url_for

from portal.access.guards import public
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.documents import page as papers
from portal.documents import verification
from portal.documents.forms import CodeForm, FileForm
from portal.documents.queries import firm_on_paper, firm_profile
from portal.documents.rules.codes import read_code
from portal.documents.verification import Proof
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.web.doors import porch
from portal.web.errors import to_fields
from portal.web.flask_app import refuse
from portal.web.pages import page, refused
from portal.web.throttles import against_guessing, count_as_guess
from portal.web.uploads import received

bp = porch("documents", __name__)
FOR_EVER = "public, max-age=31536000, immutable"


@bp.route("/v", methods=["GET", "POST"])
@against_guessing
@public
def enter() -> Any:
    """Type the code that stands beside the QR code."""
    form = CodeForm()
    if not form.validate_on_submit():
        return page("verification/enter.html", form=form, issuer=firm_profile())
    code = read_code(form.code.data or "")
    if code is not None:
        return redirect(url_for(".proof", code=code), 303)
    to_fields(form, Invalid(t("A code has eight signs, such as 7K2M-94QX. Compare it."), "code"))
    count_as_guess()
    return refused("verification/enter.html", form=form, issuer=firm_profile())


@bp.route("/v/<string:code>", methods=["GET", "POST"])
@against_guessing
@public
def proof(code: str) -> Any:
    """What a code says: whose paper, whether it stands; a POST compares a file with it."""
    set_viewer(SYSTEM)
    found = verification.proof_of(code, clock.today())
    if found is None:
        response = Response(page("verification/unknown.html", code=code[:12]), 404)
        return refuse(response)
    form = FileForm()
    verdict = _compared(form, found) if form.is_submitted() else None
    context = {"proof": found, "form": form, "verdict": verdict, "issuer": firm_profile()}
    template = "verification/proof.html"
    return refused(template, **context) if form.errors else page(template, **context)


@bp.get("/paper/<string:tag>.css")
@public
def sheet(tag: str) -> Response:
    """The papers' style sheet in the firm's colours, for previews in the browser."""
    colours = firm_on_paper().colours
    if tag != papers.stylesheet_tag(colours):
        raise NotFound()
    response = Response(papers.stylesheet(colours), mimetype="text/css")
    response.headers["Cache-Control"] = FOR_EVER
    return response


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine keeps what a code says."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _compared(form: FileForm, proof: Proof) -> str | None:
    """`same` or `altered`; None when there is no PDF to compare, which the form then says."""
    try:
        upload = received(request.files.get("file"), "file", ("pdf",))
    except Invalid as error:
        to_fields(form, error)
        return None
    return "same" if hashlib.sha256(upload.body).hexdigest() == proof.sha256 else "altered"
