"""A customer with a signed contract behind an accepted quotation, for the story of its money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.actions import publishing, reviewing
from portal.billing.models import (
    Dispute,
    Receivable,
    Statement,
    StatementLine,
    StatementRevision,
)
from portal.catalogue.models import ServiceItem
from portal.contracts.actions import approving, drafting, lines, signing
from portal.contracts.actions.lines import LineEdit, ManualLine
from portal.contracts.actions.signing import Signing
from portal.contracts.models import Contract, Entitlement
from portal.contracts.rules.kinds import Allowance, Overage
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import batches as files_job
from portal.kernel import clock
from portal.kernel.period import Period
from portal.receivables.actions import allocating, receipts, settlement
from portal.receivables.actions.receipts import ReceiptFacts
from portal.receivables.models import Receipt
from portal.receivables.rules.settlement import TermsFacts
from portal.usage.actions import batches, recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import ImportBatch, UsageRecord
from tests.billing_worlds import lines as lines_of
from tests.billing_worlds import run, statements
from tests.cast import Cast, viewer
from tests.contracts import accepted, service
from tests.factories import exchange

D = Decimal
FIRST = date(2026, 3, 2)
MONTHLY = {"allowance": Allowance.MONTH.value}


@contextmanager
def at(day: date, hour: int = 10) -> Iterator[datetime]:
    """The clock held at an hour of a day in Shanghai."""
    moment = datetime.combine(day, time(hour), ZoneInfo("Asia/Shanghai"))
    with clock.frozen(moment.astimezone(ZoneInfo("UTC"))) as held:
        yield held


@dataclass(frozen=True)
class Chain:
    """Who takes part, by id: the worker ends sessions on the way."""

    harbour_id: int
    contract_id: int
    people: Mapping[str, int]

    def by(self, name: str) -> Viewer:
        """One of the cast as the value that actions take."""
        return viewer(db.session.get_one(User, self.people[name]))

    @property
    def harbour(self) -> Customer:
        """The customer."""
        return db.session.get_one(Customer, self.harbour_id)

    def right(self, charge: str, on: date = FIRST, unit: str = "") -> Entitlement:
        """What the contract lets draw of a charge on a day."""
        wanted = select(Entitlement).join(ServiceItem, ServiceItem.id == Entitlement.item_id).where(
            Entitlement.contract_id == self.contract_id, ServiceItem.charge_code == charge,
            Entitlement.starts_on <= on, Entitlement.ends_on >= on,
        )  # fmt: skip
        return next(row for row in db.session.scalars(wanted) if unit in ("", row.unit))

    def used(self, charge: str, quantity: str, on: date, told: date) -> UsageRecord:
        """Usage told by customer service, perhaps later than it was."""
        right = self.right(charge, on)
        fact = UsageFact(
            self.harbour_id, D(quantity), right.unit, on, "wms", f"{charge}-{on}", item_id=right.item_id
        )  # fmt: skip
        with at(told, 18) as now:
            return recording.record(fact, self.by("customer_service"), now)

    def file_row(self, charge: str, quantity: str, place: int) -> tuple[str, ...]:
        """A row of a file of usage: the place-th of its charge, from March 5 on a day each."""
        right = self.right(charge)
        unit = {"H87": "件", "BL": "票", "ORD": "单"}[right.unit]
        day = (date(2026, 3, 5) + timedelta(days=place)).isoformat()
        return "HARBOUR", right.item.code, quantity, unit, day, f"{charge}-{place + 1:02d}"

    def statement(self, period: Period) -> Statement:
        """The statement of a month as it stands."""
        mine = statements(self.harbour)
        (found,) = (each for each in mine if each.starts_on == period.start_on)
        return found

    def owed(self, period: Period) -> Receivable:
        """What is owed for it."""
        wanted = select(Receivable).where(Receivable.statement_id == self.statement(period).id)
        return db.session.scalars(wanted.execution_options(populate_existing=True)).one()

    def tell_file(self, path: Path, now: datetime) -> ImportBatch:
        """A file of usage, received, read and applied as the worker does it."""
        with unit_of_work():
            batch_id = batches.receive(
                "usage", path.read_bytes(), path.name, self.by("customer_service"), now,
                Path(current_app.config["INSTANCE"]), options={},
            ).id  # fmt: skip
        files_job.work(batch_id)
        with unit_of_work():
            batches.ask_to_apply(db.session.get_one(ImportBatch, batch_id), now)
        files_job.work(batch_id)
        return db.session.get_one(ImportBatch, batch_id, populate_existing=True)


def signed(cast: Cast, now: datetime) -> Chain:
    """G1 quoted, issued and accepted; with five services of the warehouse more a contract, approved and signed."""
    desk, boss = viewer(cast.sales), viewer(cast.sales_manager)
    contract = drafting.draft_from(accepted(cast, now), desk, now)
    negotiate(contract, desk, now)
    approving.submit(contract, "报价之外增加仓储与操作", desk, now)
    approving.approve(contract, boss, now)
    signing.sign(contract, Signing(FIRST, "林晓雯", "吴梅"), boss, now)
    settlement.change(cast.harbour, TermsFacts(payment_days=30), viewer(cast.finance_manager), now)
    exchange("USD", "7.1034", date(2026, 3, 31))
    db.session.commit()
    people = {name: row.id for name, row in vars(cast).items() if isinstance(row, User)}
    return Chain(cast.harbour.id, contract.id, people)


def negotiate(contract: Contract, desk: Viewer, now: datetime) -> None:
    """Labels with a price beyond 1,000 a month, at least 30 orders a month, declarations, a fee, storage before tax."""
    beyond = {"overage": Overage.OVERAGE_PRICE.value, "overage_rate": D("0.15")}
    labels = {"quantity": D(1000), **MONTHLY, **beyond}
    orders = {"quantity": D(30), "charges_shortfall": True, **MONTHLY}
    store = service("STG", "仓储费", unit="MTQ.DAY", category="storage")
    for item, rate, values, inclusive in (
        (service("LAB", "贴标费", unit="H87"), "0.12", labels, True),
        (service("OUT", "出库操作费"), "12", orders, True),
        (service("C/D", "报关费", unit="BL"), "250", {}, True),
        (service("SYS", "系统服务费", unit="MON"), "600", {}, True),
        (store, "0.85", {}, False),
    ):
        _agree(contract, item, rate, values, inclusive, desk, now)


def _agree(
    contract: Contract, item: ServiceItem, rate: str, values: Mapping[str, Any], inclusive: bool, desk: Viewer,
    now: datetime,
) -> None:  # fmt: skip
    by_hand = ManualLine(
        item.id, item.main_unit, "CNY", D(rate), "年度谈判价", tax_inclusive=inclusive
    )
    row = lines.add_manual(contract, by_hand, desk, now)
    lines.edit(contract, [LineEdit(row.id, values)], desk, now)


def sums(statement: Statement) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax, gross."""
    return statement.net_amount, statement.tax_amount, statement.gross_amount


