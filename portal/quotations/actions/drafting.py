"""Writing a draft: a new quotation, a copy, the next version; its shipment, texts and lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.rules.cargo import Cargo
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.documents.models import FirmProfile
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t
from portal.quotations.actions.pricing import recompute
from portal.quotations.models import (
    Quotation,
    QuotationLine,
    QuotationLineCost,
    QuotationVersion,
)
from portal.quotations.rules.shipment import cargo_to_json
from portal.quotations.rules.states import STATE_WORDS, QuotationState

DEFAULT_VALID_DAYS = 14
NUMBER_KIND = "QT"
EARLIEST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What is quoted: the lane, the cargo, and the words that stand above the charges."""

    category: str = ""
    origin: str = ""
    destination: str = ""
    carrier: str = ""
    incoterm: str = ""
    goods: str = ""
    routing: str = ""
    load: str = ""
    transit_days: int | None = None
    free_days: int | None = None
    reference_on: date | None = None
    cargo: Cargo = field(default_factory=Cargo)


@dataclass(frozen=True, slots=True)
class Offer:
    """How it is offered: until when, in which language and currency, with which texts."""

    valid_until: date
    language: str = "zh_en"
    total_currency: str = "CNY"
    shows_converted_total: bool = True
    hides_zero_lines: bool = True
    terms: tuple[tuple[str, str], ...] = ()
    """(Chinese, English) of each printed term, in order."""
    note: str = ""
    internal_note: str = ""


def create(
    customer: Customer,
    title: str,
    actor: Viewer,
    now: datetime,
    *,
    contact_id: int | None = None,
    facts: ShipmentFacts | None = None,
) -> Quotation:
    """A new quotation with an empty first draft; its number is taken now and never given again."""
    if not title.strip():
        raise Invalid(t("Say in a few words what is quoted."), "title")
    if not customer.active:
        raise Invalid(t("This customer is inactive."), "customer_id")
    on = business_day(now)
    quotation = Quotation(
        customer_id=customer.id,
        number=next_number(_prefix(), on.year),
        contact_id=contact_id,
        owner_id=actor.user_id,
        title=title.strip(),
        created_at=now,
        updated_at=now,
    )
    db.session.add(quotation)
    db.session.flush()
    version = _first_version(quotation, customer, actor, now)
    quotation.versions.append(version)
    _describe(version, facts or ShipmentFacts())
    index(quotation, customer)
    audit.record(actor, "quotation.created", quotation, now, after={"number": quotation.number})
    recompute(version, now)
    return quotation


def _first_version(
    quotation: Quotation, customer: Customer, actor: Viewer, now: datetime
) -> QuotationVersion:
    return QuotationVersion(
        quotation_id=quotation.id,
        customer_id=customer.id,
        version_no=1,
        author_id=actor.user_id,
        valid_until=business_day(now) + timedelta(days=_valid_days()),
        language=customer.document_language,
        total_currency=_currency(),
        terms=_standing_terms(),
        created_at=now,
        updated_at=now,
    )


