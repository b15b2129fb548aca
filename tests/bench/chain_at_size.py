"""What customers bought and used, at size: contracts, entitlements, usage with its ledger. Always the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, ContractLine, ContractTerms, Entitlement, LedgerEntry
from portal.db.base import db
from portal.kernel.pinyin import search_words
from portal.usage.models import UsageRecord
from tests.bench.at_size import NOW, TODAY, write

SERVICES = (("HANDLING", "装卸费", "XPX"), ("STORAGE", "仓储费", "MTQ.DAY"), ("PICKING", "拣货费", "LINE"),
            ("DELIVERY", "送货费", "TRIP"), ("LABEL", "贴标费", "H87"))  # fmt: skip
FIRST_ITEM = 900_001
FIRST, LAST = TODAY - timedelta(days=300), TODAY + timedelta(days=65)
DAYS = 300
GRANTED = Decimal(100_000)


def is_built() -> bool:
    """Whether this database has its chain."""
    return db.session.scalar(select(Contract.id).limit(1)) is not None


def build(customers: int, entitlements: int, usage: int) -> None:
    """Fill a database that has its customers: one contract each, as many lines as the entitlements need."""
    lines = max(entitlements // customers, 1)
    used = usage // (customers * lines)
    write(ServiceItem, map(_item, range(len(SERVICES))))
    write(Contract, map(_contract, range(1, customers + 1)))
    write(ContractTerms, map(_terms, range(1, customers + 1)))
    numbers = range(1, customers * lines + 1)
    write(ContractLine, (_line(n, lines) for n in numbers))
    write(Entitlement, (_entitlement(n, lines, used) for n in numbers))
    write(UsageRecord, _usage(customers * lines, lines, used))
    write(LedgerEntry, (_grant(n, lines) for n in numbers))
    write(LedgerEntry, _entries(customers * lines, lines, used))


def item_code(number: int) -> str:
    """The code of the number-th service."""
    charge, _name, unit = SERVICES[number % len(SERVICES)]
    return f"handling-none-{charge}-{unit}"


def _item(number: int) -> dict[str, Any]:
    charge, name, unit = SERVICES[number]
    return {
        "id": FIRST_ITEM + number, "code": item_code(number), "name_zh": name, "name_en": charge.title(),
        "category": "handling", "load": "none", "charge_code": charge, "main_unit": unit, "section": "warehouse",
        "search_text": search_words(charge, name), "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _contract(number: int) -> dict[str, Any]:
    return {
        "id": number, "customer_id": number, "number": f"CT-2026-{number:06d}", "title": "年度仓储服务合同",
        "state": "active", "owner_id": number % 19 + 2, "author_id": number % 19 + 2, "starts_on": FIRST,
        "ends_on": LAST, "signed_on": FIRST, "search_text": search_words(f"CT-2026-{number:06d}", f"C{number:05d}"),
        "created_at": NOW, "updated_at": NOW - timedelta(minutes=number), "version": 1,
    }  # fmt: skip


def _terms(number: int) -> dict[str, Any]:
    return {"contract_id": number, "customer_id": number, "from_on": FIRST, "ends_on": LAST}


def _line(number: int, lines: int) -> dict[str, Any]:
    owner, position = divmod(number - 1, lines)
    _charge, name, unit = SERVICES[position % len(SERVICES)]
    return {
        "id": number, "root_id": number, "contract_id": owner + 1, "customer_id": owner + 1,
        "position": position + 1, "item_id": FIRST_ITEM + position % len(SERVICES), "name_zh": name,
        "quantity": GRANTED, "unit": unit, "main_unit": unit, "rate": Decimal("2.5"), "from_on": FIRST,
        "until_on": LAST, "price_terms": {"basis": "per_unit", "unit": unit, "currency": "CNY", "rate": "2.5"},
    }  # fmt: skip


def _entitlement(number: int, lines: int, used: int) -> dict[str, Any]:
    line = _line(number, lines)
    code = item_code(number - 1)
    return {
        "id": number, "customer_id": line["customer_id"], "contract_id": line["contract_id"], "line_id": number,
        "item_id": line["item_id"], "period_no": 1, "starts_on": FIRST, "ends_on": LAST, "unit": line["unit"],
        "overage": "same_price", "granted": GRANTED, "used": Decimal(used), "remaining": GRANTED - used,
        "search_text": search_words(code, line["name_zh"], f"C{line['customer_id']:05d}"),
    }  # fmt: skip


def _usage(entitlements: int, lines: int, used: int) -> Iterator[dict[str, Any]]:
    for turn in range(used):
        for number in range(1, entitlements + 1):
            line = _line(number, lines)
            yield {
                "id": turn * entitlements + number, "customer_id": line["customer_id"], "source": "file",
                "reference": f"B{turn:04d}-{number:06d}", "item_code": item_code((number - 1) % lines),
                "item_id": line["item_id"], "quantity": Decimal(1), "unit": line["unit"],
                "stat_quantity": Decimal(1), "used_on": FIRST + timedelta(days=(turn * 7 + number) % DAYS),
                "state": "unmatched" if number % 997 == 0 else "matched",
                "mismatch": "no_contract" if number % 997 == 0 else "",
                "contract_id": line["contract_id"], "entitlement_id": number, "recorded_at": NOW,
            }  # fmt: skip


def _grant(number: int, lines: int) -> dict[str, Any]:
    owner = _line(number, lines)["customer_id"]
    return {
        "entitlement_id": number, "customer_id": owner, "kind": "grant", "key": f"grant:{number}:1",
        "occurred_on": FIRST, "quantity_change": GRANTED, "granted_change": GRANTED, "remaining_after": GRANTED,
        "source_type": "contract", "source_id": owner, "source_label": f"CT-2026-{owner:06d}",
        "at": NOW - timedelta(days=DAYS),
    }  # fmt: skip


def _entries(entitlements: int, lines: int, used: int) -> Iterator[dict[str, Any]]:
    for turn in range(used):
        for number in range(1, entitlements + 1):
            usage_id = turn * entitlements + number
            yield {
                "entitlement_id": number, "customer_id": (number - 1) // lines + 1, "kind": "consume",
                "key": f"usage:{usage_id}:{number}", "occurred_on": FIRST + timedelta(days=(turn * 7 + number) % DAYS),
                "quantity_change": Decimal(-1), "used_change": Decimal(1),
                "remaining_after": GRANTED - turn - 1, "source_type": "usage", "source_id": usage_id,
                "source_label": f"B{turn:04d}-{number:06d}", "at": NOW,
            }  # fmt: skip
