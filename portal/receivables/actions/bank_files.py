"""A bank's file: read with all that is wrong with it; credits become entries, and receipts where the payer is known.

The same file, or one that overlaps it, brings nothing twice: an entry is known by our account and the bank's reference.
`options` of the batch: account and currency where the file does not say them, allocate (True unless said otherwise).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.turns import Turn, take_turn
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.tables.opening import open_table
from portal.kernel.tables.refusals import Limits
from portal.kernel.text import t
from portal.receivables.actions import allocating, receipts
from portal.receivables.actions.receipts import ReceiptFacts
from portal.receivables.models import BankEntry, Receipt
from portal.receivables.queries.payers import known_references, owners, payers
from portal.receivables.queries.receipts import free_amount
from portal.receivables.rules.allocation import Wish
from portal.receivables.rules.bank_columns import find_columns
from portal.receivables.rules.bank_rows import BankRow
from portal.receivables.rules.bank_rows import read as read_rows
from portal.receivables.rules.kinds import BankState, ReceiptKind, ReceiptState
from portal.receivables.rules.payers import Match, numbers_in
from portal.usage.actions.at_work import Tell
from portal.usage.actions.batches import Found, Handler
from portal.usage.models import ImportBatch

KIND = "bank"
LIMITS = Limits(rows=50_000)
SHOWN = 200
TOLD_EVERY = 20


@dataclass(frozen=True, slots=True)
class Credit:
    """One row that came in and was not known, with whose it is."""

    row: BankRow
    match: Match | None


def read(batch: ImportBatch, path: Path, viewer: Viewer, now: datetime, tell: Tell) -> Found:
    """Read a bank's file without saving anything."""
    options = batch.options or {}
    table = open_table(path, batch.file_name, limits=LIMITS)
    reading = read_rows(
        table,
        find_columns(table),
        business_day(now),
        account=str(options.get("account") or ""),
        currency=str(options.get("currency") or "CNY"),
    )
    tell(reading.count, reading.count)
    known = known_references((each.account, each.reference) for each in reading.rows)
    news = [each for each in reading.rows if (each.account, each.reference) not in known]
    credits_ = _matched(news, viewer)
    counts = {
        "rows": reading.count,
        "credits": len(reading.rows),
        "debits": reading.debits,
        "known": len(known),
        "matched": sum(each.match is not None for each in credits_),
        "unmatched": sum(each.match is None for each in credits_),
        "amounts": _amounts(news),
        "lines": _lines(credits_[:SHOWN]),
    }
    return Found(reading.problems, counts, credits_)


def apply(
    batch: ImportBatch, rows: Sequence[Credit], actor: Viewer, now: datetime, tell: Tell
) -> Mapping[str, Any]:
    """Keep every row that is not known yet; receipts for those whose payer is, allocated unless the options say no."""
    take_turn(Turn.MONEY)
    known = known_references((each.row.account, each.row.reference) for each in rows)
    allocates = bool((batch.options or {}).get("allocate", True))
    counts = {"entries": 0, "receipts": 0, "unmatched": 0, "known": len(known)}
    for done, each in enumerate(rows, 1):
        if (each.row.account, each.row.reference) in known:
            continue
        entry = _entry(batch, each.row)
        counts["entries"] += 1
        if each.match is None:
            counts["unmatched"] += 1
        else:
            customer = db.session.get_one(Customer, each.match.customer_id)
            _received(entry, customer, each.match.receivable_ids, actor, now, allocates=allocates)
            counts["receipts"] += 1
        if done % TOLD_EVERY == 0:
            tell(done, len(rows))
    return counts


HANDLER = Handler(read, apply)


def match(
    entry: BankEntry, customer: Customer, actor: Viewer, now: datetime, *, kind: ReceiptKind = ReceiptKind.PAYMENT,
    allocate: bool = True,
) -> Receipt:  # fmt: skip
    """Say whose money a row is: its receipt, allocated oldest first when asked. NotAllowedNow when it has one."""
    entry = _held(entry)
    if entry.state == BankState.MATCHED:
        raise NotAllowedNow(t("A receipt was made of this already."))
    named = numbers_in(entry.memo)
    owned = owners(named, actor)
    theirs = [owned[each][1] for each in named if each in owned and owned[each][0] == customer.id]
    receipt = _received(entry, customer, theirs, actor, now, allocates=allocate, kind=kind)
    audit.record(actor, "bank_entry.matched", entry, now, after={"receipt": receipt.number})
    return receipt


