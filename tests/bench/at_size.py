"""A generated installation at size: customers, quotations, a million prices. Always the same for the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import insert, select

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.accounts.models import StaffRole, User
from portal.catalogue.models import ExchangeRate, Price, PriceScheme, ServiceItem, Tariff
from portal.catalogue.rules.places import gazetteer
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.customers.models import Contact, Customer, Membership
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.kernel import clock
from portal.kernel.pinyin import search_words
from portal.quotations.models import Quotation, QuotationLine, QuotationMargin, QuotationVersion

NOW = clock.now()
TODAY = clock.today()
WORKING = [["product", {"quantity": "2", "unit": "40HQ", "rate": "3850", "amount": "7700"}]]
BOXES = ("20GP", "40GP", "40HQ", "45HQ")
CARRIERS = ("COSCO", "MSC", "MSK", "CMA", "OOCL", "EMC", "ONE", "HPL", "YML", "ZIM")
SURNAMES = "海港北风龙腾京禾云裳重禾华远东方中外明德同济金鼎恒通瑞丰泰和"
TRADES = ("食品", "机械", "家居", "服饰", "电子", "化工", "医药", "汽配")
STATES = ("issued", "draft", "accepted", "declined", "pending_approval", "issued")
LINES = 12


def build(prices: int, customers: int, quotations: int) -> None:
    """Fill an empty database."""
    people_and_customers(customers)
    _prices(prices)
    _quotations(quotations, customers)
    db.session.commit()


def people_and_customers(customers: int) -> None:
    """Our people and the customers alone: for what needs no prices."""
    _people()
    _customers(customers)


def _people() -> None:
    db.session.add(FirmProfile(id=1, name_zh="远港国际物流（上海）有限公司", name_en="Farhaven"))
    for number in range(1, 21):
        role = Role.SALES_MANAGER if number == 1 else Role.SALES
        db.session.add(
            User(id=number, email=f"staff{number}@bench.example", name=f"员工{number}", kind="staff",
                 fs_uniquifier=f"staff{number}", roles=[StaffRole(role=role.value)])
        )  # fmt: skip
    db.session.add(
        User(
            id=100,
            email="customer@bench.example",
            name="林晓雯",
            kind="customer",
            fs_uniquifier="customer",
        )
    )
    db.session.flush()


def _customers(count: int) -> None:
    rows, contacts, assignments = [], [], []
    for number in range(1, count + 1):
        first = (
            SURNAMES[number % len(SURNAMES)] + SURNAMES[(number * 7 + number // 13) % len(SURNAMES)]
        )
        name = f"{first}{TRADES[number % len(TRADES)]}{number:04d}有限公司"
        rows.append(
            {"id": number, "code": f"C{number:05d}", "kind": "organisation", "name_zh": name,
             "name_en": f"Customer {number} Ltd.", "short_name": name[:4],
             "search_text": search_words(name, f"Customer {number} Ltd.", f"C{number:05d}"),
             "segment": ("ordinary", "mid", "vip")[number % 3],
             "created_at": NOW, "updated_at": NOW - timedelta(minutes=number), "version": 1}
        )  # fmt: skip
        contacts.append(
            {"customer_id": number, "name": f"联系人{number}", "is_main": True, "version": 1}
        )
        assignments.append({"customer_id": number, "user_id": number % 19 + 2, "part": "owner"})
    write(Customer, rows)
    write(Contact, contacts)
    write(Assignment, assignments)
    powers = ["accept_quotations", "administer", "book", "see_contracts", "see_quotations"]
    db.session.add(Membership(user_id=100, customer_id=1, powers=powers, created_at=NOW))


def _prices(count: int) -> None:
    db.session.add(ExchangeRate(currency="USD", on=TODAY, rate=Decimal("7.126"), source="bench"))
    schemes = 5
    for number in range(1, schemes + 1):
        db.session.add(
            PriceScheme(id=number, code=f"BENCH-{number}", name_zh=f"公开价{number}", kind="standard",
                        floor_margin_percent=Decimal(5), reference_date="quotation")
        )  # fmt: skip
        db.session.flush()
        db.session.add(
            Tariff(id=number, scheme_id=number, version_no=1, code=f"BENCH-{number}-V1", state="active",
                   valid_from=date(TODAY.year, 1, 1), valid_to=date(TODAY.year + 1, 12, 31), price_count=count)
        )  # fmt: skip
    db.session.flush()
    write(ServiceItem, _items())
    write(Price, islice(_price_rows(schemes), count))


def _ports() -> list[str]:
    """A hundred and eighty ports, Shanghai and New York among them: 128,880 lanes by box."""
    ports = sorted(place.code for place in gazetteer().places if place.kind == "port")
    step = len(ports) // 178
    return sorted({"CNSHA", "USNYC", *ports[: 178 * step : step]})


def _lanes() -> Iterator[tuple[int, str, str, str]]:
    """(item id, origin, destination, box) for every lane of the shipped ports."""
    ports = _ports()
    number = 0
    for origin in ports:
        for destination in ports:
            if origin == destination:
                continue
            for box in BOXES:
                number += 1
                yield number, origin, destination, box


def _items() -> Iterator[dict[str, Any]]:
    for number, origin, destination, box in _lanes():
        yield {
            "id": number, "code": f"SEA-FCL-OF-{origin}-{destination}-{box}", "name_zh": "海运费",
            "name_en": "Ocean freight", "category": "sea", "load": "fcl", "charge_code": "O/F",
            "origin": origin, "destination": destination, "packaging": box, "main_unit": "TEU",
            "section": "freight", "tax_class": "exempt_forwarding", "tax_inclusive": True, "default_currency": "USD",
            "active": True, "search_text": f"{origin} {destination} {box}".lower(),
            "created_at": NOW, "updated_at": NOW, "version": 1,
        }  # fmt: skip


def _price_rows(schemes: int) -> Iterator[dict[str, Any]]:
    for turn in range(100):
        for item_id, origin, destination, box in _lanes():
            carrier = CARRIERS[(item_id + turn) % len(CARRIERS)]
            rate = Decimal(500 + (item_id * 37 + turn * 113) % 5000)
            terms = PriceTerms(Basis.PER_UNIT, box, "USD", rate=rate)
            yield {
                "tariff_id": (turn // len(CARRIERS)) % schemes + 1, "item_id": item_id,
                "natural_key": f"sea|fcl|O/F|{origin}|{destination}|{box}|{box}|{carrier}|{turn}",
                "category": "sea", "charge_code": "O/F", "origin": origin, "destination": destination,
                "packaging": box, "carrier": carrier, "currency": "USD", "basis": "per_unit", "unit": box,
                "headline": rate, "terms": terms.to_json(), "transit_days": 10 + item_id % 30,
            }  # fmt: skip


def _quotations(count: int, customers: int) -> None:
    heads, versions, lines, margins = [], [], [], []
    for number in range(1, count + 1):
        owned_by, state = number % customers + 1, STATES[number % len(STATES)]
        issued = 0 if state in ("draft", "pending_approval") else 1
        common = {"id": number, "customer_id": owned_by, "state": state, "total_currency": "CNY",
                  "total_amount": Decimal(number % 90_000 + 1000), "valid_until": TODAY + timedelta(days=number % 30),
                  "origin": "CNSHA", "destination": "USNYC", "created_at": NOW,
                  "updated_at": NOW - timedelta(minutes=number), "version": 1}  # fmt: skip
        heads.append(
            {**common, "number": f"QT-2026-{number:06d}", "title": f"上海到纽约 {number}",
             "owner_id": owned_by % 19 + 2, "latest_no": 1, "issued_no": issued,
             "search_text": f"qt-2026-{number:06d} 上海到纽约 shanghaidaoniuyue customer {owned_by}"}
        )  # fmt: skip
        versions.append(
            {**common, "quotation_id": number, "version_no": 1, "author_id": owned_by % 19 + 2, "category": "sea",
             "decline_reason": "价格",
                "issued_at": NOW if issued else None, "cargo": {"boxes": {"40HQ": 2}}, "teu": Decimal(4), "boxes": 2,
             "totals": {"options": [{"option": "", "subtotals": {"USD": "7700.00"}, "conversions": [], "total": None}],
                        "warnings": [], "unpriced": 0},
             "exchange_rates": {"USD": {"rate": "7.126", "on": "2026-03-02", "source": "bench"}}}
        )  # fmt: skip
        lines += [_line(number, owned_by, position) for position in range(LINES)]
        margins.append(
            {"version_id": number, "customer_id": owned_by, "currency": "CNY", "sale": Decimal(7700),
             "cost_before_rebate": Decimal(7000), "cost_after_rebate": Decimal(6900),
             "rate_before_rebate": Decimal("9.09"), "rate_after_rebate": Decimal("10.39"), "is_complete": True}
        )  # fmt: skip
    write(Quotation, heads)
    write(QuotationVersion, versions)
    write(QuotationLine, lines)
    write(QuotationMargin, margins)


def _line(version_id: int, customer_id: int, position: int) -> dict[str, Any]:
    return {
        "version_id": version_id, "customer_id": customer_id, "position": position,
        "section": "freight" if position < 4 else "origin", "charge_code": "O/F", "name_zh": f"费用{position}",
        "name_en": f"Charge {position}", "currency": "USD", "unit": "40HQ", "quantity": Decimal(2),
        "rate": Decimal(3850), "amount": Decimal(7700), "net": Decimal(7700), "tax": Decimal(0),
        "gross": Decimal(7700), "tax_class": "exempt_forwarding", "tax_kind": "exempt", "tax_label_zh": "免税",
        "tax_label_en": "Exempt", "working": WORKING,
        "terms": {"basis": "per_unit", "unit": "40HQ", "currency": "USD", "rate": "3850"},
    }  # fmt: skip


def write(model: type[Any], rows: Iterable[dict[str, Any]], size: int = 5_000) -> None:
    """Insert rows, some thousand at once."""
    waiting = iter(rows)
    while part := list(islice(waiting, size)):
        db.session.execute(insert(model), part)
    db.session.commit()


def is_built() -> bool:
    """Whether this database was filled before."""
    return db.session.scalar(select(Quotation.id).limit(1)) is not None
