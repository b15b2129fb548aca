"""Who may have paid, and what the numbers in their memos stand for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.billing.rules.parties import party_of
from portal.customers.models import Customer
from portal.db.base import db
from portal.receivables.models import BankEntry, Invoice, InvoiceCoverage
from portal.receivables.rules.payers import Payer, Payers

AT_ONCE = 500


def payers(viewer: Viewer) -> Payers:
    """Every customer by account and names; what a branch pays counts for the group that settles its bills."""
    columns = (
        Customer.id, Customer.parent_id, Customer.billing, Customer.name_zh, Customer.name_en, Customer.short_name,
        Customer.bank_account,
    )  # fmt: skip
    rows = db.session.execute(visible(select(*columns), Customer, viewer))
    return Payers.of(
        Payer(party_of(row), (row.name_zh, row.name_en), row.short_name, row.bank_account)
        for row in rows
    )


def owners(numbers: Collection[str], viewer: Viewer) -> Mapping[str, tuple[int, int]]:
    """Number of a statement or an invoice → (customer id, receivable id); of several statements the first due."""
    found: dict[str, tuple[int, int]] = {}
    for some in _pieces(numbers):
        for number, row in (*_by_reference(some, viewer), *_by_invoice(some, viewer)):
            found.setdefault(number, row)
    return found


def known_references(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the (account, reference) pairs that a bank's file brought before."""
    wanted = set(pairs)
    found: set[tuple[str, str]] = set()
    for some in _pieces({reference for _, reference in wanted}):
        rows = select(BankEntry.account, BankEntry.reference).where(BankEntry.reference.in_(some))
        found |= {(row[0], row[1]) for row in db.session.execute(rows)} & wanted
    return found


def _by_reference(numbers: list[str], viewer: Viewer) -> list[tuple[str, tuple[int, int]]]:
    statement = visible(select(Receivable), Receivable, viewer)
    wanted = statement.where(Receivable.reference.in_(numbers)).order_by(Receivable.id)
    return [(row.reference, (row.customer_id, row.id)) for row in db.session.scalars(wanted)]


def _by_invoice(numbers: list[str], viewer: Viewer) -> list[tuple[str, tuple[int, int]]]:
    statement = (
        visible(select(Invoice.number, Receivable.customer_id, Receivable.id), Invoice, viewer)
        .join(InvoiceCoverage, InvoiceCoverage.invoice_id == Invoice.id)
        .join(Receivable, Receivable.statement_id == InvoiceCoverage.statement_id)
        .where(Invoice.number.in_(numbers), Invoice.red_of_id.is_(None))
        .order_by(Receivable.due_on, Receivable.id)
    )
    return [(row[0], (row[1], row[2])) for row in db.session.execute(statement)]


def _pieces(words: Collection[str]) -> Iterable[list[str]]:
    listed = sorted(words)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
