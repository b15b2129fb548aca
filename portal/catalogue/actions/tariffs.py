"""Tariffs: drafted, filled from a sheet, put in force on a day, retired, or thrown away while still a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from portal.access.viewer import Viewer
from portal.catalogue.actions.items import chunks, items_for_keys
from portal.catalogue.models import Price, PriceCost, PriceScheme, RateImport, Tariff
from portal.catalogue.models.tariffs import TARIFF_STEPS, TariffState, TariffStep
from portal.catalogue.queries.schemes import IN_FORCE
from portal.catalogue.rules.headline import headline
from portal.catalogue.rules.itemkeys import ItemKey, item_key
from portal.catalogue.rules.sheets.rows import PriceRow
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.period import Period
from portal.kernel.text import t

Progress = Callable[[int, int], None]
AT_ONCE = 2_000


def draft_tariff(
    scheme: PriceScheme,
    valid_from: date,
    actor: Viewer,
    now: datetime,
    *,
    valid_to: date | None = None,
    source_name: str = "",
    source_sha256: str | None = None,
    note: str = "",
) -> Tariff:
    """The next version of a scheme, empty and in draft. Invalid (field "valid_to") for an end before the start."""
    if valid_to is not None and valid_to < valid_from:
        expected = t("a day on or after %(start)s", start=valid_from.isoformat())
        raise Invalid(expected, "valid_to")
    last = select(func.max(Tariff.version_no)).where(Tariff.scheme_id == scheme.id)
    version_no = (db.session.scalar(last) or 0) + 1
    row = Tariff(
        scheme_id=scheme.id,
        version_no=version_no,
        code=f"{scheme.code}-V{version_no}",
        valid_from=valid_from,
        valid_to=valid_to,
        source_name=source_name,
        source_sha256=source_sha256,
        note=note,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "tariff.drafted", row, now, after={"code": row.code, "from": valid_from})
    return row


def apply_rows(
    tariff: Tariff,
    rows: Sequence[PriceRow],
    actor: Viewer,
    now: datetime,
    progress: Progress | None = None,
) -> int:
    """Put prices into a draft tariff, in bulk; the number of prices. Keys repeated in `rows` are refused.

    `progress` is told (prices written, prices in all) after each part. NotAllowedNow once the tariff is not a draft.
    """
    _check_draft(tariff)
    items = items_for_keys(rows, now)
    written = 0
    for part in chunks(rows, AT_ONCE):
        _write(tariff.id, part, items)
        written += len(part)
        if progress is not None:
            progress(written, len(rows))
    tariff.price_count = written
    db.session.flush()
    audit.record(actor, "tariff.imported", tariff, now, after={"prices": written})
    return written


def _write(tariff_id: int, rows: Sequence[PriceRow], items: dict[ItemKey, int]) -> None:
    values = [_price(tariff_id, row, items[item_key(row.key)]) for row in rows]
    costly = [at for at, row in enumerate(rows) if row.costs]
    if not costly:
        db.session.execute(insert(Price), values)
        return
    statement = insert(Price).returning(Price.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(statement, values))
    costs = [cost for at in costly for cost in _costs(ids[at], rows[at])]
    db.session.execute(insert(PriceCost), costs)


def _price(tariff_id: int, row: PriceRow, item_id: int) -> dict[str, Any]:
    key, terms = row.key, row.terms
    return {
        "tariff_id": tariff_id,
        "item_id": item_id,
        "natural_key": row.natural_key,
        "category": key.category,
        "charge_code": key.charge_code,
        "charge_name": row.charge_name[:160],
        "origin": key.origin,
        "destination": key.destination,
        "packaging": key.packaging,
        "carrier": key.carrier,
        "currency": terms.currency,
        "basis": terms.basis.value,
        "unit": key.unit,
        "headline": headline(terms),
        "terms": terms.to_json(),
        "inclusive_codes": " ".join(row.inclusive),
        "transit_days": row.transit_days,
        "free_days": row.free_days,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "source_row": row.source_rows[0] if row.source_rows else None,
        "note": row.note[:500],
    }


def _costs(price_id: int, row: PriceRow) -> Iterator[dict[str, Any]]:
    for part in row.costs:
        flat = part.flat is not None
        yield {
            "price_id": price_id,
            "kind": part.kind.value,
            "currency": part.currency,
            "amount": part.flat if flat else part.per_unit,
            "is_flat": flat,
            "percent": part.percent,
            "note": "",
        }


def activate(tariff: Tariff, actor: Viewer, now: datetime) -> list[Tariff]:
    """Put a draft in force on its days; the tariffs of the scheme that give way, now ending the day before.

    A tariff that starts on the same day is replaced whole and retired. Invalid for an empty tariff, or when another
    one starts later inside its days: then this one needs an end before it (DOMAIN S4: one line for one date).
    """
    state = TARIFF_STEPS.next(TariffState(tariff.state), TariffStep.ACTIVATE)
    if not tariff.price_count:
        raise Invalid(t("A tariff without prices cannot be put in force."))
    others = overlapping(tariff)
    later = next((other for other in others if other.valid_from > tariff.valid_from), None)
    if later is not None:
        raise Invalid(
            t(
                "%(code)s begins on %(start)s: give this tariff an end before that day, or retire the other first.",
                code=later.code,
                start=later.valid_from.isoformat(),
            ),
            "valid_to",
        )
    for other in others:
        _give_way(other, tariff, actor, now)
    tariff.state = state.value
    tariff.activated_at, tariff.activated_by = now, actor.user_id
    db.session.flush()
    after = {"from": tariff.valid_from, "to": tariff.valid_to, "replaces": [o.code for o in others]}
    audit.record(actor, "tariff.activated", tariff, now, after=after)
    return others


def overlapping(tariff: Tariff) -> list[Tariff]:
    """The tariffs of the same scheme that price a day of this one's, by start."""
    days = Period(tariff.valid_from, tariff.valid_to)
    statement = select(Tariff).where(
        Tariff.scheme_id == tariff.scheme_id, Tariff.id != tariff.id, Tariff.state.in_(IN_FORCE)
    )
    rows = db.session.scalars(statement.order_by(Tariff.valid_from).with_for_update())
    return [row for row in rows if days.overlaps(Period(row.valid_from, row.valid_to))]


