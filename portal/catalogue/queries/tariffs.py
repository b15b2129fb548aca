"""Tariffs and their prices: the lists, and prices as the rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.models import Price, PriceCost, PriceScheme, ServiceItem, Tariff
from portal.catalogue.queries.costs import component_of
from portal.catalogue.queries.schemes import IN_FORCE, covering, seen_by
from portal.catalogue.rules.margin import CostComponent
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.terms import PriceTerms
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.kernel.pinyin import normalise

READ_AT_ONCE = 2_000


def tariff_list(viewer: Viewer) -> Select[Tariff]:
    """The tariffs of the schemes that `viewer` may look at, with their scheme."""
    return (
        select(Tariff)
        .join(Tariff.scheme)
        .where(seen_by(viewer))
        .options(contains_eager(Tariff.scheme))
    )


def tariff(tariff_id: int, viewer: Viewer) -> Tariff:
    """One tariff that `viewer` may look at; NotFound otherwise."""
    row = db.session.scalar(tariff_list(viewer).where(Tariff.id == tariff_id))
    if row is None:
        raise NotFound()
    return row


def tariff_by_code(code: str, viewer: Viewer) -> Tariff | None:
    """The tariff with this code, if `viewer` may look at it."""
    return db.session.scalar(tariff_list(viewer).where(Tariff.code == code))


def in_force(scheme_id: int, on: date) -> Tariff | None:
    """The tariff of a scheme that prices the day `on`; None when none does."""
    statement = select(Tariff).where(Tariff.scheme_id == scheme_id, *covering(on))
    return db.session.scalar(statement.order_by(Tariff.id.desc()).limit(1))


def usable_for_batch(viewer: Viewer) -> list[Tariff]:
    """The tariffs that a file of shipments may be priced by: drafts and those ever in force, the newest first."""
    statement = tariff_list(viewer).where(Tariff.state.in_((*IN_FORCE, "draft")))
    return list(db.session.scalars(statement.order_by(PriceScheme.code, Tariff.version_no.desc())))


def price_list(tariff_id: int) -> Select[Any]:
    """(price, item) of one tariff: who asks has fetched the tariff through `tariff`."""
    statement: Select[Any] = select(Price, ServiceItem).join(  # type: ignore[assignment]
        ServiceItem, ServiceItem.id == Price.item_id
    )
    return statement.where(Price.tariff_id == tariff_id)


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` with items, narrowed to those found by every word: Chinese, pinyin, initials, codes."""
    for word in normalise(words).lower().split():
        statement = statement.where(ServiceItem.search_text.contains(word, autoescape=True))
    return statement


def rows_of(tariff: Tariff, viewer: Viewer) -> Iterator[PriceRow]:
    """The prices of a tariff as rows of a sheet, in the order of the sheet they came from.

    Costs only for a viewer who may see them. Memory stays flat: rows are read in parts.
    """
    last = 0
    while True:
        part = list(
            db.session.execute(
                price_list(tariff.id).where(Price.id > last).order_by(Price.id).limit(READ_AT_ONCE)
            )
        )
        if not part:
            return
        costs = _costs(part[0][0].id, part[-1][0].id, tariff.id, viewer)
        for price, item in part:
            yield _row(price, item, costs.get(price.id, ()))
        last = part[-1][0].id
        for price, _ in part:
            db.session.expunge(price)


def _costs(
    first: int, last: int, tariff_id: int, viewer: Viewer
) -> dict[int, tuple[CostComponent, ...]]:
    if not viewer.may(Permission.COST_SEE):
        return {}
    statement = (
        select(PriceCost, Price.currency)
        .join(Price, Price.id == PriceCost.price_id)
        .where(Price.tariff_id == tariff_id, Price.id.between(first, last))
        .order_by(PriceCost.id)
    )
    found: dict[int, tuple[CostComponent, ...]] = {}
    for row, currency in db.session.execute(statement):
        found[row.price_id] = (*found.get(row.price_id, ()), component_of(row, currency))
    return found


def _row(price: Price, item: ServiceItem, costs: tuple[CostComponent, ...]) -> PriceRow:
    key = PriceKey(
        category=price.category,
        load=item.load,
        charge_code=price.charge_code,
        origin=price.origin,
        destination=price.destination,
        packaging=price.packaging,
        unit=price.unit,
        carrier=price.carrier,
        qualifier=item.qualifier,
    )
    return PriceRow(
        key=key,
        terms=PriceTerms.from_json(price.terms),
        charge_name=price.charge_name,
        costs=costs,
        transit_days=price.transit_days,
        free_days=price.free_days,
        valid_from=price.valid_from,
        valid_to=price.valid_to,
        inclusive=tuple(price.inclusive_codes.split()),
        note=price.note,
        source_rows=(price.source_row,) if price.source_row else (),
    )
