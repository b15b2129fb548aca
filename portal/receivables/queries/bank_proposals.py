"""Whose may a bank's row be? Found again by account, name and memo, and by an open item of the very amount (R8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.receivables.models import BankEntry
from portal.receivables.queries.payers import owners, payers
from portal.receivables.rules.payers import FOUND_WORDS, numbers_in

MOST = 6


@dataclass(frozen=True, slots=True)
class Proposal:
    """One customer who may have paid, and what speaks for it."""

    customer: Customer
    why: Text


def proposals(entries: Sequence[BankEntry], viewer: Viewer) -> dict[int, list[Proposal]]:
    """Entry id → who may have paid, the surest first; asked once for all of them."""
    found = _by_words(entries, viewer)
    for entry_id, customer_id, why in _by_amount(entries, viewer):
        found[entry_id].setdefault(customer_id, why)
    named = _named({each for some in found.values() for each in some}, viewer)
    return {
        entry_id: [
            Proposal(named[each], why) for each, why in list(some.items())[:MOST] if each in named
        ]
        for entry_id, some in found.items()
    }


def _by_words(entries: Sequence[BankEntry], viewer: Viewer) -> dict[int, dict[int, Text]]:
    everybody = payers(viewer)
    owned = owners({number for each in entries for number in numbers_in(each.memo)}, viewer)
    found: dict[int, dict[int, Text]] = {each.id: {} for each in entries}
    for each in entries:
        match = everybody.find(each.payer_name, each.payer_account, each.memo, owned)
        if match is not None:
            found[each.id][match.customer_id] = FOUND_WORDS[match.found_by]
    return found


def _by_amount(entries: Sequence[BankEntry], viewer: Viewer) -> list[tuple[int, int, Text]]:
    amounts = sorted({each.amount for each in entries})
    if not amounts:
        return []
    columns = (
        Receivable.customer_id,
        Receivable.currency,
        Receivable.open_amount,
        Receivable.reference,
    )
    same = visible(select(*columns), Receivable, viewer).where(Receivable.open_amount.in_(amounts))
    rows = db.session.execute(same.order_by(Receivable.due_on, Receivable.id)).all()
    return [
        (each.id, row.customer_id, t("%(number)s is open with just this amount", number=row.reference))
        for each in entries
        for row in rows
        if (row.currency, row.open_amount) == (each.currency, each.amount)
    ]  # fmt: skip


def _named(ids: set[int], viewer: Viewer) -> dict[int, Customer]:
    if not ids:
        return {}
    wanted = visible(select(Customer), Customer, viewer).where(Customer.id.in_(sorted(ids)))
    return {row.id: row for row in db.session.scalars(wanted)}
