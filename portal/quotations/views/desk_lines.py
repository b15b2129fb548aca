"""The charges of a draft: the grid, and every way to add to it."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, flash, g, make_response, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.models import Bundle
from portal.catalogue.queries.items import bundle_list
from portal.catalogue.queries.prices import lane_prices
from portal.catalogue.queries.rates import tax_classes
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany, NotFound, StaleEdit
from portal.quotations.actions import arranging, grid, lines
from portal.quotations.actions.drafting import check_editable
from portal.quotations.forms.lines import Grid, ManualLineForm, as_was
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.views.desk_door import (
    back,
    bp,
    done,
    quotation_and_version,
    seen,
    today,
    went_well,
)
from portal.quotations.views.desk_page import Shown, context
from portal.quotations.views.desk_stale import said
from portal.web.fields import read_number
from portal.web.flask_app import once, refuse
from portal.web.forms import form_page
from portal.web.pages import page
from portal.web.words import name_of, say

PAGE = "quotations/desk_show.html"


@bp.post("/quotations/<int:quotation_id>/lines")
@requires(P.QUOTATION_EDIT)
def save_lines(quotation_id: int) -> Any:
    """Save the grid, and take the one step of the button that sent it (move, remove, on request …)."""
    quotation, version = quotation_and_version(quotation_id)
    typed = Grid.read(request.form)
    try:
        _apply(version, typed, step=request.form.get("do", ""))
    except StaleEdit as error:
        return _stale(quotation, version, typed, error)
    except (Invalid, InvalidMany) as error:
        return _refused(quotation, version, typed, error)
    flash(_("Saved."), "success")
    return back(quotation_id, "charges")


@bp.post("/quotations/<int:quotation_id>/lines/preview")
@requires(P.QUOTATION_EDIT)
def preview_lines(quotation_id: int) -> Any:
    """The page as it would be with what is typed; nothing is kept."""
    quotation, version = quotation_and_version(quotation_id)
    typed, was = Grid.read(request.form), as_was(version.lines)
    counter = version.version
    try:
        _apply(version, typed, step="")
    except StaleEdit as error:
        return _stale(quotation, version, typed, error)
    except (Invalid, InvalidMany) as error:
        return _refused(quotation, version, typed, error)
    shown = context(quotation, version, Shown(typed, was, typed.is_touched, counter))
    return refuse(make_response(page(PAGE, **shown)))


@bp.route("/quotations/<int:quotation_id>/lines/new", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_EDIT)
def new_line(quotation_id: int) -> Any:
    """A charge by hand, marked and reasoned."""
    quotation, version = quotation_and_version(quotation_id)
    check_editable(version)
    form = ManualLineForm(currency=version.total_currency, tax_class="service_6")
    form.tax_class.choices = [(each.tax_class, name_of(each)) for each in tax_classes(today())]
    if form.validate_on_submit():
        verb = partial(grid.add_manual, version, form.line(), g.viewer, clock.now())
        if went_well(form, verb):
            flash(_("The charge is added."), "success")
            return back(quotation_id, "charges")
    return form_page("quotations/desk_line_new.html", form, quotation=quotation)


@bp.post("/quotations/<int:quotation_id>/surcharges/<int:rule_id>")
@requires(P.QUOTATION_EDIT)
def add_surcharge(quotation_id: int, rule_id: int) -> Response:
    """An optional surcharge that the customer asked for."""
    _quotation, version = quotation_and_version(quotation_id)
    verb = partial(lines.add_surcharge, version, rule_id, g.viewer, clock.now(), seen())
    return done(quotation_id, _("The surcharge is added."), verb)


@bp.route("/quotations/<int:quotation_id>/bundles", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_EDIT)
def bundles(quotation_id: int) -> Any:
    """Choose a bundle; its items become lines with their own prices."""
    quotation, version = quotation_and_version(quotation_id)
    check_editable(version)
    active = list(db.session.scalars(bundle_list().where(Bundle.active.is_(True))))
    wanted = request.form.get("bundle", "")
    if request.method == "POST":
        chosen = next((each for each in active if str(each.id) == wanted), None)
        if chosen is None:
            raise NotFound()
        verb = partial(_expand, quotation, version, chosen)
        return done(quotation_id, _("The bundle is added."), verb)
    return page("quotations/desk_bundles.html", quotation=quotation, bundles=active)


@bp.post("/quotations/<int:quotation_id>/discount")
@requires(P.QUOTATION_EDIT)
def discount(quotation_id: int) -> Response:
    """One discount for all lines."""
    _quotation, version = quotation_and_version(quotation_id)

    def verb() -> None:
        percent = read_number(request.form.get("discount", "")) or Decimal(0)
        arranging.discount_all(version, percent, g.viewer, clock.now(), seen())

    return done(quotation_id, _("The discount is on every line."), verb)


def _expand(quotation: Quotation, version: QuotationVersion, bundle: Bundle) -> None:
    on = version.reference_on or today()
    items = {line.item_id for line in bundle.lines}
    found = lane_prices(
        g.viewer, quotation.customer, version.origin, version.destination, on=on, charges="all"
    )
    prices = [each for each in found if each.item_id in items]
    lines.add_bundle(version, bundle, prices, g.viewer, clock.now(), seen())


def _apply(version: QuotationVersion, typed: Grid, step: str) -> None:
    """Everything that was touched, then the button's step. InvalidMany with the cells that are wrong."""
    edits = typed.edits(request.form.get("reason", ""))
    if typed.errors:
        raise InvalidMany({})
    if edits:
        grid.edit_lines(version, edits, g.viewer, clock.now(), seen())
    else:
        check_editable(version, seen())
    verb, _colon, rest = step.partition(":")
    line, _colon, what = rest.partition(":")
    if verb in STEPS and line.isdecimal():
        STEPS[verb](version, int(line), what)


def _refused(quotation: Quotation, version: QuotationVersion, typed: Grid, error: Any) -> Any:
    for name, text in getattr(error, "errors", {}).items():
        typed.wrong(name, text)
    if not typed.errors:
        flash(say(error.text), "error")
    db.session.rollback()
    shown = context(*quotation_and_version(quotation.id), Shown(typed, request.form.get("was")))
    return refuse(make_response(page(PAGE, **shown), 422))


def _stale(quotation: Quotation, version: QuotationVersion, typed: Grid, error: StaleEdit) -> Any:
    """The lines as they are now, with what this person changed still in its cells."""
    said(error)
    typed.forget_untouched()
    shown = context(quotation, version, Shown(typed))
    return refuse(make_response(page(PAGE, **shown), 409))


def _edit(version: QuotationVersion, line_id: int, **what: Any) -> None:
    grid.edit_lines(version, [grid.LineEdit(line_id, **what)], g.viewer, clock.now())


def _move(version: QuotationVersion, line_id: int, by: int) -> None:
    arranging.move(version, line_id, by, g.viewer, clock.now())


def _section(version: QuotationVersion, line_id: int, section: str) -> None:
    arranging.put_in_section(version, line_id, section, g.viewer, clock.now())


STEPS = {
    "up": lambda v, i, _what: _move(v, i, -1),
    "down": lambda v, i, _what: _move(v, i, 1),
    "section": _section,
    "remove": lambda v, i, _what: _edit(v, i, remove=True),
    "request": lambda v, i, what: _edit(v, i, is_on_request=what != "off"),
    "collect": lambda v, i, what: _edit(v, i, is_collect=what != "off"),
    "measured": lambda v, i, _what: _edit(v, i, measured=True),
}
