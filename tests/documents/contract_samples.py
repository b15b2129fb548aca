"""A contract and an amendment with everything on them, as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from portal.catalogue.rules.storage import DayCount, Method, StoragePolicy
from portal.catalogue.rules.storagewords import words as storage_words
from portal.catalogue.rules.terms import Basis, Break, PriceTerms
from portal.catalogue.rules.termwords import describe
from portal.contracts.rules.checks import TermsFacts
from portal.contracts.rules.paper import (
    Change,
    ContractPaper,
    PriceLine,
    SigningParty,
    Verification,
)
from portal.contracts.rules.paper_words import ALLOWANCES, BEYOND, PREAMBLE, amending, articles
from portal.documents.rules.words import PaperLanguage, Words, same
from portal.kernel.text import t
from tests.documents.samples import firm

CLAUSES = (
    {
        "title_zh": "保价与赔偿",
        "title_en": "Declared value and liability",
        "body_zh": "货物灭失或毁损的，有保价的按保价金额赔偿，未保价的按《民法典》有关规定赔偿。",
        "body_en": "Loss or damage is compensated by the declared value, without one as the Civil Code provides.",
    },
    {
        "title_zh": "争议解决",
        "title_en": "Disputes",
        "body_zh": "因本合同发生争议的，双方协商解决；协商不成的，提交上海仲裁委员会仲裁。",
        "body_en": "Disputes are settled by talks, failing which by the Shanghai Arbitration Commission.",
    },
)
TERMS = TermsFacts(
    ends_on=date(2027, 2, 28),
    pickup_from="08:30",
    pickup_until="17:30",
    pickup_days=(1, 2, 3, 4, 5),
    response_hours=Decimal(4),
    deemed_confirmation_days=7,
    clauses=CLAUSES,
)
BANDS = PriceTerms(
    Basis.BANDS,
    unit="CHW",
    currency="CNY",
    breaks=(
        Break(Decimal(0), Decimal(45), rate=Decimal("38.00")),
        Break(Decimal(45), Decimal(100), rate=Decimal("28.50")),
        Break(Decimal(100), None, rate=Decimal("22.80")),
    ),
    minimum=Decimal(550),
)
STORED = StoragePolicy(
    Method.DAILY, "MTQ", "CNY", Decimal("0.85"), day_count=DayCount.BOTH, free_days=7
)


def contract(language: PaperLanguage = PaperLanguage.BOTH) -> ContractPaper:
    """Four kinds of line, every promise, two clauses."""
    return ContractPaper(
        number="CT-2026-000012",
        title=Words("2026 年度物流服务"),
        drawn_on=date(2026, 3, 2),
        created_at=datetime(2026, 3, 2, 2, tzinfo=UTC),
        starts_on=date(2026, 3, 1),
        ends_on=date(2027, 2, 28),
        currency="CNY",
        firm=firm(),
        customer=SigningParty(
            Words("海港食品有限公司", "Harbour Foods Ltd."),
            "91310109MA1FL0XX1A",
            Words("上海市杨浦区军工路 1 号"),
            same("林晓雯"),
            ("021-6666 0101", "lin@harbour.example"),
        ),
        supplier=SigningParty(firm().name, "91310115MA1H70000X", firm().address, same("陈立")),
        quotation="QT-2026-000128-v2",
        preamble=PREAMBLE,
        lines=_lines(),
        articles=articles(date(2026, 3, 1), TERMS),
        is_sealed=True,
        verification=Verification("7K2M-94QX", "https://portal.example/v/7K2M-94QX"),
        language=language,
    )


def amendment(language: PaperLanguage = PaperLanguage.BOTH) -> ContractPaper:
    """A quantity raised and a date moved."""
    changes = (
        Change(t("Quantity"), "120 40HQ", "180 40HQ", "海运费 上海–纽约"),
        Change(t("Last day"), "2027-02-28", "2027-08-31"),
    )
    return replace(
        contract(language),
        number="CT-2026-000012-A1",
        amends="CT-2026-000012",
        starts_on=date(2026, 7, 1),
        preamble=amending("CT-2026-000012", date(2026, 7, 1)),
        changes=changes,
        lines=_lines()[:1],
        articles=(),
    )


def _lines() -> tuple[PriceLine, ...]:
    return (
        PriceLine(
            Words("海运费 上海–纽约 40HQ", "Ocean freight Shanghai–New York 40HQ"),
            Words("每箱", "per box"),
            "USD",
            Decimal(120),
            Words("柜", "box"),
            ALLOWANCES["contract"],
            Decimal(3850),
            Words("免税", "exempt"),
            beyond=BEYOND["overage_price"],
        ),
        PriceLine(
            Words("空运费 上海–法兰克福", "Air freight Shanghai–Frankfurt"),
            Words("每公斤", "per kg"),
            "CNY",
            tax_label=Words("免税", "exempt"),
            details=describe(BANDS),
        ),
        PriceLine(
            Words("报关费", "Customs declaration"),
            Words("每票", "per declaration"),
            "CNY",
            Decimal(20),
            Words("票", "declaration"),
            ALLOWANCES["month"],
            Decimal(250),
            same("6%"),
            beyond=BEYOND["same_price"],
        ),
        PriceLine(
            Words("仓储费", "Storage"),
            Words("每立方米·天", "per m³ per day"),
            "CNY",
            tax_label=same("6%"),
            details=storage_words(STORED),
        ),
    )
