"""After a storm: everything that must still be true, told as sentences about what is not."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from portal.billing.actions import verifying
from portal.billing.models import Dispute, Receivable, ReceivablePosting, StatementLine
from portal.contracts.models import Entitlement, LedgerEntry
from portal.db import audit
from portal.db.base import Base, db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.db.series import NumberSeries
from portal.documents.archive import archive
from portal.documents.models import Attachment
from portal.kernel.errors import PortalError
from portal.quotations.models import Quotation, QuotationVersion
from portal.service_requests.models import RequestMessage, ServiceRequest
from portal.shipments.models import Booking, Shipment
from portal.usage.models import UsageRecord
from tests.faults.people import Diary
from tests.faults.post import Post

OPEN_SHIPMENTS = ("planned", "under_way")
NOT_KEPT = ("import_batch", "statement_revision")
"""Their SHA-256 is not that of a file in the archive."""


def database() -> Iterator[str]:
    """The database's own check of itself."""
    if db.engine.dialect.name == "sqlite":
        for pragma, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            found = db.session.execute(text(f"PRAGMA {pragma}")).all()
            if [tuple(row) for row in found] != good:
                yield f"{pragma}: {found[:3]}"
        return
    yield from _indices_of_postgresql()


def _indices_of_postgresql() -> Iterator[str]:
    """Every index holds every row of its table, in order; asked by the server's owner, past the walls."""
    with create_engine(db.engine.url.set(username="postgres")).connect() as owner:
        owner.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
        names = owner.scalars(
            text(
                "SELECT c.oid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam"
                " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.amname = 'btree' AND n.nspname = 'public'"
            )
        ).all()
        for each in names:
            try:
                with owner.begin_nested():
                    owner.execute(text(f"SELECT bt_index_check({int(each)}, true)"))
            except DBAPIError as error:
                yield f"index {each}: {error.orig}"


def ledgers() -> Iterator[str]:
    """What stands on an entitlement is what its ledger adds up to; what is reserved is what is under way."""
    names = ("granted", "reserved", "used", "over")
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for entry in db.session.scalars(select(LedgerEntry)):
        changes = [getattr(entry, f"{name}_change") for name in names] + [entry.quantity_change]
        sums[entry.entitlement_id] = [
            a + b for a, b in zip(sums[entry.entitlement_id], changes, strict=True)
        ]
    for row in db.session.scalars(select(Entitlement)):
        stored = [row.granted, row.reserved, row.used, row.over_used, row.remaining]
        if stored != sums[row.id]:
            yield f"entitlement {row.id}: {stored} but {sums[row.id]} by its ledger"
    yield from _reserved()


def _reserved() -> Iterator[str]:
    held: dict[int, Decimal] = defaultdict(Decimal)
    for booking in db.session.scalars(select(Booking).where(Booking.state == "requested")):
        for line in booking.lines:
            held[line.entitlement_id] += line.quantity
    for shipment in db.session.scalars(select(Shipment).where(Shipment.state.in_(OPEN_SHIPMENTS))):
        for each in shipment.lines:
            if each.entitlement_id:
                held[each.entitlement_id] += each.planned_quantity
    reserved = select(Entitlement.id, Entitlement.reserved).where(Entitlement.reserved > 0)
    if held != dict(db.session.execute(reserved).tuples().all()):
        yield f"reserved: {held} is held"


def books() -> Iterator[str]:
    """Receivables are their postings; every line of every statement is right, and no usage is billed twice."""
    posted = select(ReceivablePosting.receivable_id, func.sum(ReceivablePosting.change)).group_by(
        ReceivablePosting.receivable_id
    )
    sums = dict(db.session.execute(posted).tuples().all())
    for row in db.session.scalars(select(Receivable)):
        if row.open_amount != sums.get(row.id, Decimal(0)):
            yield f"receivable {row.id}: {row.open_amount} is open, {sums.get(row.id)} posted"
    billed = (
        select(StatementLine.usage_id, StatementLine.part, func.count())
        .where(StatementLine.usage_id.is_not(None), StatementLine.until_revision.is_(None))
        .group_by(StatementLine.usage_id, StatementLine.part, StatementLine.kind)
        .having(func.count() > 1)
    )
    yield from (f"usage {row[0]} is billed {row[2]} times" for row in db.session.execute(billed))
    yield from (f"statement: {each}" for each in verifying.verify())


def numbers() -> Iterator[str]:
    """None is missing; that none is used twice, a key of its table sees to."""
    given: dict[tuple[str, int], set[int]] = defaultdict(set)
    for value in _numbers_in_use():
        kind, year, serial = value.split("-")
        given[kind, int(year)].add(int(serial))
    for row in db.session.scalars(select(NumberSeries)):
        found = sorted(given[row.kind, row.year])
        if found != list(range(1, row.last_serial + 1)):
            yield f"{row.kind}-{row.year}: {len(found)} numbers up to {row.last_serial}"


