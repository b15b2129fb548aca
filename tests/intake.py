"""Files of customers for tests: written, sent, read, mapped, applied, by the same way as on the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import current_app

from portal.access.models import Assignment
from portal.access.viewer import SYSTEM, Viewer
from portal.billing.rules.states import StatementState
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.customers.models import (
    Contact,
    Customer,
    HistoryNote,
    Membership,
    SettlementTerms,
    Site,
)
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.intake.actions import files, planning
from portal.jobs import batches as job
from portal.kernel.tables import write_csv
from portal.receivables.actions.standing import work_out as credit_of
from portal.usage.actions import batches
from portal.usage.models import ImportBatch
from tests.cast import EVERY_POWER, Cast, customer, member
from tests.chain import entitled
from tests.factories import add
from tests.money import owed, received
from tests.service import a_request
from tests.statements import a_statement
from tests.stock import stored

Rows = Sequence[Sequence[Any]]


def instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def csv_file(folder: Path, *rows: Sequence[Any], name: str = "file.csv") -> Path:
    """A CSV file whose first row is its heads."""
    path = folder / name
    write_csv(path, rows)
    return path


def fresh(batch: ImportBatch) -> ImportBatch:
    return db.session.get_one(ImportBatch, batch.id, populate_existing=True)


def sent(
    kind: str, path: Path, now: datetime, actor: Viewer = SYSTEM, **options: Any
) -> ImportBatch:
    """A file received and read."""
    with unit_of_work():
        row, _ = files.receive(kind, path.read_bytes(), path.name, options, actor, now, instance())
    return worked(row)


def worked(row: ImportBatch) -> ImportBatch:
    job.work(row.id)
    return fresh(row)


def accepted(
    row: ImportBatch, now: datetime, words: dict[tuple[str, str], str], actor: Viewer = SYSTEM
) -> ImportBatch:
    """The words taken for the whole file, which is read again."""
    with unit_of_work():
        batch = fresh(row)
        heads = planning.heads_of(batch, batches.kept_file(batch, instance()))
        files.accept_words(batch, heads, words, actor, now)
    return worked(row)


def without_blank(row: ImportBatch, now: datetime) -> ImportBatch:
    """Rows without a customer left out, the file read again."""
    with unit_of_work():
        files.leave_out_blank(fresh(row), now)
    return worked(row)


def applied(row: ImportBatch, now: datetime) -> ImportBatch:
    """The file applied."""
    with unit_of_work():
        batches.ask_to_apply(fresh(row), now)
    return worked(row)


def figures(row: ImportBatch) -> tuple[int, int, int]:
    """(new, changed, unchanged) of a dry run."""
    return row.counts["new"], row.counts["changed"], row.counts["unchanged"]


def told(row: ImportBatch, severity: str = "error") -> list[tuple[Any, Any, str]]:
    """(row, column, what was found) of each problem."""
    return [
        (each["row"], each["column"], each["found"])
        for each in row.problems
        if each["severity"] == severity
    ]


def a_duplicate(cast: Cast, **values: Any) -> Customer:
    """Harbour Foods taken in a second time, in another colleague's care."""
    row = customer(
        "HGSP009",
        "海港食品股份有限公司",
        "",
        **{"phone": "0755-2658 1234", "tax_number": "T-9", **values},
    )
    db.session.add(Assignment(user_id=cast.customer_service.id, customer_id=row.id, part="owner"))
    db.session.flush()
    return row


def busy(cast: Cast, of: Customer, now: datetime, weight: int = 1) -> None:
    """Something of nearly everything that a customer may have."""
    user = member(f"User {of.code}", of, EVERY_POWER, now)
    if of.id != cast.harbour.id:
        more = {"powers": ["book"], "created_at": now}
        add(Membership(user_id=cast.clerk.id, customer_id=of.id, **more))
    add(Contact(customer_id=of.id, name=f"Contact {of.code}", phone="13800138000", is_main=True))
    add(Site(customer_id=of.id, name="仓库", address="某路 1 号"))
    add(HistoryNote(customer_id=of.id, happened_at=now, subject=f"Note {of.code}"))
    owed(of, f"{100 * weight}", now.date(), now)
    received(of, f"{30 * weight}", now)
    bought = entitled(cast, now, customer=of, quantity=Decimal(10 * weight))
    ledger_source = Source("staff", bought.id)
    ledger.consume(
        bought, Decimal(weight), ledger_source, f"t-{bought.id}", SYSTEM, now, now.date()
    )
    stored(of, now, pieces=f"{10 * weight}")
    a_statement(of, state=StatementState.PUBLISHED)
    a_request(cast, now, customer_id=of.id, requester_id=user.id)
    add(SettlementTerms(customer_id=of.id, payment_days=30 * weight))
    credit_of(of.id, now)
    db.session.flush()
