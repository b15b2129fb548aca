"""Short ways through the import of a rate sheet, as the page and its worker go together."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from flask import current_app

from portal.access.viewer import SYSTEM
from portal.catalogue.actions import imports
from portal.catalogue.actions.tariffs import activate, apply_rows, draft_tariff
from portal.catalogue.models import PriceScheme, RateImport, Tariff
from portal.catalogue.rules.sheets.profile import Profile
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.db.base import db
from portal.jobs.imports import work

FIRST_DAY = date(2026, 3, 1)


def instance() -> Path:
    """Where this run keeps its files."""
    return Path(current_app.config["INSTANCE"])


def received(
    scheme: PriceScheme, body: bytes, name: str, now: datetime, profile: Profile | None = None
) -> RateImport:
    """A sheet sent, mapped by `profile` where one is given, and read by the worker."""
    row = imports.receive(scheme, body, name, FIRST_DAY, SYSTEM, now, instance())
    if profile is not None:
        opening = imports.opening_of(row, instance(), profile.sheet)
        imports.choose_profile(row, profile, opening.headers, SYSTEM, now)
    db.session.commit()
    work(row.id)
    return db.session.get_one(RateImport, row.id)


def applied(row: RateImport, *, leave_out_wrong: bool = False) -> Tariff:
    """The draft tariff that the worker makes of a sheet."""
    imports.ask_to_apply(row, FIRST_DAY, None, leave_out_wrong)
    db.session.commit()
    work(row.id)
    done = db.session.get_one(RateImport, row.id, populate_existing=True)
    assert done.tariff is not None, done.state
    return done.tariff


def fcl(origin: str, destination: str, box: str, rate: str, **more: object) -> PriceRow:
    """One sea price of one box."""
    key = PriceKey("sea", "fcl", "O/F", origin, destination, box, box, str(more.pop("carrier", "")))
    terms = PriceTerms(Basis.PER_UNIT, box, "USD", rate=Decimal(rate))
    return PriceRow(key, terms, **more)  # type: ignore[arg-type]


def in_force(
    scheme: PriceScheme, rows: list[PriceRow], now: datetime, first_day: date = FIRST_DAY
) -> Tariff:
    """A tariff with these prices, activated."""
    row = draft_tariff(scheme, first_day, SYSTEM, now)
    apply_rows(row, rows, SYSTEM, now)
    activate(row, SYSTEM, now)
    return row
