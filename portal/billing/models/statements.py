"""Billing runs, statements 对账单, their frozen revisions and their lines."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.states import LineState, PaperState, RunState, StatementState
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, ContractLine
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, JSONText, Quantity, Rate, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "statement_run.started": Event(t("Billing run started")),
        "statement_run.done": Event(t("Billing run done")),
        "statement.drafted": Event(t("Statement drafted")),
        "statement.refreshed": Event(t("Draft brought up to date")),
        "statement.reviewed": Event(t("Reviewed")),
        "statement.returned": Event(t("Returned to draft")),
        "statement.published": Event(t("Published"), public=True),
        "statement.revised": Event(t("Revised"), public=True),
        "statement.lines_confirmed": Event(t("Lines confirmed"), public=True),
        "statement.confirmed": Event(t("Confirmed"), public=True),
        "statement.deemed_confirmed": Event(t("Deemed confirmed"), public=True),
        "statement.billed": Event(t("Billed"), public=True),
        "statement.unbilled": Event(t("No longer fully billed"), public=True),
        "statement.reminded": Event(t("Reminder to confirm sent"), public=True),
        "statement.voided": Event(t("Voided")),
        "settlement_terms.csv_layout": Event(t("Layout of the CSV file changed"), public=True),
    }
)


class StatementRun(Versioned, Base):
    """One billing run 出账批次 over a period: all settlement parties, or the one that was asked for.

    Each party's drafts are one transaction, so a run that died is taken up where it stopped. `done` of `total` parties;
    `counts`: drafted, refreshed, unchanged, empty, failed, lines. `problems`: [party id, text] of parties that could
    not be billed (a rate of exchange is missing, say); they have no draft then.
    """

    __tablename__ = "statement_run"
    __table_args__ = (
        CheckConstraint(one_of("state", RunState), name="known_state"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_statement_run_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    only_customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    state: Mapped[str] = mapped_column(String(12), default=RunState.WAITING.value)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[Any] = mapped_column(JSONText, default=dict)
    problems: Mapped[Any] = mapped_column(JSONText, default=list)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Statement(CustomerOwned, Versioned, Stamped, Base):
    """What one settlement party owes for one period in one currency (DOMAIN R1, R2).

    `customer_id` is the settlement party: the customer, its group, or the third party that pays. Lines name whom they
    were served to. `revision_no` is that of the last published revision, 0 before. The sums repeat the lines of that
    revision (of a draft: all lines), so that lists add nothing up. `terms`: the settlement terms as they were when it
    was published (payment_days, payment_from, due_on…). `deemed_on`: silence counts as a confirmation after that day;
    None: never (R4). `merged_from_id`: it came from that duplicate of the customer, who had one of this period too.
    """

    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint(one_of("state", StatementState), name="known_state"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("gross_amount = net_amount + tax_amount", name="adds_up"),
        CheckConstraint("state <> 'void' OR void_reason <> ''", name="voided_with_reason"),
        Index("ix_statement_updated", "updated_at", "id"),
        Index("ix_statement_customer_ends", "customer_id", "ends_on", "id"),
        Index("ix_statement_state_ends", "state", "ends_on", "id"),
        Index("ix_statement_ends", "ends_on", "id"),
        Index("ix_statement_run", "run_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=StatementState.DRAFT.value)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    language: Mapped[str] = mapped_column(String(8), default="zh_en")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("statement_run.id"))
    revision_no: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    line_count: Mapped[int] = mapped_column(default=0)
    net_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    tax_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    gross_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    confirmed_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    disputed_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    invoiced_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    due_on: Mapped[date | None]
    deemed_on: Mapped[date | None]
    terms: Mapped[Any] = mapped_column(JSONText, default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    is_deemed: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    void_reason: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    search_text: Mapped[str] = mapped_column(String(400), default="")
    merged_from_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))

    customer: Mapped[Customer] = relationship(foreign_keys="Statement.customer_id")
    revisions: Mapped[list[StatementRevision]] = relationship(
        back_populates="statement", order_by="StatementRevision.number"
    )


Index(
    "uq_statement_live",
    Statement.customer_id,
    Statement.currency,
    Statement.starts_on,
    Statement.ends_on,
    unique=True,
    sqlite_where=(Statement.state != "void") & Statement.merged_from_id.is_(None),
    postgresql_where=(Statement.state != "void") & Statement.merged_from_id.is_(None),
)


class StatementRevision(CustomerOwned, Base):
    """A published state of a statement: its sums and the hash of its content never change.

    `sha256` is that of the canonical JSON of its header and lines (billing.rules.content). `document_id` names the PDF
    once it is printed, `paper_tries` how often the worker has tried.
    """

    __tablename__ = "statement_revision"
    __table_args__ = (
        UniqueConstraint("statement_id", "number"),
        CheckConstraint(one_of("paper_state", PaperState), name="known_paper_state"),
        Index("ix_statement_revision_paper", "paper_state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500), default="")
    sha256: Mapped[str] = mapped_column(String(64))
    line_count: Mapped[int]
    net_amount: Mapped[Decimal] = mapped_column(Amount)
    tax_amount: Mapped[Decimal] = mapped_column(Amount)
    gross_amount: Mapped[Decimal] = mapped_column(Amount)
    opening_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    received_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    paper_state: Mapped[str] = mapped_column(String(12), default=PaperState.WAITING.value)
    paper_tries: Mapped[int] = mapped_column(default=0)

    statement: Mapped[Statement] = relationship(back_populates="revisions")


class StatementLine(CustomerOwned, Base):
    """One charge of a statement with its own working; part of the revisions `from_revision` to `until_revision`.

    What it says never changes once it is published; what the customer says to it does (`state`). `until_revision` None:
    still part of the statement. A draft's lines have `from_revision` 1. `served_id`: the customer or branch that was
    served. `quantity` in `unit` at `rate` makes `amount` of `line_currency` (before tax or with it, as `tax_inclusive`
    says), `converted` in the statement's currency at `exchange_rate` of `rate_on`; net + tax = gross in the statement's
    currency. `stat_quantity` in `main_unit` (TEU, m³·day) feeds the totals. `working`: pricing.Working and further
    steps as JSON. `is_late`: its day lies before the period 补录. `usage_id`/`entitlement_id`/`part` say which draw it
    is; no draw has two live lines. `reverses_id`: the line whose negative copy this one is.
    """

    __tablename__ = "statement_line"
    __table_args__ = (
        UniqueConstraint("statement_id", "serial"),
        CheckConstraint(one_of("kind", LineKind), name="known_kind"),
        CheckConstraint(one_of("state", LineState), name="known_state"),
        CheckConstraint("gross_amount = net_amount + tax_amount", name="adds_up"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_statement_line_contract", "contract_id", "ends_on"),
        Index("ix_statement_line_item", "item_id", "ends_on"),
        Index("ix_statement_line_entitlement", "entitlement_id"),
        Index("ix_statement_line_customer_ends", "customer_id", "ends_on", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"))
    serial: Mapped[int]
    from_revision: Mapped[int] = mapped_column(default=1)
    until_revision: Mapped[int | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("statement_line.id"))
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default=LineState.OPEN.value)
    served_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(240), default="")
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    contract_line_id: Mapped[int | None] = mapped_column(ForeignKey("contract_line.id"))
    entitlement_id: Mapped[int | None]
    usage_id: Mapped[int | None]
    part: Mapped[str] = mapped_column(String(8), default="")
    shipment_id: Mapped[int | None]
    credit_id: Mapped[int | None]
    receivable_id: Mapped[int | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("statement_line.id"))
    reference: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    is_late: Mapped[bool] = mapped_column(default=False)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(16))
    main_unit: Mapped[str] = mapped_column(String(16), default="")
    stat_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    rate: Mapped[Decimal | None] = mapped_column(Rate)
    line_currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Amount)
    exchange_rate: Mapped[Decimal | None] = mapped_column(Rate)
    rate_on: Mapped[date | None]
    rate_source: Mapped[str] = mapped_column(String(60), default="")
    converted: Mapped[Decimal] = mapped_column(Amount)
    tax_class: Mapped[str] = mapped_column(String(24), default="")
    tax_kind: Mapped[str] = mapped_column(String(8))
    tax_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    tax_inclusive: Mapped[bool] = mapped_column(default=True)
    net_amount: Mapped[Decimal] = mapped_column(Amount)
    tax_amount: Mapped[Decimal] = mapped_column(Amount)
    gross_amount: Mapped[Decimal] = mapped_column(Amount)
    working: Mapped[Any] = mapped_column(JSONText, default=list)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    statement: Mapped[Statement] = relationship()
    served: Mapped[Customer] = relationship(foreign_keys=[served_id])
    item: Mapped[ServiceItem | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    contract_line: Mapped[ContractLine | None] = relationship()


Index(
    "uq_statement_line_draw",
    StatementLine.usage_id,
    StatementLine.entitlement_id,
    StatementLine.part,
    unique=True,
    sqlite_where=(StatementLine.until_revision.is_(None)) & (StatementLine.usage_id.is_not(None)),
    postgresql_where=(StatementLine.until_revision.is_(None))
    & (StatementLine.usage_id.is_not(None)),
)
Index(
    "uq_statement_line_credit",
    StatementLine.credit_id,
    unique=True,
    sqlite_where=(StatementLine.until_revision.is_(None)) & (StatementLine.credit_id.is_not(None)),
    postgresql_where=(StatementLine.until_revision.is_(None))
    & (StatementLine.credit_id.is_not(None)),
)
Index(
    "uq_statement_line_reversal",
    StatementLine.reverses_id,
    unique=True,
    sqlite_where=(StatementLine.until_revision.is_(None))
    & (StatementLine.reverses_id.is_not(None)),
    postgresql_where=(StatementLine.until_revision.is_(None))
    & (StatementLine.reverses_id.is_not(None)),
)

# A line that goes is looked for in the columns that may name it; hardly any line has them.
Index(
    "ix_statement_line_replaces",
    StatementLine.replaces_id,
    sqlite_where=StatementLine.replaces_id.is_not(None),
    postgresql_where=StatementLine.replaces_id.is_not(None),
)
Index(
    "ix_statement_line_reverses",
    StatementLine.reverses_id,
    sqlite_where=StatementLine.reverses_id.is_not(None),
    postgresql_where=StatementLine.reverses_id.is_not(None),
)


class BilledOnce(CustomerOwned, Base):
    """What is billed once, for ever, beside usage: a storage day, a fee's month, a shortfall, a day of interest.

    `kind` and `subject_id` are explained by `Once`. The rows of a draft go with its lines.
    """

    __tablename__ = "billed_once"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "on"),
        CheckConstraint(one_of("kind", Once), name="known_kind"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int]
    on: Mapped[date]
    line_id: Mapped[int] = mapped_column(
        ForeignKey("statement_line.id", ondelete="CASCADE"), index=True
    )