def ignore(entry: BankEntry, reason: str, actor: Viewer, now: datetime) -> None:
    """It is no customer's payment (interest, a transfer between our accounts); with the reason."""
    why = reason.strip()[:300]
    if not why:
        raise Invalid(t("Say why."), "reason")
    entry = _held(entry)
    if entry.state == BankState.MATCHED:
        raise NotAllowedNow(t("A receipt was made of this already."))
    entry.state, entry.decided_reason = BankState.IGNORED.value, why
    audit.record(actor, "bank_entry.ignored", entry, now, reason=why)


def _held(entry: BankEntry) -> BankEntry:
    take_turn(Turn.MONEY)
    db.session.refresh(entry)
    return entry


def _matched(rows: Sequence[BankRow], viewer: Viewer) -> list[Credit]:
    everybody = payers(viewer)
    owned = owners({number for each in rows for number in numbers_in(each.memo)}, viewer)
    return [
        Credit(each, everybody.find(each.payer_name, each.payer_account, each.memo, owned))
        for each in rows
    ]


def _entry(batch: ImportBatch, row: BankRow) -> BankEntry:
    entry = BankEntry(
        account=row.account, reference=row.reference, on=row.on, currency=row.currency,
        amount=row.amount, payer_name=row.payer_name, payer_account=row.payer_account,
        memo=row.memo, state=BankState.UNMATCHED.value, batch_id=batch.id,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def _received(
    entry: BankEntry, customer: Customer, receivable_ids: Sequence[int], actor: Viewer, now: datetime, *,
    allocates: bool, kind: ReceiptKind = ReceiptKind.PAYMENT,
) -> Receipt:  # fmt: skip
    """The receipt of a row: the one that somebody recorded by hand before, else a new one."""
    receipt = _by_hand_before(entry, customer)
    if receipt is None:
        facts = ReceiptFacts(
            entry.on, entry.currency, entry.amount, kind, account=entry.account,
            bank_reference=entry.reference, payer_name=entry.payer_name, note=entry.memo,
        )  # fmt: skip
        receipt = receipts.record(customer, facts, actor, now, batch_id=entry.batch_id)
    entry.receipt_id, entry.state = receipt.id, BankState.MATCHED.value
    db.session.flush()
    if allocates and kind is ReceiptKind.PAYMENT:
        _pay(receipt, receivable_ids, actor, now)
    return receipt


def _by_hand_before(entry: BankEntry, customer: Customer) -> Receipt | None:
    kept = select(Receipt).where(
        Receipt.customer_id == customer.id,
        Receipt.account == entry.account,
        Receipt.bank_reference == entry.reference,
        Receipt.state == ReceiptState.KEPT.value,
    )
    return db.session.scalar(kept)


def _pay(receipt: Receipt, receivable_ids: Sequence[int], actor: Viewer, now: datetime) -> None:
    """What the memo names first, then oldest due first."""
    free, wishes = free_amount(receipt), []
    for row in (db.session.get_one(Receivable, each) for each in receivable_ids):
        amount = min(free, row.open_amount)
        if amount > 0 and row.currency == receipt.currency:
            wishes.append(Wish(row.id, amount))
            free -= amount
    if wishes:
        allocating.allocate(receipt, wishes, receipt.received_on, actor, now)
    if free > 0:
        allocating.allocate(receipt, None, receipt.received_on, actor, now)


def _amounts(rows: Sequence[BankRow]) -> dict[str, str]:
    """Currency → the sum of what came in anew, as text."""
    found: dict[str, Decimal] = {}
    for each in rows:
        found[each.currency] = found.get(each.currency, Decimal(0)) + each.amount
    return {code: str(amount) for code, amount in sorted(found.items())}


def _lines(rows: Sequence[Credit]) -> list[list[Any]]:
    """Rows of the preview: row, day, currency, amount, payer, memo, customer, how it was found."""
    ids = {each.match.customer_id for each in rows if each.match}
    found = db.session.scalars(select(Customer).where(Customer.id.in_(sorted(ids))))
    names = {row.id: row.label for row in found}
    return [
        [
            each.row.row, each.row.on.isoformat(), each.row.currency, str(each.row.amount), each.row.payer_name,
            each.row.memo, names.get(each.match.customer_id, "") if each.match else "",
            each.match.found_by.value if each.match else "",
        ]
        for each in rows
    ]  # fmt: skip
