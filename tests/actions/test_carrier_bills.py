"""Carriers' bills kept, noted, settled and taken away again."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.actions import carrier_bills as actions
from portal.billing.actions.carrier_bill_comparing import Sheet, Terms, compared
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.rules.carrier_bills import Finding, Tolerance
from portal.cli.carrier_bills import carrier_bills
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import FileProblems, Invalid, InvalidMany, NotAllowedNow
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.usage.rules.facts import UsageFact
from tests.cast import Cast
from tests.factories import item

D = Decimal
THREE = Tolerance(D(3))
HEAD = "日期,运单号,计费重量,应付,增值服务\n"
BODY = (
    HEAD + "2026-02-01,S1,2,10,\n2026-02-01,S1,2,3,保价\n2026-02-03,S2,9,20,\n2026-02-27,S3,1,8,\n"
)
OURS = "运单号,实际重量,客户,发货日期\nS1,1.9,C05,2026-02-01\nS2,2,C05,2026-02-03\nS9,1,C06,2026-02-28\n"


def sheet(text: str, name: str = "bill.csv") -> Sheet:
    return Sheet(text.encode(), name)


def bill(
    now: datetime, text: str = BODY, own: str | None = OURS, terms: Terms | None = None
) -> CarrierBill:
    terms = terms or Terms("顺丰速运", THREE)
    return actions.read(sheet(text), sheet(own) if own else None, terms, SYSTEM, now)


def findings(row: CarrierBill) -> dict[str, str]:
    rows = db.session.scalars(select(CarrierBillRow).where(CarrierBillRow.bill_id == row.id))
    return {each.waybill: each.finding for each in rows}


def waybill(row: CarrierBill, number: str) -> CarrierBillRow:
    statement = select(CarrierBillRow).where(CarrierBillRow.bill_id == row.id)
    return db.session.scalars(statement.where(CarrierBillRow.waybill == number)).one()


def parcel(
    cast: Cast, now: datetime, reference: str, quantity: str, unit: str, on: date, code: str = "EXP"
) -> UsageRecord:
    fact = UsageFact(cast.harbour.id, D(quantity), unit, on, "wms", reference, item_code=code)
    return recording.record(fact, SYSTEM, now)


def test_a_bill_is_kept_with_its_waybills_its_period_and_its_sum(database, now):
    row = bill(now)
    assert findings(row) == {
        "S1": "matched",
        "S2": "weight",
        "S3": "only_theirs",
        "S9": "only_ours",
    }
    assert (row.starts_on, row.ends_on) == (date(2026, 2, 1), date(2026, 2, 27))
    assert (row.billed_amount, row.line_count) == (D(41), 4)
    kept = waybill(row, "S1")
    assert (kept.freight_amount, kept.insurance_amount, kept.own_kg) == (D(10), D(3), D("1.9"))
    assert waybill(row, "S3").own_kg is None


def test_the_same_file_again_is_refused_and_names_the_first(database, now):
    first = bill(now)
    with pytest.raises(actions.AlreadyRead, match="顺丰速运, 2026-02-01") as told:
        bill(now, own="运单号,实际重量\nS1,1\n")
    assert told.value.bill_id == first.id


def test_a_wrong_cell_of_either_file_keeps_everything_out(database, now):
    with pytest.raises(FileProblems) as told:
        bill(now, BODY + "2026-02-28,S4,2,zehn,\n")
    assert [(each.row, each.column) for each in told.value.problems] == [(6, "bill.csv · D · 应付")]
    with pytest.raises(FileProblems) as told:
        actions.read(
            sheet(BODY), sheet("运单号,实重\nS1,x\n", "own.csv"), Terms("SF", THREE), SYSTEM, now
        )
    assert [(each.row, each.column) for each in told.value.problems] == [(2, "own.csv · B · 实重")]
    assert db.session.scalar(select(func.count(CarrierBill.id))) == 0


def test_the_last_tolerance_of_a_carrier_is_remembered_and_another_has_none(database, now):
    bill(now, terms=Terms("百世", Tolerance(D(2), by_price=True)))
    again = bill(now, BODY + "2026-02-28,S4,1,8,\n", terms=Terms("百世"))
    assert (again.tolerance_kg, again.tolerance_by_price) == (D(2), True)
    with pytest.raises(Invalid, match="nothing is known") as told:
        bill(now, BODY + "2026-02-28,S5,1,8,\n", terms=Terms("韵达"))
    assert told.value.field == "tolerance_kg"


def test_a_bill_without_days_needs_its_period_told(database, now):
    text = "运单号,计费重量,应付\nS1,2,10\n"
    with pytest.raises(InvalidMany) as told:
        bill(now, text)
    assert list(told.value.errors) == ["starts_on"]
    days = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 2, 28)}
    assert bill(now, text, terms=Terms("SF", THREE, **days)).ends_on == date(2026, 2, 28)


def test_usage_records_stand_for_our_own_file(cast: Cast, now: datetime) -> None:
    item("EXP", "快递", unit="KGM", category="express", load="parcel")
    code = "express-parcel-EXP-KGM"
    matched = parcel(cast, now, "S1", "1.9", "KGM", date(2026, 2, 1), code)
    parcel(cast, now, "S2", "1", "H87", date(2026, 1, 31))
    parcel(cast, now, "S9", "0.002", "TNE", date(2026, 2, 10), code)
    parcel(cast, now, "STOCK-1", "5", "XPX", date(2026, 2, 10), "STO")
    row = bill(now, own=None)
    expected = {"S1": "matched", "S2": "not_weighed", "S3": "only_theirs", "S9": "only_ours"}
    assert findings(row) == expected
    assert waybill(row, "S1").usage_id == matched.id
    assert (waybill(row, "S9").own_kg, waybill(row, "S9").customer) == (D(2), cast.harbour.code)


def test_dismissed_usage_is_no_parcel_of_ours(cast: Cast, now: datetime) -> None:
    record = parcel(cast, now, "S3", "1", "KGM", date(2026, 2, 3))
    recording.dismiss(record, "wrong", SYSTEM, now)
    assert findings(bill(now, own=None))["S3"] == "only_theirs"


def test_more_lines_than_a_page_takes_are_refused(database, now):
    with pytest.raises(FileProblems, match="1 problems"):
        compared(sheet(BODY), sheet(OURS), Terms("SF", THREE), SYSTEM, most_rows=3)


def test_a_note_is_kept_and_told_in_the_history(database, now):
    row = bill(now)
    actions.note(waybill(row, "S2"), " 体积重，认可 ", SYSTEM, now)
    assert waybill(row, "S2").settled_note == "体积重，认可"
    assert audit.timeline(row, public_only=False)[0].after["waybill"] == "S2"


def test_one_note_for_a_finding_leaves_the_notes_that_are_there(database, now):
    row = bill(now, BODY + "2026-02-28,S4,1,8,\n")
    actions.note(waybill(row, "S3"), "own", SYSTEM, now)
    assert actions.note_all(row, Finding.ONLY_THEIRS, "all", SYSTEM, now) == 1
    db.session.expire_all()
    notes = [waybill(row, number).settled_note for number in ("S1", "S3", "S4")]
    assert notes == ["", "own", "all"]


def test_a_settled_bill_takes_no_more_notes(database, now):
    row = bill(now)
    with pytest.raises(Invalid, match="how the differences"):
        actions.settle(row, " ", SYSTEM, now)
    actions.settle(row, "Credit note 17", SYSTEM, now)
    assert (row.settled_at, row.settled_reason) == (now, "Credit note 17")
    for step in (
        lambda: actions.note(waybill(row, "S2"), "late", SYSTEM, now),
        lambda: actions.note_all(row, Finding.WEIGHT, "late", SYSTEM, now),
        lambda: actions.settle(row, "again", SYSTEM, now),
        lambda: actions.discard(row, "gone", SYSTEM, now),
    ):
        with pytest.raises(NotAllowedNow, match="settled"):
            step()


def test_a_discarded_comparison_can_be_made_again(database, now):
    row = bill(now)
    first = row.id
    actions.discard(row, "the wrong records", SYSTEM, now)
    assert db.session.scalar(select(func.count(CarrierBillRow.id))) == 0
    assert findings(bill(now)) != {}
    gone = select(audit.AuditEntry).where(audit.AuditEntry.event == "carrier_bill.discarded")
    entry = db.session.scalars(gone).one()
    assert (entry.subject_id, entry.reason) == (first, "the wrong records")


def test_settling_changes_nothing_that_a_customer_is_charged(cast: Cast, now: datetime) -> None:
    record = parcel(cast, now, "S2", "2", "KGM", date(2026, 2, 3))
    before = (record.quantity, record.statement_id, record.state)
    row = bill(now, own=None)
    actions.note(waybill(row, "S2"), "9 kg agreed", SYSTEM, now)
    actions.settle(row, "agreed", SYSTEM, now)
    db.session.expire_all()
    assert (record.quantity, record.statement_id, record.state) == before


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The two files as arguments of the command."""
    for name, text in (("bill.csv", BODY), ("own.csv", OURS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / "bill.csv"), str(tmp_path / "own.csv")]


def test_the_command_keeps_what_it_compared_only_when_told_to(app, database, files):
    run = app.test_cli_runner().invoke
    told = ["compare", *files, "--carrier", "顺丰速运", "--language", "en"]
    assert run(carrier_bills, told).exit_code == 0
    assert db.session.scalar(select(func.count(CarrierBill.id))) == 0
    done = run(carrier_bills, [*told, "--keep"])
    assert done.exit_code == 0 and "Kept with every waybill." in done.output
    row = db.session.scalars(select(CarrierBill)).one()
    assert (row.carrier, row.line_count, row.billed_amount) == ("顺丰速运", 4, D(41))
    again = run(carrier_bills, [*told, "--keep"])
    assert again.exit_code == 1 and "read before" in again.output
    nameless = run(carrier_bills, ["compare", *files, "--keep", "--language", "en"])
    assert nameless.exit_code == 1 and db.session.scalar(select(func.count(CarrierBill.id))) == 1
