"""Lines by hand and the grid: quantities, prices with their reason, discounts, order, removals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.money import currency_of
from portal.kernel.text import Text, t
from portal.kernel.units import unit_of
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.lines import append, done, remove, set_tax
from portal.quotations.models import QuotationLine, QuotationVersion


@dataclass(frozen=True, slots=True)
class ManualLine:
    """A line set by hand: what, how much, at what price, and why (DOMAIN P17)."""

    name_zh: str
    unit: str
    currency: str
    rate: Decimal | None
    quantity: Decimal
    reason: str
    name_en: str = ""
    section: str = "other"
    option: str = ""
    tax_class: str = "service_6"
    tax_inclusive: bool = True
    is_collect: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class LineEdit:
    """One row of the grid as it came back. None leaves a value; `measured` returns to the measured quantity."""

    line_id: int
    quantity: Decimal | None = None
    measured: bool = False
    rate: Decimal | None = None
    reason: str | None = None
    discount: Decimal | None = None
    note: str | None = None
    option: str | None = None
    section: str | None = None
    position: int | None = None
    is_on_request: bool | None = None
    is_collect: bool | None = None
    remove: bool = False


def add_manual(
    version: QuotationVersion,
    line: ManualLine,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """A line whose price a person sets; it is marked, reasoned, and goes through approval."""
    check_editable(version, seen)
    _check_manual(line)
    row = QuotationLine(
        customer_id=version.customer_id,
        section=line.section,
        option=line.option,
        name_zh=line.name_zh,
        name_en=line.name_en,
        unit=line.unit,
        currency=line.currency,
        quantity_given=line.quantity,
        terms=_manual_terms(line.unit, line.currency, line.rate).to_json(),
        is_manual=line.rate is not None,
        manual_reason=line.reason.strip() or None,
        is_on_request=line.rate is None,
        is_collect=line.is_collect,
        note=line.note,
    )
    set_tax(row, line.tax_class, line.tax_inclusive, now)
    append(version, row)
    done(version, actor, now, {"added": [line.name_zh], "reason": line.reason})


def edit_lines(
    version: QuotationVersion,
    edits: Iterable[LineEdit],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Apply the grid: quantities, prices by hand, discounts, notes, order, removals. All of it or nothing.

    InvalidMany names fields `lines-<id>-<field>`.
    """
    check_editable(version, seen)
    rows = {row.id: row for row in version.lines}
    errors: dict[str, Text] = {}
    for edit in edits:
        row = rows.get(edit.line_id)
        if row is None:
            raise Invalid(t("One of these lines is no longer there. Reload the page."))
        if edit.remove:
            remove(version, row)
        else:
            errors |= _edit(row, edit)
    if errors:
        raise InvalidMany(errors)
    done(version, actor, now, {"lines": len(version.lines)})


def _edit(row: QuotationLine, edit: LineEdit) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    name = f"lines-{row.id}"
    if edit.measured:
        row.quantity_given = None
    elif edit.quantity is not None and edit.quantity != row.quantity:
        if edit.quantity <= 0:
            errors[f"{name}-quantity"] = t("A quantity is more than 0.")
        row.quantity_given = edit.quantity
    if edit.discount is not None:
        if not 0 <= edit.discount <= 100:
            errors[f"{name}-discount"] = t("A discount is between 0 and 100 percent.")
        row.discount_percent = edit.discount
    if edit.rate is not None and edit.rate != row.rate:
        errors |= _set_rate(row, edit, name)
    elif row.is_manual and (edit.reason or "").strip():
        row.manual_reason = (edit.reason or "").strip()
    for field in ("note", "option", "section", "position", "is_on_request", "is_collect"):
        value = getattr(edit, field)
        if value is not None:
            setattr(row, field, value)
    return errors


def _set_rate(row: QuotationLine, edit: LineEdit, name: str) -> dict[str, Text]:
    """A price by hand: the terms become that price for one unit, the quantity stays."""
    if not (edit.reason or row.manual_reason or "").strip():
        return {f"{name}-reason": t("Say why the price is set by hand.")}
    if edit.rate is not None and edit.rate < 0:
        return {f"{name}-rate": t("A price cannot be negative.")}
    if row.unit in ("", "P1"):  # a percentage, or a line without any price yet: one lump sum
        row.unit, row.quantity_given = "LS", Decimal(1)
    elif row.quantity_given is None:
        row.quantity_given = row.quantity
    row.terms = _manual_terms(row.unit, row.currency, edit.rate).to_json()
    row.is_manual, row.manual_reason = True, (edit.reason or row.manual_reason or "").strip()
    row.is_on_request = False
    return {}


def _manual_terms(unit: str, currency: str, rate: Decimal | None) -> PriceTerms:
    if rate is None:
        return PriceTerms(Basis.AT_COST, unit, currency)
    return PriceTerms(Basis.PER_UNIT, unit, currency, rate=rate)


def _check_manual(line: ManualLine) -> None:
    errors: dict[str, Text] = {}
    if not line.name_zh.strip():
        errors["name_zh"] = t("Name the charge.")
    if line.rate is not None and not line.reason.strip():
        errors["reason"] = t("Say why the price is set by hand.")
    if line.rate is not None and line.rate < 0:
        errors["rate"] = t("A price cannot be negative.")
    if line.quantity <= 0:
        errors["quantity"] = t("A quantity is more than 0.")
    for field, check, value in (
        ("currency", currency_of, line.currency),
        ("unit", unit_of, line.unit),
    ):
        try:
            check(value)
        except Invalid as error:
            errors[field] = error.text
    if errors:
        raise InvalidMany(errors)
