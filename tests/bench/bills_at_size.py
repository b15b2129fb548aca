"""What was billed, disputed, paid and invoiced, at size, over what `chain_at_size` used. Always the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select, text, update

from portal.accounts.models import StaffRole, User
from portal.billing.models import (
    Credit,
    Dispute,
    Receivable,
    ReceivablePosting,
    Statement,
    StatementLine,
    StatementRevision,
)
from portal.billing.rules.states import CUSTOMER_SEES
from portal.contracts.models import Entitlement
from portal.customers.models import CreditStanding, Membership, SettlementTerms
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.pinyin import search_words
from portal.receivables.models import Allocation, Invoice, InvoiceCoverage, Receipt
from portal.shipments.models import Booking, Shipment
from portal.usage.models import UsageRecord
from tests.bench.at_size import NOW, TODAY, write
from tests.bench.chain_at_size import FIRST_ITEM, SERVICES, item_code

LONG, MIDDLING = 2_000, 50
HISTORY = 19
USUAL = 20
GROSS, TAX, NET = Decimal("26.50"), Decimal("1.50"), Decimal("25.00")
WORKING = [
    ["counted", {"quantity": "10", "unit": "XPX"}],
    ["product", {"amount": "26.50", "quantity": "10", "rate": "2.65", "unit": "XPX"}],
    ["tax", {"currency": "CNY", "gross": "26.50", "inclusive": True, "kind": "taxed", "net": "25.00",
             "percent": "6", "tax": "1.50"}],
]  # fmt: skip
DISPUTED_EVERY = 8
POWERS = ["accept_quotations", "administer", "book", "confirm_bills", "dispute_bills", "see_bills", "see_contracts",
          "see_quotations"]  # fmt: skip
STEPS = ("statement.drafted", "statement.reviewed", "statement.published", "statement.confirmed")


class Paper(NamedTuple):
    """One statement to be: whose, how many months ago, with how many lines from which line id on."""

    id: int
    owner: int
    back: int
    lines: int
    first_line: int

    @property
    def ends_on(self) -> date:
        """The last day of its month."""
        first = TODAY.replace(day=1)
        for _month in range(self.back):
            first = (first - timedelta(days=1)).replace(day=1)
        return first - timedelta(days=1)

    @property
    def due_on(self) -> date:
        """Thirty days after it was published."""
        return self.ends_on + timedelta(days=33)

    @property
    def gross(self) -> Decimal:
        """What it comes to."""
        return self.lines * GROSS

    @property
    def is_disputed(self) -> bool:
        """Whether a line of it was, or is, disputed."""
        return self.id % DISPUTED_EVERY == 0 and self.state in CUSTOMER_SEES

    @property
    def state(self) -> str:
        """The older the further."""
        if self.owner > 1 and self.back == 0 and self.id % 10 == 3:
            return "under_review"
        if self.back == 0:
            return "partly_disputed" if self.id % DISPUTED_EVERY == 0 else "published"
        return "confirmed" if self.back == 1 else "billed"

    @property
    def is_paid(self) -> bool:
        """Whether nothing of it is open."""
        return self.back > 1 and not (self.back == 2 and self.id % 7 == 0)


def is_built() -> bool:
    """Whether this database has its bills."""
    return db.session.scalar(select(Statement.id).limit(1)) is not None


def build(customers: int, statements: int, lines: int) -> None:
    """Fill a database that has its customers and their chain."""
    _people()
    papers = _papers(customers, statements, lines)
    seen = [paper for paper in papers if paper.state in CUSTOMER_SEES]
    each_has, usage = _chain(customers)
    write(Booking, map(_booking, range(1, customers + 1)))
    write(Shipment, map(_shipment, range(1, customers + 1)))
    _offers(customers)
    write(SettlementTerms, ({"customer_id": n, "created_at": NOW, "updated_at": NOW, "version": 1}
                            for n in range(1, customers + 1)))  # fmt: skip
    write(CreditStanding, ({"customer_id": n, "worked_out_at": NOW, "exposure_amount": 40 * GROSS, "version": 1}
                           for n in range(1, customers + 1)))  # fmt: skip
    write(Statement, map(_statement, papers))
    write(StatementRevision, map(_revision, seen))
    write(
        StatementLine,
        (row for paper in papers for row in _lines(paper, customers, each_has, usage)),
    )
    write(Dispute, (_dispute(paper) for paper in seen if paper.is_disputed))
    write(Credit, (_credit(paper) for paper in seen if paper.is_disputed and paper.back))
    write(AuditEntry, (row for paper in papers for row in _history(paper)))
    _money(seen)
    _billed()


def _people() -> None:
    db.session.add(
        User(id=21, email="finance@bench.example", name="沈会计", kind="staff", fs_uniquifier="finance",
             roles=[StaffRole(role="finance_manager")])
    )  # fmt: skip
    db.session.execute(update(Membership).where(Membership.user_id == 100).values(powers=POWERS))
    db.session.commit()


def _papers(customers: int, statements: int, lines: int) -> list[Paper]:
    """Customer 1 has the longest, one of fifty lines, and the longest past; the others share the rest."""
    shared = statements - HISTORY
    short, more = divmod(lines - LONG - MIDDLING, statements - 2)
    found, first = [], 1
    for number in range(1, statements + 1):
        back, owner = divmod(number - 1, customers)
        if number > shared:
            back, owner = shared // customers + number - shared, 0
        usual = short + (number > statements - more)
        length = {1: LONG, customers + 1: MIDDLING}.get(number, usual)
        found.append(Paper(number, owner + 1, back, length, first))
        first += length
    return found


def _chain(customers: int) -> tuple[int, int]:
    """(Entitlements of each customer, usage records of each entitlement) as `chain_at_size` made them."""
    each = (db.session.scalar(select(func.max(Entitlement.id))) or 0) // customers
    used = db.session.scalar(select(func.max(UsageRecord.id))) or 0
    return each, used // max(each * customers, 1)


def _offers(customers: int) -> None:
    """The contracts come of quotations."""
    mine = text(
        "UPDATE contract SET quotation_version_id = (SELECT min(v.id) FROM quotation_version v WHERE"
        " v.customer_id = contract.customer_id) WHERE customer_id <= :n"
    )
    db.session.execute(mine, {"n": customers})
    db.session.commit()


def _booking(number: int) -> dict[str, Any]:
    return {
        "id": number, "customer_id": number, "number": f"BK-2026-{number:06d}", "state": "confirmed",
        "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _shipment(number: int) -> dict[str, Any]:
    return {
        "id": number, "customer_id": number, "number": f"SH-2026-{number:06d}", "state": "completed",
        "booking_id": number, "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _statement(paper: Paper) -> dict[str, Any]:
    number, seen = f"ST-{paper.ends_on.year}-{paper.id:06d}", paper.state in CUSTOMER_SEES
    done = paper.state in ("confirmed", "billed")
    due = paper.due_on if seen else None
    return {
        "id": paper.id, "customer_id": paper.owner, "number": number, "state": paper.state,
        "starts_on": paper.ends_on.replace(day=1), "ends_on": paper.ends_on, "revision_no": int(seen),
        "line_count": paper.lines, "net_amount": paper.lines * NET, "tax_amount": paper.lines * TAX,
        "gross_amount": paper.gross, "confirmed_amount": paper.gross if done else Decimal(0),
        "disputed_amount": GROSS if paper.state == "partly_disputed" else Decimal(0),
        "invoiced_amount": paper.gross if paper.state == "billed" else Decimal(0), "due_on": due,
        "content_hash": f"{paper.id:064x}", "published_at": NOW if seen else None,
        "terms": {"answer_by": (paper.ends_on + timedelta(days=10)).isoformat(), "confirm_days": 7,
                  "due_on": paper.due_on.isoformat(), "kind": "monthly", "payment_days": 30},
        "search_text": search_words(number, f"{paper.ends_on:%Y-%m}", f"C{paper.owner:05d}", f"客户{paper.owner}"),
        "created_at": NOW, "updated_at": NOW - timedelta(minutes=paper.id), "version": 1,
    }  # fmt: skip


def _revision(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id, "statement_id": paper.id, "customer_id": paper.owner, "number": 1,
        "sha256": f"{paper.id:064x}", "line_count": paper.lines, "net_amount": paper.lines * NET,
        "tax_amount": paper.lines * TAX, "gross_amount": paper.gross, "published_at": NOW, "paper_state": "ready",
    }  # fmt: skip


def _lines(paper: Paper, customers: int, each_has: int, used: int) -> Iterator[dict[str, Any]]:
    """The first twenty bill usage, what follows are fees."""
    for place in range(paper.lines):
        at = place % each_has
        entitlement = (paper.owner - 1) * each_has + at + 1
        turn = (paper.back * USUAL + place) // each_has
        drawn = place < USUAL and turn < used
        charge, name, unit = SERVICES[at % len(SERVICES)]
        on = paper.ends_on - timedelta(days=place % 28)
        yield {
            "id": paper.first_line + place, "customer_id": paper.owner, "served_id": paper.owner,
            "statement_id": paper.id, "serial": place + 1, "kind": "usage" if drawn else "fee",
            "state": _line_state(paper, place), "item_id": FIRST_ITEM + at % len(SERVICES), "name_zh": name,
            "name_en": charge.title(), "contract_id": paper.owner, "contract_line_id": entitlement,
            "entitlement_id": entitlement, "part": "within" if drawn else "",
            "usage_id": turn * customers * each_has + entitlement if drawn else None,
            "shipment_id": paper.owner if drawn else None, "reference": f"{item_code(at)[:20]}/{place:04d}",
            "starts_on": on, "ends_on": on, "quantity": Decimal(10), "unit": unit, "main_unit": unit,
            "stat_quantity": Decimal(10), "rate": Decimal("2.65"), "line_currency": "CNY", "amount": GROSS,
            "converted": GROSS, "tax_class": "service_6", "tax_kind": "taxed", "tax_percent": Decimal(6),
            "net_amount": NET, "tax_amount": TAX, "gross_amount": GROSS, "working": WORKING,
        }  # fmt: skip


def _line_state(paper: Paper, place: int) -> str:
    if place == 0 and paper.is_disputed:
        return "disputed" if paper.back == 0 else "adjusted"
    return "open" if paper.back == 0 else "confirmed"


def _dispute(paper: Paper) -> dict[str, Any]:
    decided = paper.back > 0
    raised = NOW - timedelta(days=30 * paper.back + paper.id % 20)
    return {
        "id": paper.id // DISPUTED_EVERY, "number": f"DP-2026-{paper.id:06d}", "customer_id": paper.owner,
        "statement_id": paper.id, "line_id": paper.first_line, "state": "accepted" if decided else "open",
        "reason": ("rate", "quantity", "duplicate")[paper.id % 3], "currency": "CNY", "disputed_amount": GROSS,
        "text": "合同价是二元五角，账单按二元六角五分计算，请核对。" * 3, "raised_by": 100, "raised_at": raised,
        "granted_amount": Decimal("1.50") if decided else None, "decision": "按合同价更正。" if decided else "",
        "decided_by": 21 if decided else None, "decided_at": NOW if decided else None,
        "created_at": raised, "updated_at": raised, "version": 1,
    }  # fmt: skip


def _credit(paper: Paper) -> dict[str, Any]:
    number = paper.id // DISPUTED_EVERY
    return {
        "id": number, "number": f"CR-2026-{number:06d}", "customer_id": paper.owner, "served_id": paper.owner,
        "state": "granted", "source_type": "dispute", "source_id": number, "line_id": paper.first_line,
        "name_zh": "价格更正", "reason": "按合同价更正", "currency": "CNY", "tax_kind": "taxed",
        "tax_percent": Decimal(6), "net_amount": Decimal("1.42"), "tax_amount": Decimal("0.08"),
        "gross_amount": Decimal("1.50"), "granted_on": TODAY, "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _history(paper: Paper) -> Iterator[dict[str, Any]]:
    for at, event in enumerate(STEPS[: 4 if paper.back else 3]):
        number = paper.id * len(STEPS) + at
        yield {
            "id": number, "at": NOW, "actor_id": 21, "actor_name": "沈会计", "event": event,
            "subject_type": "statement", "subject_id": paper.id, "customer_id": paper.owner, "is_public": at > 1,
            "after": {"state": "published"}, "previous_hash": f"{number:064x}",
            "entry_hash": f"{number + 1:064x}",
        }  # fmt: skip


def _money(papers: Iterable[Paper]) -> None:
    """Each is owed for; the older ones are paid by a receipt and invoiced."""
    owed = list(papers)
    paid = [paper for paper in owed if paper.is_paid]
    write(Receivable, map(_receivable, owed))
    write(ReceivablePosting, (_posting(paper, "issue", paper.gross) for paper in owed))
    write(Receipt, map(_receipt, paid))
    write(Allocation, map(_allocation, paid))
    write(ReceivablePosting, (_posting(paper, "allocation", -paper.gross) for paper in paid))
    billed = [paper for paper in owed if paper.state == "billed"]
    write(Invoice, map(_invoice, billed))
    write(InvoiceCoverage, ({"invoice_id": p.id, "statement_id": p.id, "customer_id": p.owner,
                             "gross_amount": p.gross} for p in billed))  # fmt: skip


def _receivable(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id, "customer_id": paper.owner, "kind": "statement", "statement_id": paper.id,
        "reference": f"ST-{paper.ends_on.year}-{paper.id:06d}", "currency": "CNY",
        "issued_on": paper.ends_on + timedelta(days=3), "due_on": paper.due_on, "amount": paper.gross,
        "open_amount": Decimal(0) if paper.is_paid else paper.gross,
        "disputed_amount": GROSS if paper.state == "partly_disputed" else Decimal(0),
        "settled_on": paper.due_on if paper.is_paid else None, "created_at": NOW, "version": 1,
    }  # fmt: skip


def _posting(paper: Paper, kind: str, change: Decimal) -> dict[str, Any]:
    issued = kind == "issue"
    return {
        "customer_id": paper.owner, "receivable_id": paper.id, "kind": kind, "key": f"{kind}:{paper.id}",
        "on": paper.ends_on + timedelta(days=3) if issued else paper.due_on, "change": change,
        "source_type": "statement" if issued else "receipt", "source_id": paper.id, "at": NOW,
    }  # fmt: skip


def _receipt(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id, "customer_id": paper.owner, "number": f"RC-2026-{paper.id:06d}", "kind": "payment",
        "state": "kept", "received_on": paper.due_on, "currency": "CNY", "amount": paper.gross,
        "open_amount": Decimal(0), "payer_name": f"付款人{paper.owner}", "account": "6222",
        "bank_reference": f"B{paper.id}", "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _allocation(paper: Paper) -> dict[str, Any]:
    return {
        "customer_id": paper.owner, "receipt_id": paper.id, "receivable_id": paper.id, "on": paper.due_on,
        "receipt_amount": paper.gross, "amount": paper.gross, "at": NOW,
    }  # fmt: skip


def _invoice(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id, "customer_id": paper.owner, "kind": "special", "number": f"{paper.id:020d}",
        "issued_on": paper.due_on, "title": f"客户{paper.owner}有限公司", "net_amount": paper.lines * NET,
        "tax_amount": paper.lines * TAX, "gross_amount": paper.gross, "search_text": f"{paper.id:020d} c{paper.owner}",
        "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _billed() -> None:
    """Usage that stands on a statement is no longer to be billed."""
    mine = text(
        "UPDATE usage_record SET statement_id = (SELECT l.statement_id FROM statement_line l WHERE"
        " l.usage_id = usage_record.id AND l.until_revision IS NULL) WHERE id IN (SELECT usage_id FROM"
        " statement_line WHERE usage_id IS NOT NULL AND until_revision IS NULL)"
    )
    db.session.execute(mine)
    db.session.commit()
