"""A file of usage: read with everything that is wrong with it, previewed, applied whole in bulk.

The outcome is the same as if its rows were recorded one after the other; only what is asked and written is gathered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, insert, update

from portal.access.viewer import Viewer
from portal.contracts.models import Entitlement, LedgerEntry
from portal.db.base import db
from portal.db.engine import room_to_write, write_from_here
from portal.kernel.clock import business_day
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables.opening import open_table
from portal.usage.actions.at_work import Tell
from portal.usage.actions.batches import LIMITS, Found, Handler
from portal.usage.actions.drawing import draw_key
from portal.usage.actions.spool import Spool
from portal.usage.models import ImportBatch, UsageRecord
from portal.usage.queries.bulk import (
    Recorded,
    accounts_of,
    bought_by_charge,
    customers_by_word,
    ids_by_reference,
    items_by_word,
    recorded,
    service_words,
)
from portal.usage.rules.accounts import Account, Accounts, Outcome
from portal.usage.rules.columns import Told, find_columns
from portal.usage.rules.facts import record_words, reference_taken
from portal.usage.rules.preview import Preview
from portal.usage.rules.reading import Lookups, Problems, Reader, UsageRow
from portal.usage.rules.states import UsageState

KIND = "usage"
SOURCE = "file"
TOLD_EVERY = 500
RECORDS = insert(cast(Table, UsageRecord.__table__))
ENTRIES = insert(cast(Table, LedgerEntry.__table__))
"""Straight into the tables: a third quicker than by way of the mapper, which has nothing to do here."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The right rows of a file, with the (customer, item) pairs among them."""

    spool: Spool
    pairs: set[tuple[int, int]]


def read(batch: ImportBatch, path: Path, viewer: Viewer, now: datetime, tell: Tell) -> Found:
    """Read a file of usage without saving; with a preview of what it would draw, unless it is about to be applied."""
    table = open_table(path, batch.file_name, limits=LIMITS)
    columns = find_columns(table)
    problems = Problems()
    lookups = Lookups(
        customers_by_word(viewer), items_by_word(), business_day(now), bought_by_charge(viewer)
    )
    reader = Reader(columns, lookups, problems)
    pairs: set[tuple[int, int]] = set()
    spool = Spool(_noting(reader.rows(table), pairs, table.row_count, tell))
    rows = Rows(spool, pairs)
    label = columns.places[Told.REFERENCE].label
    counts: dict[str, Any] = {"rows": reader.count}
    if (batch.options or {}).get("step") != "apply":
        preview = _preview(rows, source_of(batch), label, problems, viewer, tell)
        counts |= preview.to_json()
    counts |= {"errors": problems.errors, "warnings": problems.warnings}
    return Found(problems.listed, counts, rows)


def apply(
    batch: ImportBatch, rows: Rows, actor: Viewer, now: datetime, tell: Tell
) -> Mapping[str, Any]:
    """Record and draw every row that is not recorded yet; FileProblems when a reference says something else by now.

    Customers are taken one after the other (a branch with its group), each in the file's order: what they draw is the
    same, and the indexes grow in one place at a time instead of everywhere.
    """
    write_from_here(db.session())
    writer = _Writer(batch, actor, now)
    accounts = accounts_of(rows.pairs, actor, lock=True)
    done = 0
    with room_to_write(db.session()):
        for piece in rows.spool.grouped(accounts.owner):
            news = list(_news(piece, writer.source))
            writer.write(news, [_drawn(accounts, row) for row in news])
            done += len(piece)
            tell(done, rows.spool.count)
        _save_balances(accounts)
    return {"recorded": writer.count, "known": rows.spool.count - writer.count, **writer.states}


HANDLER = Handler(read, apply)


def source_of(batch: ImportBatch) -> str:
    """The name under which a file's references count once."""
    return str((batch.options or {}).get("source") or SOURCE)


def _noting(
    rows: Iterable[UsageRow], pairs: set[tuple[int, int]], total: int | None, tell: Tell
) -> Iterator[UsageRow]:
    for count, row in enumerate(rows, 1):
        if row.item_id is not None:
            pairs.add((row.customer_id, row.item_id))
        if count % TOLD_EVERY == 0:
            tell(count, total)
        yield row


def _preview(
    rows: Rows, source: str, label: str, problems: Problems, viewer: Viewer, tell: Tell
) -> Preview:
    preview, accounts = Preview(), accounts_of(rows.pairs, viewer)
    done = 0
    for piece in rows.spool.pieces():
        known = recorded(source, (row.reference for row in piece))
        for row in piece:
            before = known.get(row.reference)
            if before is None:
                preview.add(row, _drawn(accounts, row))
            elif before == _content(row):
                preview.known += 1
            else:
                problems.tell_problem(_taken(row, label, before))
        done += len(piece)
        tell(done, rows.spool.count)
    return preview


