"""Tariffs and their prices: the lists, and prices as the rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select
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


def to_compare_with(scheme_id: int, on: date) -> Tariff | None:
    """What prices from the day `on` are compared with: the tariff in force then, or the last one that ran out before.

    A sheet mostly begins where the one before it ends, and who loads it wants to see what goes up and down.
    """
    ended = select(Tariff).where(
        Tariff.scheme_id == scheme_id, Tariff.state.in_(IN_FORCE), Tariff.valid_to < on
    )
    latest = ended.order_by(Tariff.valid_to.desc(), Tariff.id.desc()).limit(1)
    return in_force(scheme_id, on) or db.session.scalar(latest)


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


class StoredPrice(NamedTuple):
    """One price as it lies in the table, and its costs as far as the viewer may see them."""

    columns: Row[Any]
    costs: tuple[CostComponent, ...]

    @property
    def natural_key(self) -> str:
        """The key and first day, as `PriceRow.natural_key` writes it."""
        return str(self.columns.natural_key)

    def says(self, row: PriceRow) -> bool:
        """Whether a sheet's row says the very same; False may also mean the same in other figures (1.0 and 1)."""
        here = self.columns
        return (
            here.terms == row.terms.to_json()
            and (here.valid_from, here.valid_to) == (row.valid_from, row.valid_to)
            and (here.transit_days, here.free_days) == (row.transit_days, row.free_days)
            and (here.charge_name, here.note) == (row.charge_name, row.note)
            and here.inclusive_codes == " ".join(row.inclusive)
            and self.costs == row.costs
        )

    def row(self) -> PriceRow:
        """The price as a row of a sheet."""
        here = self.columns
        key = PriceKey(*(getattr(here, name) for name in PriceKey._fields))
        return PriceRow(
            key=key,
            terms=PriceTerms.from_json(here.terms),
            charge_name=here.charge_name,
            costs=self.costs,
            transit_days=here.transit_days,
            free_days=here.free_days,
            valid_from=here.valid_from,
            valid_to=here.valid_to,
            inclusive=tuple(here.inclusive_codes.split()),
            note=here.note,
            source_rows=(here.source_row,) if here.source_row else (),
        )


def stored_prices(tariff: Tariff, viewer: Viewer) -> Iterator[StoredPrice]:
    """The prices of a tariff in the order of the sheet they came from; memory stays flat."""
    columns = [Price.__table__.c[name] for name in _COLUMNS]
    statement = (
        select(*columns, ServiceItem.load, ServiceItem.qualifier)
        .join(ServiceItem, ServiceItem.id == Price.item_id)
        .where(Price.tariff_id == tariff.id)
        .order_by(Price.id)
        .limit(READ_AT_ONCE)
    )
    last = 0
    while part := list(db.session.execute(statement.where(Price.id > last))):
        last = part[-1].id
        costs = _costs(part[0].id, last, tariff.id, viewer)
        for row in part:
            yield StoredPrice(row, costs.get(row.id, ()))  # type: ignore[arg-type]


_COLUMNS = (
    "id", "natural_key", "category", "charge_code", "charge_name", "origin", "destination", "packaging", "unit",
    "carrier", "terms", "inclusive_codes", "transit_days", "free_days", "valid_from", "valid_to", "source_row",
    "note",
)  # fmt: skip


def rows_of(tariff: Tariff, viewer: Viewer) -> Iterator[PriceRow]:
    """The prices of a tariff as rows of a sheet, in the order of the sheet they came from.

    Costs only for a viewer who may see them. Memory stays flat: rows are read in parts.
    """
    return (stored.row() for stored in stored_prices(tariff, viewer))


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
