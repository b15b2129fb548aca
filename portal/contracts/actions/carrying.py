"""From the accepted lines of a quotation to the lines of a contract, price and terms unchanged (DOMAIN Q7, S5)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select

from portal.catalogue.models import ServiceItem
from portal.catalogue.rules.picking import is_freight
from portal.catalogue.rules.storage import policy_of_price
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.contracts.models import Contract, ContractLine
from portal.db.base import db
from portal.kernel.boxes import TeuPractice
from portal.kernel.units import UNITS, convert
from portal.quotations.models import QuotationLine, QuotationVersion
from portal.quotations.rules.pricing import statistical

ONE = Decimal(1)
SIX_PLACES = Decimal("0.000001")


def carried_lines(version: QuotationVersion, contract: Contract) -> list[ContractLine]:
    """A contract line for each accepted charge of a service item that has a price and is ours to bill."""
    return [_carried(row, contract) for row in accepted_lines(version)]


def accepted_lines(version: QuotationVersion) -> list[QuotationLine]:
    """The charges of the version that become lines of a contract."""
    return [row for row in _offered(version) if _can_be_carried(row)]


def left_out(version: QuotationVersion) -> list[QuotationLine]:
    """What was accepted but becomes no line: no service item, no price yet, or paid at the destination."""
    return [row for row in _offered(version) if not _can_be_carried(row)]


def categories(version: QuotationVersion) -> list[str]:
    """The kinds of service that were accepted."""
    ids = {row.item_id for row in accepted_lines(version)}
    statement = select(ServiceItem.category).where(ServiceItem.id.in_(ids)).distinct()
    return sorted(db.session.scalars(statement))


def quantity_of(row: QuotationLine) -> Decimal | None:
    """How much is bought; a percentage of other charges has no quantity of its own."""
    return None if _basis(row) is Basis.PERCENT else row.quantity


def stat_factor(unit: str, counted: str) -> Decimal:
    """Statistical units in one unit: 2 for a 40HQ counted in TEU (DESIGN section 4), 0.001 for a kg in tonnes."""
    if unit == counted:
        return ONE
    if counted == "TEU":
        return statistical(unit, ONE, TeuPractice.BY_PORT)
    if not _converts(unit, counted):
        return ONE
    return convert(ONE, unit, counted).quantize(SIX_PLACES, ROUND_HALF_UP)


def counted_in(unit: str, main_unit: str, charge_code: str) -> str:
    """In which unit a line feeds the totals: the service's main unit where its own can be counted in that (C4, C5).

    TEU are counted by the carriage alone: terminal handling or a seal on the same box would count it again.
    """
    if main_unit == "TEU":
        return "TEU" if is_freight(charge_code) else unit
    return main_unit if _converts(unit, main_unit) else unit


def _converts(unit: str, main_unit: str) -> bool:
    one, other = UNITS.get(unit), UNITS.get(main_unit)
    return unit == main_unit or (
        one is not None and other is not None and one.dimension == other.dimension
        and one.factor is not None and other.factor is not None
    )  # fmt: skip


def full_name(name: str, packaging: str) -> str:
    """`海运费 40HQ`: a box has a price of its own, so it stands in the line's name."""
    return name if not packaging or packaging in name else f"{name} {packaging}"


def _offered(version: QuotationVersion) -> list[QuotationLine]:
    """The lines of the chosen alternative and those common to all, without what applied to nothing."""
    chosen = version.accepted_option or _only_option(version)
    return [
        row
        for row in version.lines
        if row.option in ("", chosen) and row.split_of_id is None and not _applies_to_nothing(row)
    ]


def _only_option(version: QuotationVersion) -> str:
    options = {row.option for row in version.lines if row.option}
    return options.pop() if len(options) == 1 else ""


def _applies_to_nothing(row: QuotationLine) -> bool:
    return bool(row.problem) and row.amount is not None


def _can_be_carried(row: QuotationLine) -> bool:
    priced = bool(row.terms) and row.amount is not None and not row.is_on_request
    return row.item_id is not None and priced and not row.is_collect


def _basis(row: QuotationLine) -> Basis:
    return PriceTerms.from_json(row.terms or {"basis": "at_cost"}).basis


def _carried(row: QuotationLine, contract: Contract) -> ContractLine:
    terms = PriceTerms.from_json(row.terms or {})
    policy = policy_of_price(terms)
    counted = counted_in(row.unit or "LS", row.main_unit, row.charge_code)
    return ContractLine(
        customer_id=contract.customer_id,
        quotation_line_id=row.id,
        item_id=row.item_id,
        name_zh=full_name(row.name_zh, row.packaging)[:160],
        name_en=full_name(row.name_en, row.packaging)[:200] if row.name_en else "",
        quantity=quantity_of(row),
        unit=row.unit or "LS",
        main_unit=counted,
        stat_factor=stat_factor(row.unit, counted),
        currency=row.currency,
        rate=row.rate,
        discount_percent=row.discount_percent,
        price_terms=row.terms,
        storage_policy=policy.to_json() if policy else None,
        tax_class=row.tax_class,
        tax_percent=row.tax_percent,
        tax_inclusive=row.tax_inclusive,
        from_on=contract.starts_on,
        until_on=contract.ends_on,
        price_id=row.price_id,
        scheme_id=row.scheme_id,
        manual_reason=row.manual_reason or "",
        note=row.note,
    )
