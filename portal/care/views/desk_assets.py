"""The register of things to lend at the desk."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.actions import assets
from portal.care.forms.notes import AssetForm
from portal.care.labels import ASSETS
from portal.care.models import Asset
from portal.care.queries import assets as queries
from portal.care.rules.assets import AssetFacts
from portal.care.rules.kinds import ASSET_KINDS, AssetKind
from portal.care.rules.states import ASSET_STEPS, AssetState, AssetStep
from portal.care.views.door import assets_door as bp
from portal.care.views.loan_list import REGISTER, label_of
from portal.kernel import clock
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done, to, typed, version_in

FORM = "care/asset_form.html"
FACTS = tuple(AssetFacts.__dataclass_fields__)


@bp.get("/assets")
@requires(P.ASSET_SEE)
def index() -> Any:
    """Every thing, by number."""
    return list_page(REGISTER, queries.assets(), "care/assets.html")


@bp.get("/assets/<int:asset_id>")
@requires(P.ASSET_SEE)
def show(asset_id: int) -> Any:
    """One thing, and through whose hands it went."""
    asset = queries.asset_of(asset_id)
    state, edits = AssetState(asset.state), g.viewer.may(P.ASSET_EDIT)
    may = {step.value: edits and ASSET_STEPS.allows(state, step) for step in AssetStep}
    loans = [(row, label_of(row)) for row in queries.loans_of(asset_id, g.viewer)]
    looks = {"label": ASSETS[asset.state], "kind": ASSET_KINDS[asset.kind]}
    return page("care/asset.html", asset=asset, loans=loans, may=may, edits=edits, **looks)


@bp.route("/assets/new", methods=["GET", "POST"])
@once
@requires(P.ASSET_EDIT)
def new() -> Any:
    """Register a thing."""
    form = AssetForm(data={"currency": "CNY", "kind": AssetKind.PRINTER.value})
    if form.validate_on_submit():
        verb = partial(assets.register, _facts(form), g.viewer, clock.now())
        asset = tried(form, verb)
        if asset is not None:
            flash(_("Registered. It can be lent."), "success")
            return to("desk_assets.show", asset_id=asset.id)
    return form_page(FORM, form, asset=None)


@bp.route("/assets/<int:asset_id>/edit", methods=["GET", "POST"])
@requires(P.ASSET_EDIT)
def edit(asset_id: int) -> Any:
    """Put right what is known of it."""
    asset = queries.asset_of(asset_id)
    values = {name: getattr(asset, name) for name in FACTS}
    form = AssetForm(data={**values, "version": str(asset.version)})
    if form.validate_on_submit() and tried(form, lambda: _changed(asset, form)):
        flash(_("Saved."), "success")
        return to("desk_assets.show", asset_id=asset_id)
    return form_page(FORM, form, asset=asset)


@bp.post("/assets/<int:asset_id>/retire")
@requires(P.ASSET_EDIT)
def retire(asset_id: int) -> Response:
    """It is not lent any more."""
    return _turned(asset_id, assets.retire, _("No longer in use."))


@bp.post("/assets/<int:asset_id>/revive")
@requires(P.ASSET_EDIT)
def revive(asset_id: int) -> Response:
    """It was found or mended."""
    return _turned(asset_id, assets.revive, _("It is here again."))


def _turned(asset_id: int, verb: Any, said: str) -> Response:
    reason = typed("reason", 500)
    deed = partial(verb, queries.asset_of(asset_id), reason, g.viewer, clock.now())
    return done(to("desk_assets.show", asset_id=asset_id), said, deed)


def _changed(asset: Asset, form: AssetForm) -> Asset:
    version = version_in(form.version.data)
    return assets.change(asset, _facts(form), version, g.viewer, clock.now())


def _facts(form: AssetForm) -> AssetFacts:
    texts = {name: form[name].data or "" for name in FACTS if name != "worth"}
    return AssetFacts(worth=form.worth.data, **texts)
