"""What a lane cost before: every version of the tariffs that priced it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.models import Price, PriceScheme, Tariff
from portal.catalogue.queries.schemes import seen_by
from portal.catalogue.rules.picking import is_freight
from portal.db.base import db


@dataclass(frozen=True, slots=True)
class PricePoint:
    """What a lane cost in one version of a tariff."""

    price_id: int
    tariff_code: str
    scheme_code: str
    scheme_name_zh: str
    scheme_name_en: str
    state: str
    charge_code: str
    carrier: str
    packaging: str
    unit: str
    currency: str
    headline: Decimal | None
    valid_from: date
    valid_to: date | None


def price_history(
    viewer: Viewer, origin: str, destination: str, packaging: str | None = None, limit: int = 50
) -> list[PricePoint]:
    """Freight prices of exactly this lane in every version that was ever in force, newest first.

    Only schemes that `viewer` may look at; cost schemes only with the right to see costs.
    """
    statement = (
        select(Price, Tariff, PriceScheme)
        .join(Tariff, Tariff.id == Price.tariff_id)
        .join(PriceScheme, PriceScheme.id == Tariff.scheme_id)
        .where(
            Price.origin == origin,
            Price.destination == destination,
            Tariff.state != "draft",
            seen_by(viewer),
        )
        .order_by(Tariff.valid_from.desc(), Price.id.desc())
    )
    if packaging:
        statement = statement.where(Price.packaging == packaging)
    rows = db.session.execute(statement.limit(limit * 4))
    return [_point(*row) for row in rows if is_freight(row[0].charge_code)][:limit]


def _point(price: Price, tariff: Tariff, scheme: PriceScheme) -> PricePoint:
    return PricePoint(
        price_id=price.id,
        tariff_code=tariff.code,
        scheme_code=scheme.code,
        scheme_name_zh=scheme.name_zh,
        scheme_name_en=scheme.name_en,
        state=tariff.state,
        charge_code=price.charge_code,
        carrier=price.carrier,
        packaging=price.packaging,
        unit=price.unit,
        currency=price.currency,
        headline=price.headline,
        valid_from=max(price.valid_from or tariff.valid_from, tariff.valid_from),
        valid_to=price.valid_to or tariff.valid_to,
    )