def _news(piece: list[UsageRow], source: str) -> Iterator[UsageRow]:
    """The rows that nobody has recorded."""
    known = recorded(source, (row.reference for row in piece))
    for row in piece:
        before = known.get(row.reference)
        if before is None:
            yield row
        elif before != _content(row):
            raise FileProblems([_taken(row, None, before)])


def _drawn(accounts: Accounts, row: UsageRow) -> Outcome:
    return accounts.draw(row.customer_id, row.item_id, row.quantity, row.unit, row.used_on)


def _content(row: UsageRow) -> Recorded:
    return Recorded(row.customer_id, row.item_code, row.quantity, row.unit, row.used_on)


def _taken(row: UsageRow, label: str | None, before: Recorded) -> Problem:
    known = record_words(service_words(before.item_code), *before[2:])
    told = record_words(service_words(row.item_code), row.quantity, row.unit, row.used_on)
    return Problem(row.number, label, row.reference, reference_taken(row.reference, known, told))


class _Writer:
    """Writes records and ledger entries in bulk, piece by piece."""

    def __init__(self, batch: ImportBatch, actor: Viewer, now: datetime) -> None:
        self.batch_id = batch.id
        self.source = source_of(batch)
        self.always = {"by_id": actor.user_id, "at": now}
        self.count = 0
        self.states = {"matched": 0, "unmatched": 0}
        self.last_id = 0

    def write(self, rows: list[UsageRow], outcomes: list[Outcome]) -> None:
        """Insert the records, then their entries, which name them."""
        if not rows:
            return
        told = zip(rows, outcomes, strict=True)
        db.session.execute(RECORDS, [self._record(*each) for each in told])
        ids = ids_by_reference(self.batch_id, self.last_id)
        self.last_id = max(ids.values())
        self.count += len(rows)
        self.states["matched"] += sum(1 for each in outcomes if each.draws)
        self.states["unmatched"] += sum(1 for each in outcomes if not each.draws)
        entries = [
            entry
            for row, outcome in zip(rows, outcomes, strict=True)
            for entry in self._entries(row, ids[row.reference], outcome)
        ]
        if entries:
            db.session.execute(ENTRIES, entries)

    def _record(self, row: UsageRow, outcome: Outcome) -> dict[str, Any]:
        first = outcome.draws[0].account if outcome.draws else None
        return {
            "customer_id": row.customer_id,
            "source": self.source,
            "reference": row.reference,
            "item_code": row.item_code,
            "item_id": row.item_id,
            "quantity": row.quantity,
            "unit": row.unit,
            "stat_quantity": outcome.statistical,
            "over_quantity": outcome.over,
            "draws": max(len(outcome.draws), 1),
            "used_on": row.used_on,
            "state": (UsageState.MATCHED if first else UsageState.UNMATCHED).value,
            "mismatch": outcome.mismatch.value if outcome.mismatch else "",
            "contract_id": first.contract_id if first else None,
            "entitlement_id": first.id if first else None,
            "reverses_id": None,
            "shipment_id": None,
            "batch_id": self.batch_id,
            "facts": {"shipment": row.shipment} if row.shipment else {},
            "note": row.note,
            "decided_reason": "",
            "recorded_by": self.always["by_id"],
            "recorded_at": self.always["at"],
        }

    def _entries(self, row: UsageRow, usage_id: int, outcome: Outcome) -> Iterator[dict[str, Any]]:
        for account, change, remaining in outcome.draws:
            yield {
                "entitlement_id": account.id,
                "customer_id": account.customer_id,
                "kind": change.kind.value,
                "key": draw_key(usage_id, account.id),
                "occurred_on": row.used_on,
                "quantity_change": change.quantity,
                "granted_change": change.granted,
                "reserved_change": change.reserved,
                "used_change": change.used,
                "over_change": change.over,
                "remaining_after": remaining,
                "source_type": "usage",
                "source_id": usage_id,
                "source_label": row.reference,
                "reverses_id": None,
                "reason": "",
                **self.always,
            }


def _save_balances(accounts: Accounts) -> None:
    """Write each touched entitlement once."""
    touched = [_columns(each) for each in accounts.all.values() if each.touched]
    if touched:
        db.session.execute(update(Entitlement), touched)
        db.session.expire_all()  # what the session knew of them is old


def _columns(account: Account) -> dict[str, Any]:
    balance = account.balance
    return {
        "id": account.id,
        "granted": balance.granted,
        "reserved": balance.reserved,
        "used": balance.used,
        "over_used": balance.over_used,
        "remaining": balance.remaining,
    }
