"""The service items of an opportunity as on a sheet, single or by a bundle (REQUIREMENTS O8, O19)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.queries.items import item_by_code
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.units import UNITS, find_unit, unit_word
from portal.opportunities.actions import editing
from portal.opportunities.actions.holding import check_open
from portal.opportunities.forms.describing import LinesForm
from portal.opportunities.models import Opportunity, OpportunityLine
from portal.opportunities.queries import one
from portal.opportunities.rules.values import NewLine
from portal.opportunities.views.choosing import bundles_offered, items_offered
from portal.opportunities.views.door import bp, opportunity_of, to_page
from portal.web.forms import form_page, tried
from portal.web.stepping import as_id, to
from portal.web.words import say

SPARE = 3
"""So many empty rows stand below those that are filled."""


@bp.route("/opportunities/<int:opportunity_id>/items", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def items(opportunity_id: int) -> Any:
    """All items at once: what stands here is what the opportunity has afterwards."""
    row = opportunity_of(opportunity_id)
    check_open(row)
    form = _form(row)
    if form.validate_on_submit():
        more = request.form.get("do", "")
        if tried(form, lambda: _saved(form, row, more)) is not None:
            if more:
                return to("desk_opportunities.items", opportunity_id=opportunity_id)
            flash(_("Saved."), "success")
            return to_page(opportunity_id, "items")
    offered = {"offered": items_offered(), "bundles": bundles_offered(), "units": _unit_words()}
    return form_page("opportunities/items.html", form, row=row, **offered)


def _form(row: Opportunity) -> LinesForm:
    lines, units = one.lines(row, g.viewer), _unit_words()
    first = {
        "version": str(row.version),
        "currency": row.currency,
        "takes_total": row.amount is None or row.amount_from == "items",
        "lines": [*(_typed(each, units) for each in lines), *({} for _spare in range(SPARE))],
    }
    return LinesForm(data=first)


def _typed(line: OpportunityLine, units: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": line.item.code if line.item else "",
        "name": line.name,
        "quantity": line.quantity,
        "unit": _unit_as_word(line.unit, units),
        "rate": line.rate,
    }


def _unit_words() -> dict[str, str]:
    """The code of every unit by its word in the reader's language; of one word for two units the first has it."""
    words: dict[str, str] = {}
    for code in UNITS:
        words.setdefault(say(unit_word(code)), code)
    return words


def _unit_as_word(code: str, units: Mapping[str, str]) -> str:
    """A unit as the sheet shows it: its word where that alone says which unit it is."""
    word = say(unit_word(code))
    return word if units.get(word) == code else code


def _unit_of(typed: str, units: Mapping[str, str]) -> str:
    """The code of a unit that somebody typed in any of its spellings; other words stay as they are."""
    word = typed.strip()
    known = find_unit(word) if word else None
    return units.get(word) or (known.code if known else word)


def _saved(form: LinesForm, row: Opportunity, more: str) -> Opportunity:
    units = _unit_words()
    lines = [line for entry in form.lines if (line := _line(entry.form, units)) is not None]
    if more == "bundle":
        lines += _of_bundle(as_id(request.form.get("bundle")))
    return editing.set_lines(
        row, lines, as_id(form.version.data), g.viewer, clock.now(),
        currency=form.currency.data, takes_total=bool(form.takes_total.data),
    )  # fmt: skip


def _line(form: Any, units: Mapping[str, str]) -> NewLine | None:
    """What a row says; None for an empty one. Invalid for a code that nothing has."""
    code = (form.code.data or "").partition(" · ")[0].strip()
    name, quantity = (form.name.data or "").strip(), form.quantity.data
    if not code and not name and form.rate.data is None:
        return None
    item = item_by_code(code) if code else None
    if code and item is None:
        raise Invalid(t("No service item has the code “%(code)s”.", code=code))
    return NewLine(
        item_id=item.id if item else None,
        name=name,
        quantity=Decimal(1) if quantity is None else quantity,
        unit=_unit_of(form.unit.data or "", units),
        rate=form.rate.data,
    )


def _of_bundle(bundle_id: int | None) -> list[NewLine]:
    bundle = next((each for each in bundles_offered() if each.id == bundle_id), None)
    if bundle is None:
        raise Invalid(t("Choose one of the list."))
    return [NewLine(item_id=each.item_id, quantity=each.quantity) for each in bundle.lines]
