"""Quotations that were issued, for tests of what comes after: golden case G1 for Harbour Foods."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.catalogue.queries.prices import lane_prices
from portal.catalogue.rules.cargo import Cargo
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.documents import page, render
from portal.documents.models import FirmProfile
from portal.documents.render import PrintedPaper
from portal.quotations.actions import drafting, issuing, lines
from portal.quotations.actions.drafting import Offer, ShipmentFacts
from portal.quotations.actions.papers import print_version
from portal.quotations.models import Quotation, QuotationVersion
from tests.cast import Cast, viewer
from tests.factories import add, golden_fcl

D = Decimal
BOXES = {"20GP": 2, "40GP": 3, "40HQ": 1}
FACTS = ShipmentFacts(
    "sea", "CNSHA", "USNYC", goods="冷冻调味品", incoterm="FOB 上海", routing="直航",
    cargo=Cargo(gross_kg=D(86400), boxes=BOXES),
)  # fmt: skip
SECRET = "内部备注-7788"


def paper_drawn(template: str, facts: Any, language: Any, tell: Any = None) -> PrintedPaper:
    """What the press would print, as its HTML behind a PDF's first bytes."""
    html = page.draw(template, facts, language, address="asset:{}".format)
    return PrintedPaper(b"%PDF-1.7\n" + html.encode())


@pytest.fixture
def quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers as HTML: for tests that are not about the press."""
    monkeypatch.setattr(render, "render", paper_drawn)


def firm(**more: Any) -> FirmProfile:
    """Farhaven's settings."""
    bank = {"holder_zh": "远港国际物流（上海）有限公司", "holder_en": "Farhaven", "bank_zh": "中国银行",
            "bank_en": "Bank of China", "number": "4550 0001", "currency": "CNY"}  # fmt: skip
    values = {
        "name_zh": "远港国际物流（上海）有限公司", "name_en": "Farhaven International Logistics",
        "banks": [bank, {**bank, "number": "4550 0002", "currency": "USD", "swift": "BKCHCNBJ300"}],
        "texts": [{"zh": "舱位以船公司确认为准。", "en": "Space is subject to the carrier."}], **more,
    }  # fmt: skip
    return add(FirmProfile(id=1, **values))


def draft(cast: Cast, now: datetime, customer: Customer | None = None) -> Quotation:
    """Golden case G1 as a draft with an internal note; the tariff is made once."""
    desk = viewer(cast.sales)
    if not lane_prices(desk, cast.harbour, "CNSHA", "USNYC", on=date(2026, 3, 2)):
        golden_fcl(now)
    customer = customer or cast.harbour
    contact = add(
        Contact(
            customer_id=customer.id, name="林晓雯", position="物流经理", email="lin@harbour.example"
        )
    )
    quotation = drafting.create(
        customer, "上海到纽约", desk, now, contact_id=contact.id, facts=FACTS
    )
    version = drafting.latest_version(quotation)
    found = lane_prices(desk, customer, "CNSHA", "USNYC", on=date(2026, 3, 2))
    lines.add_prices(version, found, desk, now)
    return quotation


def offer_of(version: QuotationVersion, **more: Any) -> Offer:
    """The offer as it stands, with changes."""
    terms = tuple((each["zh"], each["en"]) for each in version.terms or ())
    kept = Offer(version.valid_until, language=version.language, terms=terms)  # type: ignore[arg-type]
    return replace(kept, internal_note=SECRET, **more)


@dataclass(frozen=True, slots=True)
class Sent:
    """Where an issued version is found, whatever session is open."""

    id: int
    quotation_id: int
    version_no: int


def issue(quotation: Quotation, cast: Cast, now: datetime, **offer: Any) -> Sent:
    """Issue the latest version and keep everything."""
    desk = viewer(cast.sales)
    version = drafting.latest_version(quotation)
    drafting.change_offer(version, offer_of(version, **offer), desk, now)
    issuing.issue(version, print_version, desk, now)
    sent = Sent(version.id, version.quotation_id, version.version_no)
    keep(cast)
    return sent


def issued(cast: Cast, now: datetime, customer: Customer | None = None, **offer: Any) -> Sent:
    """G1 with the firm's own terms, issued and kept."""
    if db.session.get(FirmProfile, 1) is None:
        firm()
    return issue(draft(cast, now, customer), cast, now, **offer)


def revised(sent: Sent, cast: Cast, now: datetime) -> Sent:
    """The next version with one box fewer, issued: the one before is superseded."""
    quotation = fresh(sent).quotation
    second = drafting.revise(quotation, viewer(cast.sales), now)
    fewer = replace(FACTS, cargo=Cargo(boxes={**BOXES, "40GP": 2}))
    drafting.change_facts(second, fewer, viewer(cast.sales), now)
    return issue(quotation, cast, now)


def keep(cast: Cast) -> None:
    """Commit; the cast stays readable when a request has closed the session."""
    db.session.commit()
    for name, row in vars(cast).items():
        kept = db.session.merge(row)
        db.session.refresh(kept)
        setattr(cast, name, kept)


def words(html: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def later(now: datetime, days: int) -> datetime:
    """Some days on."""
    return now + timedelta(days=days)


def fresh(sent: Sent) -> QuotationVersion:
    """The row as it stands in the database now."""
    db.session.rollback()
    set_viewer(SYSTEM)
    return db.session.get_one(QuotationVersion, sent.id, populate_existing=True)