def _give_way(other: Tariff, to: Tariff, actor: Viewer, now: datetime) -> None:
    """`other` ends the day before `to` begins; without a day left it is retired."""
    before = {"to": other.valid_to, "state": other.state}
    if other.valid_from < to.valid_from:
        other.valid_to = to.valid_from - timedelta(days=1)
        other.state = TariffState.SUPERSEDED.value
        event = "tariff.superseded"
    else:
        other.state = TariffState.RETIRED.value
        event = "tariff.retired"
    after = {"to": other.valid_to, "state": other.state, "by": to.code}
    audit.record(actor, event, other, now, before=before, after=after)


def retire(tariff: Tariff, reason: str, actor: Viewer, now: datetime) -> None:
    """Take a tariff out of force at once; quotations keep their copies. Invalid (field "reason") without a reason."""
    state = TARIFF_STEPS.next(TariffState(tariff.state), TariffStep.RETIRE)
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    tariff.state = state.value
    audit.record(actor, "tariff.retired", tariff, now, reason=reason.strip())


def change_days(
    tariff: Tariff, valid_from: date, valid_to: date | None, actor: Viewer, now: datetime
) -> Tariff:
    """Move the days of a draft; the tariff. Invalid (field "valid_to") for an end before the start."""
    _check_draft(tariff)
    if valid_to is not None and valid_to < valid_from:
        expected = t("a day on or after %(start)s", start=valid_from.isoformat())
        raise Invalid(expected, "valid_to")
    before = {"from": tariff.valid_from, "to": tariff.valid_to}
    tariff.valid_from, tariff.valid_to = valid_from, valid_to
    after = {"from": valid_from, "to": valid_to}
    audit.record(actor, "tariff.drafted", tariff, now, before=before, after=after)
    return tariff


def discard(tariff: Tariff, actor: Viewer, now: datetime) -> None:
    """Throw a draft away with its prices; history keeps that it was there. NotAllowedNow once it is not a draft."""
    _check_draft(tariff)
    audit.record(actor, "tariff.discarded", tariff, now, before={"code": tariff.code})
    of_tariff = select(Price.id).where(Price.tariff_id == tariff.id)
    db.session.execute(delete(PriceCost).where(PriceCost.price_id.in_(of_tariff)))
    db.session.execute(delete(Price).where(Price.tariff_id == tariff.id))
    for row in db.session.scalars(select(RateImport).where(RateImport.tariff_id == tariff.id)):
        row.tariff_id, row.state = None, "discarded"
    db.session.delete(tariff)
    db.session.flush()


def _check_draft(tariff: Tariff) -> None:
    if tariff.state != TariffState.DRAFT:
        raise NotAllowedNow(
            t("%(code)s is no longer a draft; a change makes a new version.", code=tariff.code)
        )
