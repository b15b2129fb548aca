"""Banks' files: read, previewed, applied whole, never twice; what nobody is known for is matched or left aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.rules.states import StatementState as S
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import batches as job
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.tables import write_csv, write_xlsx
from portal.receivables.actions import bank_files, receipts
from portal.receivables.models import Allocation, BankEntry, Receipt
from portal.receivables.queries.receipts import bank_entries, unmatched_count
from portal.receivables.rules.kinds import BankState, ReceiptKind
from portal.usage.actions import batches
from portal.usage.models import ImportBatch
from tests.cast import Cast, customer, viewer
from tests.money import open_of, owed, received
from tests.statements import a_statement

D = Decimal
HEADS = (
    "交易日期",
    "借方发生额",
    "贷方发生额",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "交易流水号",
)
FEB = date(2026, 2, 1)


def row(
    amount: str, name: str = "海港食品有限公司", *, memo: str = "货款", reference: str = "A1", **more: Any
) -> list[Any]:  # fmt: skip
    told = {"day": "2026-02-27", "debit": "", "account": "", **more}
    return [told["day"], told["debit"], amount, "", name, told["account"], memo, reference]


def sent(
    folder: Path, now: datetime, rows: Sequence[Sequence[Any]], *, name: str = "bank.csv", **options: Any
) -> ImportBatch:  # fmt: skip
    """The file received and read."""
    path = folder / name
    told = [["账号:6222 0001"], HEADS, *rows]
    write_csv(path, told) if name.endswith("csv") else write_xlsx(path, told[0], told[1:])
    with unit_of_work():
        batch = batches.receive(
            bank_files.KIND, path.read_bytes(), name, SYSTEM, now, job.instance(), options=options
        )
    assert job.work(batch.id) == "read"
    return db.session.get_one(ImportBatch, batch.id, populate_existing=True)


def applied(batch: ImportBatch, now: datetime) -> dict[str, Any]:
    """What applying it did."""
    with unit_of_work():
        batches.ask_to_apply(db.session.get_one(ImportBatch, batch.id), now)
    job.work(batch.id)
    row = db.session.get_one(ImportBatch, batch.id, populate_existing=True)
    assert row.state == "applied", row.problems
    return row.counts["applied"]


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def entry_of(reference: str) -> BankEntry:
    return db.session.scalars(select(BankEntry).where(BankEntry.reference == reference)).one()


@pytest.mark.parametrize("name", ["bank.csv", "bank.xlsx"])
def test_the_preview_says_whose_money_came_and_what_went_out(
    cast: Cast, now: datetime, tmp_path: Path, name: str
) -> None:
    rows = [row("1,250.00"), row("70", "某某", reference="A2"), row("", debit="5", reference="A3")]
    batch = sent(tmp_path, now, rows, name=name)
    told = {
        key: batch.counts[key]
        for key in ("rows", "credits", "debits", "matched", "unmatched", "known")
    }
    assert told == {"rows": 3, "credits": 2, "debits": 1, "matched": 1, "unmatched": 1, "known": 0}
    assert (batch.state, batch.counts["amounts"]) == ("ready", {"CNY": "1320.00"})
    assert batch.counts["lines"][0][6:] == ["海港食品", "name"]
    assert (count(BankEntry), count(Receipt)) == (0, 0)


def test_receipts_are_made_and_pay_what_is_due(cast: Cast, now: datetime, tmp_path: Path) -> None:
    late = owed(cast.harbour, "1000", FEB, now)
    db.session.commit()
    told = applied(sent(tmp_path, now, [row("1250"), row("70", "某某", reference="A2")]), now)
    assert told == {"entries": 2, "receipts": 1, "unmatched": 1, "known": 0}
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.amount, receipt.open_amount, receipt.received_on) == (
        1250,
        250,
        date(2026, 2, 27),
    )
    assert (receipt.account, receipt.bank_reference, receipt.payer_name) == (
        "62220001", "A1", "海港食品有限公司",
    )  # fmt: skip
    assert (open_of(late), late.settled_on, unmatched_count()) == (0, date(2026, 2, 27), 1)


def test_the_same_file_again_and_an_overlapping_one_bring_nothing_twice(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    rows = [row("10"), row("20", reference="A2")]
    applied(sent(tmp_path, now, rows), now)
    again = sent(tmp_path, now, rows)
    assert (again.counts["known"], again.counts["matched"]) == (2, 0)
    assert applied(again, now)["entries"] == 0
    assert applied(sent(tmp_path, now, [*rows, row("30", reference="A3")]), now)["entries"] == 1
    assert (count(BankEntry), count(Receipt)) == (3, 3)


def test_two_readings_of_one_file_applied_one_after_the_other_bring_it_once(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    first, second = (sent(tmp_path, now, [row("10")]) for _ in range(2))
    assert [applied(each, now)["entries"] for each in (first, second)] == [1, 0]
    assert count(Receipt) == 1


def test_a_statement_s_number_in_the_memo_is_paid_first(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    older = owed(cast.harbour, "1000", date(2025, 1, 1), now)
    statement = a_statement(cast.harbour, state=S.PUBLISHED)
    db.session.commit()
    applied(sent(tmp_path, now, [row("257", "somebody", memo=f"付{statement.number}")]), now)
    paid = {
        each.receivable.reference: each.amount for each in db.session.scalars(select(Allocation))
    }
    assert paid == {statement.number: 157, older.reference: 100}


def test_what_a_branch_pays_counts_for_the_group_that_settles_its_bills(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    group = customer("GROUP", "海港集团", "Harbour Group", kind="group")
    cast.harbour.kind, cast.harbour.parent_id, cast.harbour.billing = "branch", group.id, "group"
    db.session.commit()
    applied(sent(tmp_path, now, [row("10")]), now)
    assert db.session.scalars(select(Receipt)).one().customer_id == group.id


def test_it_may_be_left_to_people_what_is_paid(cast: Cast, now: datetime, tmp_path: Path) -> None:
    owed(cast.harbour, "1000", FEB, now)
    db.session.commit()
    applied(sent(tmp_path, now, [row("10")], allocate=False), now)
    assert (count(Receipt), count(Allocation)) == (1, 0)


def test_a_receipt_that_was_typed_before_is_not_made_again(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    typed = received(cast.harbour, "10", now, account="6222 0001", bank_reference="A1",
                     received_on=date(2026, 2, 27))  # fmt: skip
    db.session.commit()
    applied(sent(tmp_path, now, [row("10")]), now)
    assert (count(Receipt), entry_of("A1").receipt_id) == (1, typed.id)


def test_a_wrong_row_keeps_the_whole_file_out(cast: Cast, now: datetime, tmp_path: Path) -> None:
    batch = sent(tmp_path, now, [row("10"), row("1o", reference="A2")])
    assert (batch.state, batch.counts["errors"]) == ("wrong", 1)
    (problem,) = batch.problems
    assert (problem["row"], problem["column"], problem["found"]) == (4, "C · 贷方发生额", "1o")


def unmatched(now: datetime, folder: Path) -> BankEntry:
    applied(sent(folder, now, [row("70", "某某")]), now)
    return entry_of("A1")


def test_a_person_says_whose_money_it_is(cast: Cast, now: datetime, tmp_path: Path) -> None:
    late = owed(cast.harbour, "50", FEB, now)
    db.session.commit()
    entry, desk = unmatched(now, tmp_path), viewer(cast.finance)
    harbour = db.session.get_one(Customer, cast.harbour.id)
    receipt = bank_files.match(entry, harbour, desk, now)
    assert (entry.state, entry.receipt_id, receipt.open_amount) == ("matched", receipt.id, 20)
    assert open_of(late) == 0
    for refused in (
        lambda: bank_files.match(entry, harbour, desk, now),
        lambda: bank_files.ignore(entry, "x", desk, now),
    ):
        with pytest.raises(NotAllowedNow):
            refused()


def test_a_deposit_is_matched_as_one_and_pays_nothing(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    owed(cast.harbour, "50", FEB, now)
    db.session.commit()
    entry = unmatched(now, tmp_path)
    harbour = db.session.get_one(Customer, cast.harbour.id)
    receipt = bank_files.match(entry, harbour, SYSTEM, now, kind=ReceiptKind.DEPOSIT)
    assert (receipt.kind, receipt.open_amount) == ("deposit", 70)


def test_what_is_nobody_s_payment_is_left_aside_with_a_reason(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    entry = unmatched(now, tmp_path)
    with pytest.raises(Invalid):
        bank_files.ignore(entry, " ", SYSTEM, now)
    bank_files.ignore(entry, "利息", SYSTEM, now)
    assert (entry.state, entry.decided_reason, unmatched_count()) == ("ignored", "利息", 0)
    assert list(db.session.scalars(bank_entries(BankState.IGNORED))) == [entry]


def test_a_cancelled_receipt_gives_its_row_back(cast: Cast, now: datetime, tmp_path: Path) -> None:
    applied(sent(tmp_path, now, [row("70")]), now)
    receipts.cancel(db.session.scalars(select(Receipt)).one(), "wrong customer", SYSTEM, now)
    entry, nordwind = entry_of("A1"), db.session.get_one(Customer, cast.nordwind.id)
    assert (entry.state, entry.receipt_id) == ("unmatched", None)
    assert bank_files.match(entry, nordwind, SYSTEM, now).customer_id == nordwind.id
