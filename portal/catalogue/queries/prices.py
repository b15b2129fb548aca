"""Prices of a lane for the quotation desk: all that one may use, side by side (REQUIREMENTS Q2-Q5, DOMAIN C3, S2, S3).

Everything the desk asks of the catalogue is found here: `usable_schemes`, `lane_prices`, `charges_beside`,
`surcharges_for`, `exchange_rate`, `tax_of`, `price_history`, `costs_of_prices`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.models import Price, PriceScheme, ServiceItem, Tariff
from portal.catalogue.models.items import ANY
from portal.catalogue.queries.costs import costs_of_prices
from portal.catalogue.queries.history import PricePoint, price_history
from portal.catalogue.queries.places import all_places, chain
from portal.catalogue.queries.rates import TaxInForce, exchange_rate, tax_of
from portal.catalogue.queries.schemes import covering, usable_schemes
from portal.catalogue.queries.surcharges import AttachedSurcharge, surcharges_for
from portal.catalogue.rules.margin import CostComponent
from portal.catalogue.rules.picking import is_freight, narrowest, rank
from portal.catalogue.rules.terms import PriceTerms
from portal.customers.models import Customer
from portal.db.base import db

__all__ = [
    "AttachedSurcharge",
    "LanePrice",
    "PricePoint",
    "TaxInForce",
    "charges_beside",
    "costs_of_prices",
    "exchange_rate",
    "lane_price",
    "lane_prices",
    "price_history",
    "prices_named",
    "successors",
    "surcharges_for",
    "tax_of",
    "usable_schemes",
]

Which = Literal["freight", "all"]


@dataclass(frozen=True, slots=True)
class LanePrice:
    """One price that may be quoted, with all that the desk shows or copies into a line.

    `level` is how far its places are from those asked for: 0 exact, then city, province, country, region. Validity is
    the line's own inside its tariff's; both days included. `costs` is None for a viewer who may not see costs, and
    empty when none are known.
    """

    price_id: int
    item_id: int
    item_code: str
    tariff_id: int
    tariff_code: str
    scheme_id: int
    scheme_code: str
    scheme_name_zh: str
    scheme_name_en: str
    scheme_kind: str
    stacks: bool
    category: str
    load: str
    charge_code: str
    name_zh: str
    name_en: str
    section: str
    origin: str
    destination: str
    packaging: str
    carrier: str
    qualifier: str
    currency: str
    basis: str
    unit: str
    main_unit: str
    headline: Decimal | None
    terms: PriceTerms
    inclusive: frozenset[str]
    transit_days: int | None
    free_days: int | None
    valid_from: date
    valid_to: date | None
    reference_date: str
    tax_class: str
    tax_inclusive: bool
    floor_margin_percent: Decimal | None
    discount_limit_percent: Decimal
    note: str
    level: int
    costs: tuple[CostComponent, ...] | None = None


def lane_prices(
    viewer: Viewer,
    customer: Customer | None,
    origin: str,
    destination: str,
    *,
    on: date,
    packaging: str | None = None,
    category: str | None = None,
    charges: Which = "freight",
    limit: int = 200,
) -> list[LanePrice]:
    """The prices from `origin` to `destination` (place codes) that `viewer` may quote to `customer` on a day.

    For each scheme, carrier and charge the narrowest level of places that has a valid line wins: exact, city,
    province, country, region (DOMAIN C3). In the order of picking: customer, tier, promotion, standard; then by box
    and price. `packaging` keeps prices for that box and those for any; `charges="all"` adds what stands beside the
    freight on the carrier's sheet. `costs` are filled for viewers who may see them.
    """
    tariffs = _tariffs(usable_schemes(viewer, customer, on), on)
    if not tariffs:
        return []
    known = all_places()
    origins, destinations = chain(origin, known), chain(destination, known)
    statement = _lane_select(origins, destinations).where(
        Price.tariff_id.in_(sorted(tariffs)), _valid_on(on)
    )
    if packaging:
        statement = statement.where(Price.packaging.in_((packaging, ANY)))
    if category:
        statement = statement.where(Price.category == category)
    rows = [row for row in db.session.execute(statement) if _wanted(row, charges)]
    far = (
        {code: at for at, code in enumerate(origins)},
        {c: at for at, c in enumerate(destinations)},
    )
    rows = narrowest(rows, _competing, lambda row: _distance(row, *far))
    rows.sort(key=lambda row: _in_order(row, tariffs[row.tariff_id]))
    found = [_lane_price(row, tariffs[row.tariff_id], max(_distance(row, *far))) for row in rows]
    return _with_costs(found[:limit], viewer)


def lane_price(
    price_id: int, viewer: Viewer, customer: Customer | None, on: date
) -> LanePrice | None:
    """One price by its id, if `viewer` may quote it to `customer` on a day; None otherwise."""
    return prices_named((price_id,), viewer, customer, on).get(price_id)


def prices_named(
    price_ids: Iterable[int], viewer: Viewer, customer: Customer | None, on: date
) -> dict[int, LanePrice]:
    """Price id → price, for those that `viewer` may quote to `customer` on a day, in the order given."""
    ids = list(dict.fromkeys(price_ids))
    return _where(Price.id.in_(sorted(ids)), viewer, customer, on, lambda row: ids.index(row.id))


def successors(
    keys: Iterable[tuple[int, int, str]], viewer: Viewer, customer: Customer | None, on: date
) -> dict[tuple[int, int, str], LanePrice]:
    """(scheme id, item id, carrier) → the price in force on a day, where there is still one (DOMAIN P18)."""
    wanted = set(keys)
    items = sorted({item_id for _, item_id, _ in wanted})
    found = _where(Price.item_id.in_(items), viewer, customer, on, lambda row: row.id)
    by_key = {(each.scheme_id, each.item_id, each.carrier): each for each in found.values()}
    return {key: price for key, price in by_key.items() if key in wanted}


def _where(
    criterion: ColumnElement[bool],
    viewer: Viewer,
    customer: Customer | None,
    on: date,
    order: Callable[[Row[Any]], int],
) -> dict[int, LanePrice]:
    tariffs = _tariffs(usable_schemes(viewer, customer, on), on)
    statement = _columns().where(criterion, Price.tariff_id.in_(sorted(tariffs)), _valid_on(on))
    rows = sorted(db.session.execute(statement), key=order)
    found = [_lane_price(row, tariffs[row.tariff_id], 0) for row in rows]
    return {each.price_id: each for each in _with_costs(found, viewer)}


def prices_of_items(
    item_ids: Iterable[int], viewer: Viewer, customer: Customer | None, on: date
) -> list[LanePrice]:
    """The prices of service items that `viewer` may quote to `customer` on a day, in the order of picking."""
    wanted = sorted(set(item_ids))
    if not wanted:
        return []
    found = _where(Price.item_id.in_(wanted), viewer, customer, on, lambda row: row.id)
    return sorted(found.values(), key=lambda each: (rank(each.scheme_kind), each.price_id))


def charges_beside(
    viewer: Viewer, customer: Customer | None, picked: LanePrice, on: date
) -> list[LanePrice]:
    """What the same sheet charges beside a picked freight: same tariff, places, carrier and qualifier.

    Charges that the freight's price includes are among them; the engine leaves them out and says so (DOMAIN U4).
    """
    tariffs = _tariffs(usable_schemes(viewer, customer, on), on)
    if picked.tariff_id not in tariffs:
        return []
    statement = _columns().where(
        Price.tariff_id == picked.tariff_id,
        Price.origin == picked.origin,
        Price.destination == picked.destination,
        Price.carrier == picked.carrier,
        Price.packaging.in_((picked.packaging, ANY)),
        Price.charge_code != picked.charge_code,
        _valid_on(on),
    )
    rows = [row for row in db.session.execute(statement.order_by(Price.id)) if _beside(row, picked)]
    found = [_lane_price(row, tariffs[picked.tariff_id], picked.level) for row in rows]
    return _with_costs(found, viewer)


# -- how it is found


def _tariffs(schemes: Sequence[PriceScheme], on: date) -> dict[int, tuple[Tariff, PriceScheme]]:
    """Tariff id → the tariff in force on the day and its scheme."""
    by_id = {scheme.id: scheme for scheme in schemes}
    if not by_id:
        return {}
    statement = select(Tariff).where(Tariff.scheme_id.in_(sorted(by_id)), *covering(on))
    return {row.id: (row, by_id[row.scheme_id]) for row in db.session.scalars(statement)}


def _columns() -> Select[Any]:
    item = (
        ServiceItem.code.label("item_code"),
        ServiceItem.name_zh,
        ServiceItem.name_en,
        ServiceItem.load,
        ServiceItem.qualifier,
        ServiceItem.section,
        ServiceItem.main_unit,
        ServiceItem.tax_class,
        ServiceItem.tax_inclusive,
    )
    return select(*Price.__table__.c, *item).join(ServiceItem, ServiceItem.id == Price.item_id)


def _lane_select(origins: Sequence[str], destinations: Sequence[str]) -> Select[Any]:
    statement = _columns().where(Price.origin.in_(origins), Price.destination.in_(destinations))
    if len(origins) > 1 or len(destinations) > 1:
        statement = statement.where(or_(Price.origin != ANY, Price.destination != ANY))
    return statement


def _valid_on(on: date) -> ColumnElement[bool]:
    started = or_(Price.valid_from.is_(None), Price.valid_from <= on)
    return and_(started, or_(Price.valid_to.is_(None), Price.valid_to >= on))


def _wanted(row: Row[Any], charges: Which) -> bool:
    return charges == "all" or is_freight(row.charge_code)


def _competing(row: Row[Any]) -> tuple[Any, ...]:
    """What only one level of places may answer: one scheme's price of one charge by one carrier."""
    same = (row.tariff_id, row.carrier, row.charge_code, row.load, row.packaging, row.unit)
    return (*same, row.qualifier)