def _numbers_in_use() -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        column = table.c.get("number")
        if column is not None and column.type.python_type is str:
            yield from db.session.scalars(select(column).where(column.like("__-____-______")))
    marked = UsageRecord.reference.like("US-____-______")
    yield from db.session.scalars(select(UsageRecord.reference).where(marked))


def history() -> Iterator[str]:
    """The chain of the audit log is whole."""
    broken = audit.first_broken_link()
    if broken is not None:
        yield f"audit entry {broken} does not fit the one before it"


def papers() -> Iterator[str]:
    """Every file that a row names lies in the archive, byte for byte."""
    for table in Base.metadata.sorted_tables:
        column = table.c.get("sha256")
        if column is None or table.name in NOT_KEPT:
            continue
        for digest in set(db.session.scalars(select(column).where(column.is_not(None)))):
            try:
                archive().read(digest)
            except (PortalError, ValueError) as error:
                yield f"{table.name} {digest[:12]}: {error!r}"


def deeds(diary: Diary) -> Iterator[str]:
    """What somebody was told is done is there, once; what nobody was told is there once or not at all."""
    columns: dict[str, Any] = {
        "booking": Booking.customer_reference, "request": ServiceRequest.title, "reply": RequestMessage.text,
        "answer": RequestMessage.text, "usage": UsageRecord.note, "dispute": Dispute.text,
    }  # fmt: skip
    for kind, column in columns.items():
        there = Counter(db.session.scalars(select(column)))
        yield from _once(kind, there, diary)
    files = Counter(
        name.removesuffix(".pdf") for name in db.session.scalars(select(Attachment.file_name))
    )
    yield from _once("request", files, diary, "its file")
    yield from _stepped(diary)
    yield from _applied(diary)


def _once(kind: str, there: Counter[str], diary: Diary, what: str = "") -> Iterator[str]:
    for mark in diary.marks(kind):
        if there[mark] != 1:
            yield f"{mark} {what}: there {there[mark]} times"
    yield from (f"{mark}: there {there[mark]} times" for mark in diary.unclear(kind) if there[mark] > 1)  # fmt: skip


def _stepped(diary: Diary) -> Iterator[str]:
    """Lines confirmed, versions issued and accepted."""
    lines = dict(db.session.execute(select(StatementLine.id, StatementLine.state)).tuples().all())
    for mark in diary.marks("confirm"):
        if lines[int(mark)] != "confirmed":
            yield f"line {mark} is {lines[int(mark)]}"
    states = dict(db.session.execute(select(Quotation.id, Quotation.state)).tuples().all())
    for kind, good in (("issue", ("issued", "accepted")), ("accept", ("accepted",))):
        for mark in diary.marks(kind):
            if states[int(mark)] not in good:
                yield f"quotation {mark} is {states[int(mark)]}, {kind} was answered"
    more = select(QuotationVersion.quotation_id).group_by(QuotationVersion.quotation_id)
    for each in db.session.scalars(more.having(func.count() > 1)):
        yield f"quotation {each} has a second version"


def _applied(diary: Diary) -> Iterator[str]:
    """Rows of files that were applied: each once, all of a file or none."""
    there = Counter(db.session.scalars(select(UsageRecord.reference)))
    yield from (f"usage {name}: {n} times" for name, n in there.items() if n > 1)
    files = Counter(name.rpartition("-")[0] for name in there if name.startswith("file-"))
    yield from (f"{name}: {n} rows" for name, n in files.items() if n != 25)
    for mark in diary.marks("applied"):
        if not files[mark]:
            yield f"{mark}: nothing of it is there"


def letters(post: Post, kills: int) -> Iterator[str]:
    """Each letter arrived; again only where its worker was killed between sending and noting, by the same name."""
    wanted = {}
    for row in db.session.scalars(select(OutboxMessage)):
        wanted[hashlib.sha256(row.key.encode()).hexdigest()[:40], row.recipient] = row.state
    came = {(name.strip("<>").partition("@")[0], reader) for name, reader in post.taken}
    for (name, reader), state in wanted.items():
        if state != OutboxState.SENT or (name, reader) not in came:
            yield f"letter {name[:8]} to {reader}: {state}, {'' if (name, reader) in came else 'never '}came"
    yield from (f"letter {name[:8]} to {reader}: nobody posted it" for name, reader in came - set(wanted))  # fmt: skip
    if post.again() > kills:
        yield f"{post.again()} letters came again, but only {kills} workers were killed"


ALWAYS: dict[str, Callable[[], Iterator[str]]] = {
    "database": database,
    "ledgers": ledgers,
    "books": books,
    "numbers": numbers,
    "history": history,
    "papers": papers,
}