def gross_by(statement: Statement) -> dict[str, Decimal]:
    """Kind and charge → gross."""
    found: dict[str, Decimal] = {}
    for each in lines_of(statement):
        key = f"{each.kind}/{each.item.charge_code if each.item else ''}"
        found[key] = found.get(key, D(0)) + each.gross_amount
    return found


def line(statement: Statement, charge: str = "", reference: str = "", kind: str = "") -> StatementLine:  # fmt: skip
    """The one live line of a charge, reference or kind."""
    (found,) = (
        each for each in lines_of(statement)
        if (not charge or (each.item is not None and each.item.charge_code == charge))
        and (not reference or each.reference == reference) and (not kind or each.kind == kind)
        and (kind or each.kind != "credit")
    )  # fmt: skip
    return found


def disputes() -> list[Dispute]:
    """All of them, in order."""
    return list(db.session.scalars(select(Dispute).order_by(Dispute.id)))


def revisions(statement: Statement) -> list[StatementRevision]:
    """All of a statement, in order."""
    wanted = select(StatementRevision).where(StatementRevision.statement_id == statement.id)
    return list(db.session.scalars(wanted.order_by(StatementRevision.number)))


def billed_and_published(chain: Chain, period: Period, day: date) -> None:
    """Run twice (the second time nothing changes), reviewed by finance, published by its manager."""
    with at(day) as now:
        run(period, now=now)
        again = run(period, now=now)
        assert again.counts["unchanged"] == 1
        reviewing.review(chain.statement(period), chain.by("finance"), now)
        publishing.publish(chain.statement(period), chain.by("finance_manager"), now)
    db.session.commit()


def paid_in(chain: Chain, amount: str, day: date) -> Receipt:
    """Money came in and pays what is due first."""
    with at(day) as now:
        facts = ReceiptFacts(day, "CNY", D(amount), bank_reference=f"BOC-{day}")
        receipt = receipts.record(chain.harbour, facts, chain.by("finance"), now)
        allocating.allocate(receipt, None, day, chain.by("finance"), now)
    return receipt
