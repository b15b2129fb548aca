"""Entitlements for tests of what draws from them: a signed contract with one line, granted through the ledger."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM
from portal.catalogue.models import ServiceItem
from portal.contracts.actions.ledger import grant_line
from portal.contracts.models import Contract, ContractLine, ContractTerms, Entitlement
from portal.contracts.rules.kinds import Allowance, Overage
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.series import next_number
from tests.cast import Cast
from tests.factories import add, per_unit
from tests.factories import item as new_item

D = Decimal


def handling(charge_code: str = "HANDLING") -> ServiceItem:
    """A service measured in pallets, made once."""
    found = db.session.query(ServiceItem).filter_by(charge_code=charge_code).first()
    return found or new_item(
        charge_code, "装卸费", unit="XPX", section="warehouse", tax_class="service_6",
        category="handling", load="none",
    )  # fmt: skip


def signed_contract(cast: Cast, customer: Customer | None = None, **more: Any) -> Contract:
    """A contract in force for the year 2026, without lines."""
    customer = customer or cast.harbour
    values = {
        "title": "2026 仓储服务合同", "state": ContractState.ACTIVE.value, "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31), "signed_on": date(2025, 12, 20), **more,
    }  # fmt: skip
    contract = add(
        Contract(number=next_number("CT", 2026), customer_id=customer.id, owner_id=cast.sales.id,
                 author_id=cast.sales.id, **values)
    )  # fmt: skip
    add(ContractTerms(contract_id=contract.id, customer_id=customer.id, from_on=contract.starts_on,
                      ends_on=contract.ends_on))  # fmt: skip
    return contract


def contract_line(
    contract: Contract, what: ServiceItem, quantity: Decimal | None, **more: Any
) -> ContractLine:
    """One line of a contract at 28.50 CNY a unit; `more` replaces what it says."""
    values = {
        "name_zh": what.name_zh, "name_en": what.name_en, "unit": what.main_unit, "main_unit": what.main_unit,
        "rate": D("28.5"), "price_terms": per_unit(what.main_unit, "CNY", "28.5").to_json(),
        "from_on": contract.starts_on, "until_on": contract.ends_on, **more,
    }  # fmt: skip
    return add(
        ContractLine(contract_id=contract.id, customer_id=contract.customer_id, item_id=what.id,
                     position=len(contract.lines) + 1, quantity=quantity, **values)
    )  # fmt: skip


def granted(
    cast: Cast, now: datetime, *, quantity: Decimal | None = D(5), overage: Overage = Overage.STOP,
    item: ServiceItem | None = None, customer: Customer | None = None,
    allowance: Allowance = Allowance.CONTRACT, **line: Any,
) -> list[Entitlement]:  # fmt: skip
    """Every entitlement of a new signed contract with one line."""
    contract = signed_contract(cast, customer)
    row = contract_line(contract, item or handling(), quantity, overage=overage.value,
                        allowance=allowance.value, **line)  # fmt: skip
    db.session.refresh(contract)
    return grant_line(row, SYSTEM, now)


def entitled(
    cast: Cast, now: datetime, *, quantity: Decimal | None = D(5), overage: Overage = Overage.STOP,
    item: ServiceItem | None = None, customer: Customer | None = None, **line: Any,
) -> Entitlement:  # fmt: skip
    """One entitlement for the year 2026 (None: without limit), of Harbour Foods unless said otherwise."""
    return granted(cast, now, quantity=quantity, overage=overage, item=item, customer=customer, **line)[0]  # fmt: skip
