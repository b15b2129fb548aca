"""Contracts for tests of what comes after: drafted, signed, in force, through the same actions as everybody's."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.catalogue.models import ServiceItem
from portal.contracts.actions import amended, amending, approving, drafting, lines, papers, signing
from portal.contracts.actions.drafting import Basics, a_year_from
from portal.contracts.actions.lines import LineEdit, ManualLine
from portal.contracts.actions.signing import Signing
from portal.contracts.models import Amendment, Contract, ContractLine
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.kernel.clock import business_day
from portal.quotations.actions import answering
from portal.quotations.actions.answering import Signature
from portal.quotations.models import QuotationVersion
from tests.cast import Cast, viewer
from tests.factories import add, item, tax_rates
from tests.offers import draft as draft_quotation
from tests.offers import firm, fresh, issue, keep

D = Decimal
SIGNED = Signing(date(2026, 3, 2), "林晓雯", "吴梅")


def service(
    charge_code: str = "HDL", name_zh: str = "操作费", *, unit: str = "ORD", **more: Any
) -> ServiceItem:
    """A service item of the warehouse; made once for each code and unit."""
    found = db.session.scalar(
        select(ServiceItem).where(
            ServiceItem.charge_code == charge_code, ServiceItem.main_unit == unit
        )
    )
    if found is not None:
        return found
    tax_rates()
    values = {
        "section": "handling",
        "tax_class": "service_6",
        "category": "handling",
        "load": "none",
    }
    return item(charge_code, name_zh, unit=unit, **{**values, **more})


def accepted(cast: Cast, now: datetime, customer: Customer | None = None) -> QuotationVersion:
    """Golden case G1, issued and accepted by the customer's own user."""
    if db.session.get(FirmProfile, 1) is None:
        firm()
    sent = issue(draft_quotation(cast, now, customer), cast, now)
    user = cast.erik if customer is not None and customer.id == cast.nordwind.id else cast.lin
    version = fresh(sent)
    answering.accept(version, Signature("林晓雯"), viewer(user), now)
    set_viewer(SYSTEM)
    keep(cast)
    return db.session.get_one(QuotationVersion, sent.id)


def by_hand(
    cast: Cast,
    now: datetime,
    quantity: str | None = "100",
    *,
    what: ServiceItem | None = None,
    customer: Customer | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    rate: str = "12",
    **values: Any,
) -> Contract:
    """A draft with one line of `what` (orders, CNY 12 each); `values` go into the line as the grid would write them."""
    desk, what = viewer(cast.sales), what or service()
    begins = starts_on or business_day(now)
    basics = Basics("仓储与操作", begins, ends_on or a_year_from(begins))
    contract = drafting.draft_by_hand(customer or cast.harbour, basics, desk, now)
    row = lines.add_manual(
        contract,
        ManualLine(what.id, what.main_unit, "CNY", D(rate), "年度谈判价"),
        desk,
        now,
    )
    amount = None if quantity is None else D(quantity)
    lines.edit(contract, [LineEdit(row.id, {"quantity": amount, **values})], desk, now)
    return contract


def to_sign(contract: Contract, cast: Cast, now: datetime) -> Contract:
    """Submitted by sales and approved by the manager; without its paper."""
    approving.submit(contract, "年度合同", viewer(cast.sales), now)
    approving.approve(contract, viewer(cast.sales_manager), now)
    return contract


def in_force(cast: Cast, now: datetime, quantity: str | None = "100", **more: Any) -> Contract:
    """A contract that was signed: by default 100 orders at CNY 12 for a year from `now`, for Harbour Foods.

    `more` as for `by_hand`: what, customer, starts_on, ends_on, rate, and values of the line (allowance, overage,
    overage_rate, carries_over, charges_shortfall, branch_id, until_on …).
    """
    contract = to_sign(by_hand(cast, now, quantity, **more), cast, now)
    return signing.sign(contract, SIGNED, viewer(cast.sales_manager), now)


def on_paper(cast: Cast, now: datetime, **more: Any) -> Amendment:
    """A contract in force with its printed paper, and its amendment that waits printed for the signatures."""
    boss, desk = viewer(cast.sales_manager), viewer(cast.sales)
    contract = by_hand(cast, now, **more)
    approving.submit(contract, "年度合同", desk, now)
    approving.approve(contract, boss, now, printer=papers.print_contract)
    signing.sign(contract, SIGNED, boss, now)
    amendment = amending.draft(contract, date(2026, 6, 1), "业务量增加", desk, now)
    amending.change_line(amendment, contract.lines[0].id, {"quantity": D(150)}, desk, now)
    amended.submit(amendment, desk, now)
    amended.approve(amendment, boss, now, printer=papers.print_amendment)
    return amendment


def line(contract: Contract) -> ContractLine:
    """Its first line."""
    return contract.lines[0]


def contact(of: Customer, name: str = "周敏", email: str = "zhou@harbour.example") -> Contact:
    """The customer's main contact."""
    return add(Contact(customer_id=of.id, name=name, email=email, is_main=True))