def _distance(
    row: Row[Any], origins: dict[str, int], destinations: dict[str, int]
) -> tuple[int, ...]:
    from_here, to_there = origins[row.origin], destinations[row.destination]
    return from_here + to_there, to_there


def _beside(row: Row[Any], picked: LanePrice) -> bool:
    return not is_freight(row.charge_code) and row.qualifier in ("", picked.qualifier)


def _in_order(row: Row[Any], of: tuple[Tariff, PriceScheme]) -> tuple[Any, ...]:
    price = row.headline if row.headline is not None else Decimal("Infinity")
    return (rank(of[1].kind), row.category, row.packaging, row.currency, price, row.id)


_AS_STORED = (
    "item_id", "item_code", "category", "load", "charge_code", "name_zh", "name_en", "section", "origin",
    "destination", "packaging", "carrier", "qualifier", "currency", "basis", "unit", "main_unit", "headline",
    "transit_days", "free_days", "tax_class", "tax_inclusive", "note",
)  # fmt: skip


def _lane_price(row: Row[Any], of: tuple[Tariff, PriceScheme], level: int) -> LanePrice:
    tariff, scheme = of
    own_end = row.valid_to or tariff.valid_to
    return LanePrice(
        **{name: getattr(row, name) for name in _AS_STORED},
        price_id=row.id,
        tariff_id=tariff.id,
        tariff_code=tariff.code,
        scheme_id=scheme.id,
        scheme_code=scheme.code,
        scheme_name_zh=scheme.name_zh,
        scheme_name_en=scheme.name_en,
        scheme_kind=scheme.kind,
        stacks=scheme.stacks,
        terms=_terms(row.terms, scheme),
        inclusive=frozenset(row.inclusive_codes.split()),
        valid_from=max(row.valid_from or tariff.valid_from, tariff.valid_from),
        valid_to=min(own_end, tariff.valid_to) if own_end and tariff.valid_to else own_end,
        reference_date=scheme.reference_date,
        floor_margin_percent=scheme.floor_margin_percent,
        discount_limit_percent=scheme.discount_limit_percent,
        level=level,
    )


def _terms(stored: Any, scheme: PriceScheme) -> PriceTerms:
    """The line's terms; a scheme may switch stepping up (靠级) on or off for all its lines (DOMAIN P7)."""
    terms = PriceTerms.from_json(stored)
    if scheme.step_up is None or not terms.breaks or terms.step_up == scheme.step_up:
        return terms
    return replace(terms, step_up=scheme.step_up)


def _with_costs(prices: list[LanePrice], viewer: Viewer) -> list[LanePrice]:
    if not viewer.may(Permission.COST_SEE):
        return prices
    costs = costs_of_prices(price.price_id for price in prices)
    return [replace(price, costs=costs[price.price_id]) for price in prices]
