"""Files of usage: read, previewed, applied whole; the outcome is that of recording row by row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.catalogue.actions.reading import revived_problem
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import Allowance, Overage
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import batches as job
from portal.kernel.errors import FileProblems, NotAllowedNow
from portal.kernel.tables import write_csv, write_xlsx
from portal.usage.actions import batches, recording
from portal.usage.models import ImportBatch, UsageRecord
from portal.usage.rules.facts import UsageFact
from portal.usage.rules.states import BatchState
from tests.cast import Cast, customer
from tests.chain import entitled, granted, handling
from tests.factories import item

pytestmark = pytest.mark.both_databases

D = Decimal
HEADS = ("客户代码", "服务项目代码", "数量", "单位", "日期", "参考号", "备注")
Row = Sequence[Any]


def row(quantity: Any = "2", reference: str = "R-1", **more: Any) -> Row:
    told = {"customer": "HARBOUR", "item": "handling-none-HANDLING-XPX", "unit": "托盘",
            "day": "2026-02-10", "note": "", **more}  # fmt: skip
    return (told["customer"], told["item"], quantity, told["unit"], told["day"], reference, told["note"])  # fmt: skip


def sheet(folder: Path, rows: Sequence[Row], heads: Sequence[str] = HEADS) -> Path:
    path = folder / "usage.csv"
    write_csv(path, [heads, *rows])
    return path


def sent(path: Path, now: datetime, **options: Any) -> ImportBatch:
    """The file received and read."""
    with unit_of_work():
        batch = batches.receive(
            "usage", path.read_bytes(), path.name, SYSTEM, now, instance(), options=options
        )
    assert job.work(batch.id) == "read"
    return fresh(batch)


def applied(batch: ImportBatch, now: datetime) -> ImportBatch:
    with unit_of_work():
        batches.ask_to_apply(fresh(batch), now)
    assert job.work(batch.id) == "apply"
    return fresh(batch)


def fresh(batch: ImportBatch) -> ImportBatch:
    return db.session.get_one(ImportBatch, batch.id, populate_existing=True)


def instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def usage_count() -> int:
    return db.session.scalar(select(func.count(UsageRecord.id))) or 0


@pytest.fixture
def bought(cast: Cast, now: datetime) -> Entitlement:
    row = entitled(cast, now, quantity=D(5))
    db.session.commit()
    return row


def test_a_file_is_read_previewed_and_applied(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    rows = [row(2, "A"), row("1.5", "B"), row(1, "C", item="UNKNOWN"), row(9, "D")]
    batch = sent(sheet(tmp_path, rows), now)
    counts = batch.counts
    assert batch.state == BatchState.READY
    assert (counts["rows"], counts["matched"], counts["queued"]) == (4, 2, 2)
    assert counts["reasons"] == {"no_item": 1, "exhausted": 1} and counts["units"] == {
        "XPX": "13.5"
    }
    assert (counts["errors"], counts["warnings"], usage_count()) == (0, 1, 0)
    batch = applied(batch, now)
    assert (batch.state, batch.counts["applied"]["recorded"]) == (BatchState.APPLIED, 4)
    db.session.refresh(bought)
    assert (bought.used, bought.remaining, usage_count()) == (D("3.5"), D("1.5"), 4)


def test_the_same_file_again_changes_nothing(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    path = sheet(tmp_path, [row(2, "A"), row(1, "B")])
    applied(sent(path, now), now)
    again = sent(path, now)
    assert (again.counts["known"], again.counts["matched"]) == (2, 0)
    assert applied(again, now).counts["applied"] == {
        "recorded": 0, "known": 2, "matched": 0, "unmatched": 0,
    }  # fmt: skip
    db.session.refresh(bought)
    assert (bought.used, usage_count()) == (D(3), 2)


@pytest.mark.parametrize(
    ("column", "wrong", "expected"),
    [
        ("A", row(customer="NOBODY"), "customer"),
        ("A", row(customer=""), "filled in"),
        ("C", row("zwei"), "a number"),
        ("C", row("-3"), "reversed"),
        ("C", row("0"), "not zero"),
        ("C", row("1.0000001"), "decimals"),
        ("C", row(""), "filled in"),
        ("D", row(unit="furlong"), "unit"),
        ("D", row(unit="", item="UNKNOWN"), "unit"),
        ("E", row(day="03/04/2026"), "exchanged"),
        ("E", row(day="2026-03-03"), "at the latest 2026-03-02"),
        ("E", row(day="soon"), "a date"),
        ("F", row(reference=""), "filled in"),
        ("F", row(reference="x" * 81), "80"),
    ],
)
def test_every_wrong_cell_is_told_by_row_and_column(
    bought: Entitlement, now: datetime, tmp_path: Path, column: str, wrong: Row, expected: str
) -> None:
    batch = sent(sheet(tmp_path, [row(reference="good"), wrong]), now)
    (problem,) = [each for each in batch.problems if each["severity"] == "error"]
    assert (batch.state, problem["row"], problem["column"][0]) == (BatchState.WRONG, 3, column)
    assert expected in words_of(problem)
    with pytest.raises(NotAllowedNow):
        batches.ask_to_apply(batch, now)


def words_of(problem: dict[str, Any]) -> str:
    return str(revived_problem(problem).expected)


def test_a_reference_twice_in_a_file_names_the_first_row(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    batch = sent(sheet(tmp_path, [row(reference="A"), row(reference="A")]), now)
    (problem,) = batch.problems
    assert problem["row"] == 3 and "row 2" in words_of(problem)


def test_a_reference_that_was_recorded_with_other_content_is_an_error(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    applied(sent(sheet(tmp_path, [row(2, "A")]), now), now)
    batch = sent(sheet(tmp_path, [row(3, "A")]), now)
    assert (batch.state, batch.counts["errors"]) == (BatchState.WRONG, 1)
    assert batch.problems[0]["row"] == 2 and batch.problems[0]["column"].startswith("F")


def test_a_reference_taken_between_reading_and_applying_keeps_the_file_out(
    cast: Cast, bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    batch = sent(sheet(tmp_path, [row(1, "A"), row(2, "B")]), now)
    told = UsageFact(cast.harbour.id, D(4), "XPX", date(2026, 2, 1), "file", "B",
                     item_code=handling().code)  # fmt: skip
    with unit_of_work():
        recording.record(told, SYSTEM, now)
    batch = applied(batch, now)
    assert (batch.state, usage_count()) == (BatchState.WRONG, 1)


def test_names_units_and_headers_are_understood_in_both_languages(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    heads = ("Ref", "Qty", "Date", "Customer name", "Item name", "Colour")
    rows = [("A", "1", "2026/02/03", "Harbour Foods Ltd.", "装卸费", "red"),
            ("B", "1", "2026年2月3日", "海港食品", "装卸费", "")]  # fmt: skip
    batch = sent(sheet(tmp_path, rows, heads), now)
    assert (batch.state, batch.counts["matched"]) == (BatchState.READY, 2)
    assert batch.counts["warnings"] == 1 and "F · Colour" in batch.problems[0]["column"]


def test_a_name_of_several_customers_asks_for_the_code(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    customer("HB2", "海港食品有限公司", "")
    db.session.commit()
    batch = sent(sheet(tmp_path, [row(customer="海港食品有限公司")]), now)
    assert "several customers" in words_of(batch.problems[0])


def test_an_excel_file_gives_what_a_csv_gives(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "usage.xlsx"
    write_xlsx(path, HEADS, [row(D("1.5"), "A", day=date(2026, 2, 3)), row(D(2), "77")])
    batch = applied(sent(path, now), now)
    assert batch.counts["applied"]["matched"] == 2
    assert db.session.scalars(select(UsageRecord.reference).order_by(UsageRecord.id)).all() == ["A", "77"]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old .xls"),
        (b"<html><table></table></html>", "web page"),
        (b"", "empty"),
    ],
)
def test_what_is_no_table_is_refused_at_once(
    cast: Cast, now: datetime, body: bytes, expected: str
) -> None:
    with pytest.raises(FileProblems) as refused:
        batches.receive("usage", body, "usage.xlsx", SYSTEM, now, instance())
    assert expected in str(refused.value.problems[0].expected)


@pytest.mark.parametrize("rows", [[], [("", "", "", "", "", "", "")]])
def test_a_file_without_rows_says_so(
    bought: Entitlement, now: datetime, tmp_path: Path, rows: list[Row]
) -> None:
    batch = sent(sheet(tmp_path, rows), now)
    assert batch.state == BatchState.WRONG and "at least one row" in words_of(batch.problems[0])


def test_a_missing_column_is_named(cast: Cast, now: datetime, tmp_path: Path) -> None:
    batch = sent(sheet(tmp_path, [("HARBOUR", "2", "A")], ("客户代码", "数量", "参考号")), now)
    told = {each["column"] for each in batch.problems}
    assert told == {"服务项目代码 / Item code", "日期 / Date"}


def test_a_batch_is_taken_by_one_worker_only(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    batch = sent(sheet(tmp_path, [row()]), now)
    with unit_of_work():
        batches.ask_to_apply(fresh(batch), now)
    with job.at_work.holding(instance(), batch.id):
        assert job.work(batch.id) is None
        with pytest.raises(NotAllowedNow):
            batches.start_again(fresh(batch), True, now + timedelta(hours=1))
    assert job.work(batch.id) == "apply" and job.work(batch.id) is None


def test_a_discarded_file_leaves_nothing(
    bought: Entitlement, now: datetime, tmp_path: Path
) -> None:
    batch = sent(sheet(tmp_path, [row()]), now)
    batches.discard(batch, SYSTEM, now)
    assert (batch.state, usage_count()) == (BatchState.DISCARDED, 0)
    with pytest.raises(NotAllowedNow):
        batches.discard(batch, SYSTEM, now)


def snapshot() -> tuple[list[Any], list[Any], list[Any]]:
    """Everything that recording leaves, without ids, batches and who did it."""
    usage = select(
        UsageRecord.reference, UsageRecord.customer_id, UsageRecord.item_id, UsageRecord.quantity,
        UsageRecord.stat_quantity, UsageRecord.over_quantity, UsageRecord.state, UsageRecord.mismatch,
        UsageRecord.contract_id, UsageRecord.entitlement_id, UsageRecord.used_on, UsageRecord.item_code,
        UsageRecord.draws,
    ).order_by(UsageRecord.reference)  # fmt: skip
    entry = select(
        LedgerEntry.source_label, LedgerEntry.entitlement_id, LedgerEntry.kind, LedgerEntry.quantity_change,
        LedgerEntry.used_change, LedgerEntry.over_change, LedgerEntry.remaining_after, LedgerEntry.occurred_on,
        LedgerEntry.customer_id,
    ).where(LedgerEntry.source_type == "usage")  # fmt: skip
    entry = entry.order_by(LedgerEntry.source_label, LedgerEntry.entitlement_id)
    balance = select(
        Entitlement.id, Entitlement.granted, Entitlement.reserved, Entitlement.used, Entitlement.over_used,
        Entitlement.remaining,
    ).order_by(Entitlement.id)  # fmt: skip
    return tuple(
        [tuple(row) for row in db.session.execute(each)] for each in (usage, entry, balance)
    )  # type: ignore[return-value]


def world(cast: Cast, now: datetime, pick: random.Random) -> list[str]:
    """Contracts of every kind for a group, its branch and another; the codes of the items."""
    branch = customer("HB-NB", "宁波分公司", "", kind="branch", parent_id=cast.harbour.id)
    items = [handling(), item("WEIGHT", "称重", unit="KGM", category="handling", load="none")]
    for each in items:
        for owner in (cast.harbour, branch, cast.nordwind, cast.harbour):
            granted(
                cast, now, quantity=pick.choice([None, D(3), D("7.5"), D(40)]), item=each, customer=owner,
                overage=pick.choice(list(Overage)), until_on=pick.choice([date(2026, 2, 15), date(2026, 12, 31)]),
                unit=pick.choice(["TNE", "KGM"]) if each.main_unit == "KGM" else "XPX",
                stat_factor=pick.choice([D(1), D(2), D("0.333333")]), carries_over=pick.random() < 0.5,
                allowance=pick.choice([Allowance.CONTRACT, Allowance.MONTH]),
            )  # fmt: skip
    some = list(db.session.scalars(select(Entitlement).where(Entitlement.period_no == 1)))
    for each in pick.sample(some, 3):
        each.closed_at = now
    some[-1].contract.state = "suspended"
    db.session.commit()
    return [each.code for each in items]


@pytest.mark.parametrize("seed", range(8))
def test_a_file_in_bulk_leaves_what_recording_row_by_row_leaves(
    cast: Cast, now: datetime, tmp_path: Path, seed: int
) -> None:
    pick = random.Random(seed)
    codes = [*world(cast, now, pick), "NO-SUCH-ITEM"]
    ids = dict(map(tuple, db.session.execute(select(Customer.code, Customer.id))))
    rows = [
        (pick.choice(["HARBOUR", "HB-NB", "NORDWIND"]), pick.choice(codes),
         D(pick.randrange(1, 9000)).scaleb(-3), pick.choice(["XPX", "KGM", "TNE", "GRM"]),
         date(2026, 1, 1) + timedelta(days=pick.randrange(-5, 60)), f"R{n}", "")
        for n in range(60)
    ]  # fmt: skip
    for owner, code, quantity, unit, day, reference, note in rows:
        told = UsageFact(
            ids[owner], quantity, unit, day, "file", reference, item_code=code, note=note
        )
        recording.record(told, SYSTEM, now)
    db.session.flush()
    one_by_one = snapshot()
    assert {row[6] for row in one_by_one[0]} == {"matched", "unmatched"}
    db.session.rollback()
    batch = applied(sent(sheet(tmp_path, rows), now), now)
    assert batch.state == BatchState.APPLIED
    assert snapshot() == one_by_one


def test_a_charge_code_stands_for_the_one_service_that_was_bought(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    entitled(cast, now)
    db.session.commit()
    batch = applied(sent(sheet(tmp_path, [row("2", item="handling")]), now), now)
    assert batch.counts["applied"]["matched"] == 1
    assert db.session.scalar(select(UsageRecord.item_code)) == handling().code


def test_a_charge_code_of_several_services_stands_for_none(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    entitled(cast, now)
    other = item("HANDLING", "装卸费 2", unit="MTQ", section="warehouse", tax_class="service_6",
                 category="handling", load="none")  # fmt: skip
    entitled(cast, now, item=other)
    db.session.commit()
    assert sent(sheet(tmp_path, [row("2", item="handling")]), now).counts["queued"] == 1
