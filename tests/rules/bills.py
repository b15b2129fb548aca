"""Short ways to write draws, prices and statement lines in tests of bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from portal.billing.rules.charging import Charged, DrawnUsage, LinePrice
from portal.billing.rules.kinds import LineKind, Part
from portal.billing.rules.line_draft import LineDraft, Settling, Subject
from portal.billing.rules.statement_lines import billed
from portal.billing.rules.working_words import sentences
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.catalogue.rules.terms import PriceTerms
from tests.rules.prices import per

D = Decimal
DAY = date(2026, 3, 31)
EXEMPT = TaxTerms(TaxKind.EXEMPT)
NINE = TaxTerms(TaxKind.TAXED, D(9), inclusive=True)
SIX_IN = TaxTerms(TaxKind.TAXED, D(6), inclusive=True)
SIX_ON_TOP = TaxTerms(TaxKind.TAXED, D(6))
DOLLAR = ExchangeRate("USD", "CNY", DAY, D("7.1034"), "BOC")


def drawn(quantity: str, part: Part = Part.WITHIN, unit: str = "CHW", **more: Any) -> DrawnUsage:
    """One draw of usage 11 from entitlement 5."""
    return DrawnUsage(11, 5, part, D(quantity), unit, date(2026, 3, 7), 3, "SH-1", **more)


def line_price(terms: PriceTerms | None = None, **more: Any) -> LinePrice:
    """A line at 2.00 a kilogram, or at other terms."""
    given = {"unit": "CHW", "name_zh": "国内空运", **more}
    return LinePrice(7, terms or per("CHW", "2.00"), SIX_IN, **given)


def charged(amount: str, currency: str = "CNY") -> Charged:
    """One shipment at one amount."""
    return Charged(D(amount), currency, D(1), "BL", D(amount), (("flat", {"amount": amount}),))


def line(
    amount: str,
    tax: TaxTerms = SIX_IN,
    currency: str = "CNY",
    exchange: ExchangeRate | None = None,
    **more: Any,
) -> LineDraft:
    """A line of a statement in CNY."""
    given = {"served_id": 1, "name_zh": "费用", "starts_on": DAY, "ends_on": DAY, **more}
    subject = Subject(kind=given.pop("kind", LineKind.USAGE), **given)
    return billed(subject, charged(amount, currency), Settling("CNY", tax, "", exchange))


def g8() -> list[LineDraft]:
    """The six lines of golden case G8."""
    return [
        line("3850.00", EXEMPT, "USD", DOLLAR),
        line("3200.00", NINE),
        line("250.00"),
        line("1875.60", SIX_ON_TOP),
        line("450.00"),
        line("35.00", EXEMPT, "USD", DOLLAR),
    ]


def told(draft: LineDraft | Charged) -> list[str]:
    """The sentences of a working."""
    return [str(sentence) for sentence in sentences(draft.working)]


def cents(least: str = "-99999.99", most: str = "99999.99") -> st.SearchStrategy[Decimal]:
    """Any amount of money."""
    return st.decimals(least, most, places=2, allow_nan=False, allow_infinity=False)


TAXES = st.builds(
    TaxTerms,
    st.sampled_from(TaxKind),
    st.sampled_from([D(0), D(1), D(3), D(6), D(9), D(13)]),
    st.booleans(),
)


@st.composite
def any_line(draw: st.DrawFn) -> LineDraft:
    """Any line of a statement in CNY, some of them charged in dollars."""
    dollars = draw(st.booleans())
    drafted = line(
        str(draw(cents())),
        draw(TAXES),
        "USD" if dollars else "CNY",
        DOLLAR if dollars else None,
        served_id=draw(st.integers(1, 4)),
        item_id=draw(st.none() | st.integers(1, 5)),
        reference=draw(st.text(max_size=6)),
        main_unit=draw(st.sampled_from(["", "TEU", "MTQ.DAY"])),
        stat_quantity=draw(st.decimals(0, 100, places=6)),
        kind=draw(st.sampled_from(LineKind)),
    )
    return replace(drafted, usage_id=draw(st.none() | st.integers(1, 9)))
