"""The order of lines, their sections, one discount for all, and alternatives side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.catalogue.queries.prices import LanePrice
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.lines import SECTIONS, add_prices, done
from portal.quotations.models import QuotationLine, QuotationVersion
from portal.quotations.rules.paper import MOST_OPTIONS
from portal.quotations.rules.pricing import FREIGHT


def move(
    version: QuotationVersion,
    line_id: int,
    by: int,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """One place up (-1) or down (1) inside the line's section; at either end nothing happens."""
    check_editable(version, seen)
    row = line_of(version, line_id)
    within = [each for each in in_order(version) if each.section == row.section]
    at = within.index(row)
    if 0 <= at + by < len(within):
        within[at], within[at + by] = within[at + by], within[at]
    _number(version, [each for each in in_order(version) if each.section != row.section] + within)
    done(version, actor, now, {"moved": row.name_zh})


def put_in_section(
    version: QuotationVersion,
    line_id: int,
    section: str,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """To the end of another section."""
    check_editable(version, seen)
    if section not in SECTIONS:
        raise Invalid(t("There is no section %(name)s.", name=section), "section")
    row = line_of(version, line_id)
    others = [each for each in in_order(version) if each is not row]
    row.section = section
    _number(version, [*others, row])
    done(version, actor, now, {"moved": row.name_zh, "section": section})


def discount_all(
    version: QuotationVersion,
    percent: Decimal,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """One discount on every line that the firm earns on: not on pass-through lines nor on those paid at destination."""
    check_editable(version, seen)
    if not 0 <= percent <= 100:
        raise Invalid(t("A discount is between 0 and 100 percent."), "discount")
    for row in version.lines:
        if not (row.is_pass_through or row.is_collect):
            row.discount_percent = percent
    before = {"discount": str(version.discount_percent)}
    version.discount_percent = percent
    done(version, actor, now, {"discount": str(percent), "before": before["discount"]})


def add_alternatives(
    version: QuotationVersion,
    alternatives: Mapping[str, Sequence[LanePrice]],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Prices as alternatives side by side: option name → its prices. Freight already there becomes one of them."""
    check_editable(version, seen)
    for row in version.lines:
        if row.section == FREIGHT and not row.option and row.price_id is not None:
            row.option = row.carrier or "A"
    options = {row.option for row in version.lines if row.option} | set(alternatives)
    if len(options) > MOST_OPTIONS:
        raise Invalid(t("At most %(most)s alternatives stand side by side.", most=MOST_OPTIONS))
    for option, prices in alternatives.items():
        add_prices(version, prices, actor, now, option=option[:40])
    _number(version, sorted(in_order(version), key=lambda row: not row.option))


def in_order(version: QuotationVersion) -> list[QuotationLine]:
    """The lines section by section, each with what was split from it."""
    return sorted(version.lines, key=lambda row: (_section(row), row.position, row.id or 0))


def line_of(version: QuotationVersion, line_id: int) -> QuotationLine:
    """One line of a version; Invalid when it is not there any more."""
    for row in version.lines:
        if row.id == line_id:
            return row
    raise Invalid(t("One of these lines is no longer there. Reload the page."))


def _section(row: QuotationLine) -> int:
    return SECTIONS.index(row.section) if row.section in SECTIONS else len(SECTIONS)


def _number(version: QuotationVersion, rows: Sequence[QuotationLine]) -> None:
    """Positions by section, then by the order given; the first alternative is the one whose total stands on lists."""
    for position, row in enumerate(sorted(rows, key=_section)):
        row.position = position
    version.lines.sort(key=lambda row: row.position)
