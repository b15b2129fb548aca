"""The lines of an amendment: changed, added, ended, left as they were."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import amending
from portal.contracts.forms.lines import (
    AmendedLineForm,
    StorageForm,
    line_as_typed,
    storage_as_typed,
)
from portal.contracts.models import Amendment, ContractLine
from portal.contracts.queries import standing
from portal.contracts.views.desk_contract_door import (
    amendment_of,
    back_to,
    bp,
    done,
    one_of,
    seen,
    went_well,
)
from portal.contracts.views.desk_contract_lines import refused_or
from portal.contracts.views.desk_line_sources import manual_form, offers
from portal.contracts.views.desk_stale import saved
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany
from portal.web.flask_app import once
from portal.web.forms import form_page
from portal.web.pages import page
from portal.web.words import say


@bp.route("/amendments/<int:amendment_id>/lines/<int:line_id>", methods=["GET", "POST"])
@requires(P.CONTRACT_EDIT)
def amended_line(amendment_id: int, line_id: int) -> Any:
    """Change a line from the amendment's day on."""
    amendment, row = _line(amendment_id, line_id)
    form = AmendedLineForm(data={**line_as_typed(row), "version": str(amendment.version)})
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, partial(_write, amendment, line_id, form.values()))
        if ok:
            flash(_("Saved."), "success")
            return back_to(amendment)
    shown = {"amendment": amendment, "row": row, "changes": changes}
    return form_page("contracts/desk_amended_line.html", form, **shown)


@bp.route("/amendments/<int:amendment_id>/lines/<int:line_id>/storage", methods=["GET", "POST"])
@requires(P.CONTRACT_EDIT)
def amended_storage(amendment_id: int, line_id: int) -> Any:
    """Count stored goods otherwise from the amendment's day on."""
    amendment, row = _line(amendment_id, line_id)
    form = StorageForm(data={**storage_as_typed(row), "version": str(amendment.version)})
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, partial(_write_storage, amendment, line_id, form, row))
        if ok:
            flash(_("Saved."), "success")
            return back_to(amendment)
    shown = {"amendment": amendment, "contract": amendment.contract, "row": row}
    return form_page("contracts/desk_storage.html", form, changes=changes, **shown)


@bp.route("/amendments/<int:amendment_id>/lines/new", methods=["GET", "POST"])
@once
@requires(P.CONTRACT_EDIT)
def amended_new_line(amendment_id: int) -> Any:
    """A new line at a price of one's own."""
    amendment = amendment_of(amendment_id)
    amending.check_editable(amendment)
    form, found = manual_form(amendment.contract.currency)
    if form.validate_on_submit():
        verb = partial(amending.add_manual, amendment, form.line(), g.viewer, clock.now())
        if went_well(form, verb):
            flash(_("The line is added."), "success")
            return back_to(amendment)
    shown = {"contract": amendment.contract, "amendment": amendment, "found": found}
    return form_page("contracts/desk_line_new.html", form, **shown)


@bp.route("/amendments/<int:amendment_id>/lines/prices", methods=["GET", "POST"])
@once
@requires(P.CONTRACT_EDIT)
def amended_pick(amendment_id: int) -> Any:
    """New lines from prices that one may quote today."""
    amendment = amendment_of(amendment_id)
    amending.check_editable(amendment)
    ids = [int(each) for each in request.form.getlist("price") if each.isdecimal()]
    if request.method == "POST":
        try:
            amending.add_prices(amendment, ids, g.viewer, clock.now(), seen())
            flash(_("Added. Write the quantities."), "success")
            return back_to(amendment)
        except Invalid as error:
            flash(say(error.text), "error")
    shown = {"contract": amendment.contract, **offers(amendment.contract.customer)}
    return refused_or(page("contracts/desk_prices.html", amendment=amendment, **shown))


@bp.post("/amendments/<int:amendment_id>/lines/<int:line_id>/end")
@requires(P.CONTRACT_EDIT)
def end_line(amendment_id: int, line_id: int) -> Response:
    """From the amendment's day on nothing more can be drawn of it."""
    amendment, _row = _line(amendment_id, line_id)
    verb = partial(amending.end_line, amendment, line_id, g.viewer, clock.now(), seen())
    return done(back_to(amendment), _("The line ends with the amendment."), verb)


@bp.post("/amendments/<int:amendment_id>/lines/<int:line_id>/keep")
@requires(P.CONTRACT_EDIT)
def keep_line(amendment_id: int, line_id: int) -> Response:
    """Leave it as it was; a new line goes."""
    amendment, _row = _line(amendment_id, line_id)
    verb = partial(amending.take_back, amendment, line_id, g.viewer, clock.now(), seen())
    return done(back_to(amendment), _("Left as it was."), verb)


def _line(amendment_id: int, line_id: int) -> tuple[Amendment, ContractLine]:
    """The line as it stands or is proposed; NotFound for one that this amendment cannot change."""
    amendment = amendment_of(amendment_id)
    amending.check_editable(amendment)
    _terms, before = standing.standing_before(amendment)
    row = one_of([*standing.proposed_lines(amendment), *before], line_id)
    proposed = (each for each in standing.proposed_lines(amendment) if each.replaces_id == row.id)
    return amendment, next(proposed, row)


def _write(amendment: Amendment, line_id: int, values: dict[str, Any]) -> None:
    amending.change_line(amendment, line_id, values, g.viewer, clock.now(), seen())


def _write_storage(
    amendment: Amendment, line_id: int, form: StorageForm, row: ContractLine
) -> None:
    try:
        _write(amendment, line_id, {"storage_policy": form.policy(row)})
    except InvalidMany as error:
        raise Invalid(next(iter(error.errors.values()))) from error
