"""Anybody with a paper in hand: is it ours, does it still stand, is this file unaltered?"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, redirect, request, url_for

from portal.access.guards import public
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.documents import verification
from portal.documents.forms import CodeForm, FileForm
from portal.documents.queries import firm_profile
from portal.documents.rules.codes import read_code
from portal.documents.standings import EXPLANATIONS, KINDS, STANDINGS
from portal.documents.verification import Proof
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.doors import porch
from portal.web.errors import to_fields
from portal.web.flask_app import refuse
from portal.web.forms import form_page
from portal.web.pages import page, refused
from portal.web.throttles import against_guessing, count_as_guess
from portal.web.uploads import received

bp = porch("documents", __name__)
NO_CODE = t("A code has eight signs, such as 7K2M-94QX. Compare it with the paper.")


@bp.route("/v", methods=["GET", "POST"])
@against_guessing
@public
def enter() -> Any:
    """Type the code that stands beside the QR code."""
    form = CodeForm()
    if form.validate_on_submit():
        code = read_code(form.code.data or "")
        if code is not None:
            return redirect(url_for(".proof", code=code), 303)
        to_fields(form, Invalid(NO_CODE, "code"))
        count_as_guess()
    return form_page("verification/enter.html", form, issuer=firm_profile())


@bp.route("/v/<string:code>", methods=["GET", "POST"])
@against_guessing
@public
def proof(code: str) -> Any:
    """What a code says: whose paper, whether it stands; a POST compares a file with it."""
    set_viewer(SYSTEM)
    found = verification.proof_of(code, clock.today())
    if found is None:
        said = page("verification/unknown.html", code=code[:12], issuer=firm_profile())
        return refuse(Response(said, 404))
    form = FileForm()
    verdict = _compared(form, found) if form.is_submitted() else None
    context = {"proof": found, "form": form, "verdict": verdict, **_words(found)}
    template = "verification/proof.html"
    return refused(template, **context) if form.errors else page(template, **context)


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine keeps what a code says."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _words(proof: Proof) -> dict[str, Any]:
    return {
        "issuer": firm_profile(),
        "issued_on": clock.business_day(proof.issued_at),
        "standings": STANDINGS,
        "explanations": EXPLANATIONS,
        "kinds": KINDS,
    }


def _compared(form: FileForm, proof: Proof) -> str | None:
    """`same` or `altered`; None when there is no PDF to compare, which the form then says."""
    try:
        upload = received(request.files.get("file"), "file", ("pdf",))
    except Invalid as error:
        to_fields(form, error)
        return None
    return "same" if hashlib.sha256(upload.body).hexdigest() == proof.sha256 else "altered"
