"""Costs of prices: for margins inside actions, and for those who may see them. Nothing here is for a customer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.catalogue.models import Price, PriceCost
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.db.base import db


def costs_of_prices(price_ids: Iterable[int]) -> dict[int, tuple[CostComponent, ...]]:
    """Price id → its cost components per price unit. Who shows them checks the right to see costs first.

    A percentage without a currency of its own is taken of the base cost's.
    """
    ids = sorted(set(price_ids))
    if not ids:
        return {}
    found: dict[int, list[CostComponent]] = {each: [] for each in ids}
    statement = (
        select(PriceCost, Price.currency)
        .join(Price, Price.id == PriceCost.price_id)
        .where(PriceCost.price_id.in_(ids))
        .order_by(PriceCost.id)
    )
    for row, currency in db.session.execute(statement):
        found[row.price_id].append(component_of(row, currency))
    return {each: tuple(_settled(parts)) for each, parts in found.items()}


def component_of(row: PriceCost, currency: str) -> CostComponent:
    """One stored cost as the rules know it; `currency` is that of the price."""
    kind = CostKind(row.kind)
    if row.percent is not None:
        return CostComponent(kind, row.currency, percent=row.percent)
    if row.is_flat:
        return CostComponent(kind, row.currency or currency, flat=row.amount)
    return CostComponent(kind, row.currency or currency, per_unit=row.amount)


def _settled(parts: list[CostComponent]) -> Iterable[CostComponent]:
    base = next((part.currency for part in parts if part.kind is CostKind.BASE), "")
    for part in parts:
        if part.percent is not None and not part.currency:
            yield CostComponent(part.kind, base, percent=part.percent)
        else:
            yield part
