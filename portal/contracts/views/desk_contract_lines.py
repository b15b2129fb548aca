"""The lines of a draft: the grid, everything of one line, its storage policy, and every way to add one."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, g, make_response, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import lines
from portal.contracts.actions.drafting import check_editable
from portal.contracts.actions.lines import LineEdit
from portal.contracts.forms.grid import Grid
from portal.contracts.forms.lines import LineForm, StorageForm, line_as_typed, storage_as_typed
from portal.contracts.models import Contract, ContractLine
from portal.contracts.views.desk_contract_door import back, bp, contract_of, one_of, seen
from portal.contracts.views.desk_contract_page import Shown, context
from portal.contracts.views.desk_line_sources import manual_form, offers
from portal.contracts.views.desk_stale import saved
from portal.customers.queries import branches
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany, StaleEdit
from portal.web.flask_app import once, refuse
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import say

PAGE = "contracts/desk_show.html"


@bp.post("/contracts/<int:contract_id>/lines")
@requires(P.CONTRACT_EDIT)
def save_lines(contract_id: int) -> Any:
    """Save the grid; the button of a row takes that line away."""
    contract, typed = contract_of(contract_id), Grid.read(request.form)
    try:
        _apply(contract, typed, request.form.get("remove", ""))
    except StaleEdit as error:
        return _stale(contract, typed, error)
    except (Invalid, InvalidMany) as error:
        return _refused(contract_id, typed, error)
    flash(_("Saved."), "success")
    return back(contract_id, "lines")


@bp.route("/contracts/<int:contract_id>/lines/prices", methods=["GET", "POST"])
@once
@requires(P.CONTRACT_EDIT)
def pick_lines(contract_id: int) -> Any:
    """Find prices that one may quote to this customer, tick, add."""
    contract = contract_of(contract_id)
    check_editable(contract)
    ids = [int(each) for each in request.form.getlist("price") if each.isdecimal()]
    if request.method == "POST":
        try:
            lines.pick(contract, ids, g.viewer, clock.now(), seen())
            flash(_("Added. Write the quantities."), "success")
            return back(contract_id, "lines")
        except Invalid as error:
            flash(say(error.text), "error")
    shown = offers(contract.customer)
    return refused_or(page("contracts/desk_prices.html", contract=contract, **shown))


@bp.route("/contracts/<int:contract_id>/lines/new", methods=["GET", "POST"])
@once
@requires(P.CONTRACT_EDIT)
def new_line(contract_id: int) -> Any:
    """A line at a price of one's own, marked and reasoned."""
    contract = contract_of(contract_id)
    check_editable(contract)
    form, found = manual_form(contract.currency)
    if form.validate_on_submit():
        row = attempted(
            form, lambda: lines.add_manual(contract, form.line(), g.viewer, clock.now())
        )
        if row is not None:
            flash(_("The line is added."), "success")
            return back(contract_id, "lines")
    return form_page("contracts/desk_line_new.html", form, contract=contract, found=found)


@bp.route("/contracts/<int:contract_id>/lines/<int:line_id>", methods=["GET", "POST"])
@requires(P.CONTRACT_EDIT)
def line(contract_id: int, line_id: int) -> Any:
    """Everything about one line."""
    contract, row = _line(contract_id, line_id)
    form = LineForm(data={**line_as_typed(row), "version": str(contract.version)})
    own = branches(contract.customer, g.viewer)
    form.branch_id.choices = [("", contract.customer.label), *((b.id, b.label) for b in own)]
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, lambda: write_line(contract, row, form.values()))
        if ok:
            return _line_saved(contract_id)
    shown = {"contract": contract, "row": row, "changes": changes}
    return form_page("contracts/desk_line.html", form, **shown)


@bp.route("/contracts/<int:contract_id>/lines/<int:line_id>/storage", methods=["GET", "POST"])
@requires(P.CONTRACT_EDIT)
def storage(contract_id: int, line_id: int) -> Any:
    """How stored goods become quantities to pay for."""
    contract, row = _line(contract_id, line_id)
    form = StorageForm(data={**storage_as_typed(row), "version": str(contract.version)})
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, partial(_write_storage, contract, row, form))
        if ok:
            return _line_saved(contract_id)
    shown = {"contract": contract, "row": row, "changes": changes}
    return form_page("contracts/desk_storage.html", form, **shown)


def write_line(contract: Contract, row: ContractLine, values: dict[str, Any]) -> None:
    """One line of a draft; what is wrong is told at the form's own fields."""
    try:
        edit = LineEdit(row.id, values)
        lines.edit(contract, [edit], g.viewer, clock.now(), seen())
    except InvalidMany as error:
        raise InvalidMany({k.rpartition("-")[2]: v for k, v in error.errors.items()}) from error


def refused_or(response: Any) -> Any:
    """A page; with nothing kept of the request where it was sent."""
    return refuse(make_response(response, 422)) if request.method == "POST" else response


def _line(contract_id: int, line_id: int) -> tuple[Contract, ContractLine]:
    contract = contract_of(contract_id)
    check_editable(contract)
    return contract, one_of(contract.lines, line_id)


def _line_saved(contract_id: int) -> Any:
    flash(_("Saved."), "success")
    return back(contract_id, "lines")


def _write_storage(contract: Contract, row: ContractLine, form: StorageForm) -> None:
    try:
        write_line(contract, row, {"storage_policy": form.policy(row)})
    except InvalidMany as error:
        raise Invalid(next(iter(error.errors.values()))) from error


def _apply(contract: Contract, typed: Grid, remove: str) -> None:
    """Everything that was touched, and the row that its button takes away."""
    edits = typed.edits(request.form.get("reason", ""))
    if typed.errors:
        raise InvalidMany({})
    if remove.isdecimal():
        gone = int(remove)
        edits = [each for each in edits if each.line_id != gone] + [LineEdit(gone, remove=True)]
    lines.edit(contract, edits, g.viewer, clock.now(), seen())


def _refused(contract_id: int, typed: Grid, error: Any) -> Any:
    for name, text in getattr(error, "errors", {}).items():
        typed.wrong(name, text)
    if not typed.errors:
        flash(say(error.text), "error")
    db.session.rollback()
    shown = context(contract_of(contract_id), Shown(typed, request.form.get("was")))
    return refuse(make_response(page(PAGE, **shown), 422))


def _stale(contract: Contract, typed: Grid, error: StaleEdit) -> Any:
    """The lines as they are now, with what this person changed still in its cells."""
    flash(say(error.text), "warning")
    flash(_("What you typed is still in the fields. Compare, then save again."), "warning")
    typed.forget_untouched()
    return refuse(make_response(page(PAGE, **context(contract, Shown(typed))), 409))