def change_facts(
    version: QuotationVersion,
    facts: ShipmentFacts,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Say anew what is shipped; every line is priced again."""
    check_editable(version, seen)
    before = {"cargo": version.cargo, "origin": version.origin, "destination": version.destination}
    _describe(version, facts)
    after = {"cargo": version.cargo, "origin": version.origin, "destination": version.destination}
    audit.record(actor, "quotation.changed", version.quotation, now, before=before, after=after)
    recompute(version, now)


def change_offer(
    version: QuotationVersion, offer: Offer, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """Say anew how it is offered."""
    check_editable(version, seen)
    if offer.valid_until < business_day(now):
        raise Invalid(t("This day has passed."), "valid_until")
    before = {"valid_until": version.valid_until, "language": version.language}
    version.valid_until = offer.valid_until
    version.language = offer.language
    version.total_currency = offer.total_currency
    version.shows_converted_total = offer.shows_converted_total
    version.hides_zero_lines = offer.hides_zero_lines
    version.terms = [{"zh": zh, "en": en} for zh, en in offer.terms if zh or en]
    version.note, version.internal_note = offer.note, offer.internal_note
    after = {"valid_until": version.valid_until, "language": version.language}
    audit.record(actor, "quotation.changed", version.quotation, now, before=before, after=after)
    recompute(version, now)


def revise(quotation: Quotation, actor: Viewer, now: datetime) -> QuotationVersion:
    """The next version as a draft with the latest one's content; only one draft at a time."""
    latest = latest_version(quotation)
    if QuotationState(latest.state) in (
        QuotationState.DRAFT, QuotationState.PENDING_APPROVAL, QuotationState.APPROVED,
    ):  # fmt: skip
        raise NotAllowedNow(t("Version %(no)s is still being written.", no=latest.version_no))
    if latest.state == QuotationState.ACCEPTED:
        raise NotAllowedNow(t("An accepted quotation is not changed; copy it to a new one."))
    quotation.latest_no = latest.version_no + 1
    version = _copied_version(latest, quotation, quotation.latest_no, actor, now)
    audit.record(actor, "quotation.created", quotation, now, after={"version": version.version_no})
    recompute(version, now)
    return version


def copy(
    quotation: Quotation, customer_id: int, title: str, actor: Viewer, now: datetime
) -> Quotation:
    """A new quotation, for this or another customer, with the latest version's content and fresh dates."""
    customer = load(Customer, customer_id, actor, Permission.CUSTOMER_SEE)
    copied = create(customer, title, actor, now)
    empty = latest_version(copied)
    copied.versions.remove(empty)
    db.session.delete(empty)
    db.session.flush()
    version = _copied_version(latest_version(quotation), copied, 1, actor, now)
    version.language = customer.document_language
    recompute(version, now)
    return copied


def latest_version(quotation: Quotation) -> QuotationVersion:
    """The version with the highest number."""
    return version_numbered(quotation, quotation.latest_no)


def version_numbered(quotation: Quotation, number: int) -> QuotationVersion:
    """One version of a quotation; Invalid when there is none with this number."""
    found = db.session.scalar(
        select(QuotationVersion).where(
            QuotationVersion.quotation_id == quotation.id, QuotationVersion.version_no == number
        )
    )
    if found is None:
        raise Invalid(t("There is no version %(no)s.", no=number))
    return found


def check_editable(version: QuotationVersion, seen: int | None = None) -> None:
    """Only a draft is edited, and only as its editor last saw it (`seen` is the version counter of the page)."""
    if version.state != QuotationState.DRAFT:
        state = STATE_WORDS[QuotationState(version.state)]
        raise NotAllowedNow(
            t("Only a draft can be changed; this version is “%(state)s”.", state=state)
        )
    if seen is not None and seen != version.version:
        raise StaleEdit(_who_changed(version))


def _who_changed(version: QuotationVersion) -> Text:
    """Who saved last, from the history."""
    entries = audit.timeline(version.quotation, public_only=False)
    if not entries:
        return t("Somebody else saved this quotation a moment ago.")
    return t(
        "%(who)s changed this quotation after you opened it (%(what)s). "
        "Nothing of yours was saved; compare, then repeat.",
        who=entries[0].actor_name,
        what=entries[0].label,
    )


def _describe(version: QuotationVersion, facts: ShipmentFacts) -> None:
    if facts.origin and facts.origin == facts.destination:
        raise InvalidMany({"destination": t("Origin and destination are the same place.")})
    if facts.reference_on is not None and facts.reference_on.year < EARLIEST_YEAR:
        raise InvalidMany({"reference_on": t("No tariff is that old.")})
    kept = version.load if version.category == facts.category else ""
    version.load = facts.load or kept or ""
    for name in ("category", "origin", "destination", "carrier", "incoterm", "goods", "routing",
                 "transit_days", "free_days", "reference_on"):  # fmt: skip
        setattr(version, name, getattr(facts, name))
    version.cargo = cargo_to_json(facts.cargo)


_KEPT_OF_VERSION = (
    "category", "load", "origin", "destination", "carrier", "incoterm", "goods", "routing",
    "transit_days", "free_days", "reference_on", "cargo", "language", "total_currency", "shows_converted_total",
    "hides_zero_lines", "terms", "note", "internal_note",
)  # fmt: skip
_NOT_COPIED_OF_LINE = {"id", "version_id", "customer_id", "split_of_id"}


def _copied_version(
    source: QuotationVersion, quotation: Quotation, number: int, actor: Viewer, now: datetime
) -> QuotationVersion:
    values = {name: getattr(source, name) for name in _KEPT_OF_VERSION}
    version = QuotationVersion(
        **values,
        quotation_id=quotation.id,
        customer_id=quotation.customer_id,
        version_no=number,
        author_id=actor.user_id,
        valid_until=business_day(now) + timedelta(days=_valid_days()),
        created_at=now,
        updated_at=now,
    )
    quotation.versions.append(version)
    db.session.flush()
    for row in source.lines:
        if row.split_of_id is None:
            _copy_line(row, version)
    return version


def _copy_line(row: QuotationLine, version: QuotationVersion) -> None:
    columns = {column.key for column in QuotationLine.__mapper__.column_attrs}
    values = {name: getattr(row, name) for name in columns - _NOT_COPIED_OF_LINE}
    copied = QuotationLine(**values, customer_id=version.customer_id)
    version.lines.append(copied)
    db.session.flush()
    for cost in db.session.scalars(
        select(QuotationLineCost).where(QuotationLineCost.line_id == row.id)
    ):
        db.session.add(
            QuotationLineCost(
                line_id=copied.id, customer_id=version.customer_id, kind=cost.kind, currency=cost.currency,
                per_unit=cost.per_unit, flat=cost.flat, percent=cost.percent,
            )
        )  # fmt: skip


def _quoting() -> Mapping[str, Any]:
    firm = db.session.get(FirmProfile, 1)
    return (firm.quoting if firm else None) or {}


def _prefix() -> str:
    return str(_quoting().get("number_prefix") or NUMBER_KIND)


def _valid_days() -> int:
    return int(_quoting().get("valid_days") or DEFAULT_VALID_DAYS)


def _currency() -> str:
    firm = db.session.get(FirmProfile, 1)
    return firm.currency if firm else "CNY"


def _standing_terms() -> list[Any]:
    firm = db.session.get(FirmProfile, 1)
    return list(firm.texts or []) if firm else []


def index(quotation: Quotation, customer: Customer) -> None:
    """The words by which lists find it."""
    quotation.search_text = search_words(
        quotation.number, quotation.title, customer.name_zh, customer.name_en, customer.code
    )[:600]
