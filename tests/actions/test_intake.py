"""Files of customers, contacts, opportunities and history: checked, brought in whole, and again without a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.customers.models import Contact, Customer, HistoryNote
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.db.phones import PhoneKey
from portal.intake.actions import duplicates
from portal.intake.models import DuplicatePair, HeadMapping
from portal.intake.queries import current
from portal.intake.queries.duplicates import like_new, pairs
from portal.intake.rules.likeness import likely_pairs
from portal.jobs import intake as nightly
from portal.kernel.errors import FileProblems, Invalid, StaleEdit
from portal.kernel.tables import write_csv, write_xlsx
from portal.opportunities.actions.seeding import seed
from portal.opportunities.models import Opportunity, OpportunityTask
from portal.usage.rules.states import BatchState
from tests.cast import Cast, customer, staff, viewer
from tests.factories import add
from tests.intake import a_duplicate, accepted, applied, csv_file, figures, sent, told

pytestmark = pytest.mark.both_databases

HEADS = ("客户代码", "客户名称", "行业", "电话", "客户经理", "所属集团")
ROWS = (
    ("YYMY", "远洋贸易有限公司", "贸易", "0755-2658 8888", "Chen Li", ""),
    ("", "Delta Toys Ltd.", "玩具", "+49 40 123456", "", ""),
    ("YYSZ", "远洋贸易深圳分公司", "", "", "", "YYMY"),
)
DEALS = (
    "Reference",
    "Customer",
    "Title",
    "Stage",
    "Owner",
    "Amount",
    "Opened on",
    "Closed on",
    "Reason",
    "Competitor",
)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def one(model: Any, *criteria: Any) -> Any:
    return db.session.scalars(select(model).where(*criteria)).one()


def test_customers_come_in_with_owner_numbers_and_groups(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    batch = sent("customers", csv_file(tmp_path, HEADS, *ROWS), now, viewer(cast.sales_manager))
    assert (batch.state, figures(batch), count(Customer)) == (BatchState.READY, (3, 0, 0), 2)
    assert applied(batch, now).state == BatchState.APPLIED
    head, delta = (
        one(Customer, Customer.code == "YYMY"),
        one(Customer, Customer.name_en == "Delta Toys Ltd."),
    )
    branch = one(Customer, Customer.code == "YYSZ")
    assert (head.kind, branch.kind, branch.parent_id) == ("group", "branch", head.id)
    assert (delta.code, delta.name_zh, "delta" in delta.search_text) == (
        "DT001",
        "Delta Toys Ltd.",
        True,
    )
    owners = select(Assignment.user_id).where(Assignment.customer_id.in_((head.id, delta.id)))
    assert list(db.session.scalars(owners.order_by(Assignment.customer_id))) == [
        cast.sales.id,
        cast.sales_manager.id,
    ]
    assert (
        one(PhoneKey, PhoneKey.holder_id == head.id, PhoneKey.holder == "customer").key
        == "75526588888"
    )
    assert audit.first_broken_link() is None


def test_the_same_file_again_changes_nothing_and_an_edited_cell_is_one_row(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    applied(sent("customers", csv_file(tmp_path, HEADS, *ROWS), now), now)
    assert figures(sent("customers", csv_file(tmp_path, HEADS, *ROWS), now)) == (0, 0, 3)
    edited = (*ROWS[:1], ("", "Delta Toys Ltd.", "食品", "+49 40 123456", "", ""), *ROWS[2:])
    batch = sent("customers", csv_file(tmp_path, HEADS, *edited), now)
    assert figures(batch) == (0, 1, 2)
    (line,) = batch.counts["preview"]
    assert (line["row"], line["changes"]) == (3, [["industry", "玩具", "食品"]])
    applied(batch, now)
    assert one(Customer, Customer.name_en == "Delta Toys Ltd.").industry == "食品"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("side", [0, 1])
def test_what_is_known_comes_in_again_unchanged(
    cast: Cast, now: datetime, tmp_path: Path, kind: str, side: int
) -> None:
    cast.harbour.note, cast.harbour.market = "=1+1 第一行\n第二行", "e_commerce"
    cast.harbour.phone = "0755-26581234"
    add(Contact(customer_id=cast.harbour.id, name="周敏", is_main=True, influence="decides"))
    add(HistoryNote(customer_id=cast.harbour.id, happened_at=now, kind="call", subject="+86 来电"))
    db.session.commit()
    for holds in ("customers", "contacts", "history"):
        path = tmp_path / f"{holds}.{kind}"
        rows = list(current.rows(holds, SYSTEM, side))
        heads = current.heads(holds, side)
        write_xlsx(path, heads, rows) if kind == "xlsx" else write_csv(path, [heads, *rows])
        batch = sent(holds, path, now)
        assert (batch.state, batch.problems) == (BatchState.READY, [])
        assert figures(batch) == (0, 0, len(rows))


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        (("YYMY", "另一家", "", "", "", ""), "A · 客户代码", "YYMY"),
        (("X Y", "另一家", "", "", "", ""), "A · 客户代码", "X Y"),
        (("", "", "食品", "", "", ""), "B · 客户名称", ""),
        (("", "另一家", "", "", "Chen Lee", ""), "E · 客户经理", "Chen Lee"),
        (("", "另一家", "", "", "", "NOBODY"), "F · 所属集团", "NOBODY"),
        (("", "另一家", "", "", "", "YYSZ"), "F · 所属集团", "YYSZ"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_comes_in(
    cast: Cast, now: datetime, tmp_path: Path, row: Sequence[str], column: str, found: str
) -> None:
    batch = sent("customers", csv_file(tmp_path, HEADS, *ROWS, row), now)
    assert batch.state == BatchState.WRONG
    assert told(batch) == [(5, column, found)]
    assert count(Customer) == 2


def test_a_name_that_two_customers_have_needs_the_code(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    for code in ("ONE", "TWO"):
        customer(code, "同名公司", "")
    db.session.commit()
    batch = sent("customers", csv_file(tmp_path, ("客户名称",), ("同名公司",)), now)
    assert "ONE, TWO" in str(batch.problems[0]["expected"])


def test_a_mapping_and_accepted_words_are_remembered(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    rows = (("account", "sector"), ("Acme", "technolgy"))
    accepted(
        sent("customers", csv_file(tmp_path, *rows), now),
        now,
        {("industry", "technolgy"): "technology"},
    )
    again = sent("customers", csv_file(tmp_path, *rows), now)
    assert (again.problems, again.counts["spellings"]) == ([], [])
    assert one(HeadMapping).words == {"industry": {"technolgy": "technology"}}
    applied(again, now)
    assert one(Customer, Customer.name_en == "Acme").industry == "technology"


def test_contacts_are_found_again_by_name_and_reach(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    heads = ("客户", "姓名", "电话", "邮箱", "影响力")
    rows = [
        ("海港食品", "周敏", "13800138000", "zhou@harbour.example", "决策人"),
        ("NORDWIND", "张伟", "13900139000", "", ""),
        ("NORDWIND", "张伟", "13700137000", "", ""),
    ]
    applied(sent("contacts", csv_file(tmp_path, heads, *rows), now), now)
    assert count(Contact) == 3
    assert figures(sent("contacts", csv_file(tmp_path, heads, *rows), now)) == (0, 0, 3)
    rows[0] = ("海港食品", "周敏", "13811138111", "zhou@harbour.example", "决策人")
    batch = sent("contacts", csv_file(tmp_path, heads, *rows), now)
    assert figures(batch) == (0, 1, 2)
    applied(batch, now)
    row = one(Contact, Contact.name == "周敏")
    assert (row.phone, row.is_main, row.influence) == ("13811138111", True, "decides")
    assert "13811138111" in db.session.get_one(Customer, cast.harbour.id).search_text


def test_an_unknown_customer_is_named_with_the_one_that_is_near(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    rows = [("Customer", "Name"), ("Harbour Food Ltd.", "A"), ("", "B")]
    batch = sent("contacts", csv_file(tmp_path, *rows), now)
    assert {(row, found) for row, _, found in told(batch)} == {(2, "Harbour Food Ltd."), (3, "")}
    (spelling,) = batch.counts["spellings"]
    assert spelling["meant"] == "Harbour Foods Ltd."
    batch = accepted(batch, now, {("customer", "Harbour Food Ltd."): "Harbour Foods Ltd."})
    assert [row for row, _, _ in told(batch)] == [3]


def test_history_comes_in_once_and_nobody_is_mailed(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    heads = ("客户", "时间", "方式", "主题", "内容", "记录人")
    rows = [
        ("HARBOUR", "2025-11-03 10:00", "电话", "询价", "问宁波价格", "Chen Li"),
        ("HARBOUR", "2025-12-01", "拜访", "", "仓库参观", ""),
    ]
    mails, tasks = count(OutboxMessage), count(OpportunityTask)
    applied(sent("history", csv_file(tmp_path, heads, *rows), now), now)
    assert figures(sent("history", csv_file(tmp_path, heads, *rows), now)) == (0, 0, 2)
    assert (count(OutboxMessage), count(OpportunityTask)) == (mails, tasks)
    rows[0] = (*rows[0][:4], "问宁波和上海价格", "Chen Li")
    assert figures(sent("history", csv_file(tmp_path, heads, *rows), now)) == (0, 1, 1)
    note = one(HistoryNote, HistoryNote.kind == "call")
    assert (note.written_by, note.happened_at.hour) == (cast.sales.id, 2)


@pytest.fixture
def selling(cast: Cast, now: datetime) -> Cast:
    seed(SYSTEM, now)
    db.session.commit()
    return cast


DEAL = (
    "C-1",
    "HARBOUR",
    "宁波出口",
    "Won",
    "Chen Li",
    "CNY 1,000",
    "2025-10-01",
    "2025-11-15",
    "",
    "",
)
LOST = (
    "C-2",
    "Nordwind Parts GmbH",
    "空运",
    "Lost",
    "Chen Li",
    "500",
    "2025-10-01",
    "2025-10-31",
    "价格太高了",
    "大海物流",
)
OPEN = ("C-3", "HARBOUR", "仓储", "谈判", "Chen Li", "", "2026-02-01", "2026-05-01", "", "")


def test_opportunities_come_in_won_lost_and_open(
    selling: Cast, now: datetime, tmp_path: Path
) -> None:
    mails = count(OutboxMessage)
    batch = sent("opportunities", csv_file(tmp_path, DEALS, DEAL, LOST, OPEN), now)
    assert (batch.state, figures(batch)) == (BatchState.READY, (3, 0, 0))
    applied(batch, now)
    won, lost, open_ = db.session.scalars(select(Opportunity).order_by(Opportunity.id))
    assert (won.state, won.amount, won.closed_on, won.likelihood) == (
        "won",
        Decimal(1000),
        date(2025, 11, 15),
        100,
    )
    assert (lost.state, lost.outcome_text, lost.lost_to.name_zh, lost.outcome_reason.name_zh) == (
        "lost",
        "价格太高了",
        "大海物流",
        "未说明",
    )
    assert (open_.state, open_.stage.name_zh, open_.close_on, open_.likelihood) == (
        "open",
        "谈判",
        date(2026, 5, 1),
        75,
    )
    assert (count(OutboxMessage), count(OpportunityTask)) == (mails, 0)
    assert won.number < lost.number < open_.number


def test_opportunities_again_change_nothing_and_a_closed_ones_change_is_told(
    selling: Cast, now: datetime, tmp_path: Path
) -> None:
    applied(sent("opportunities", csv_file(tmp_path, DEALS, DEAL, LOST, OPEN), now), now)
    assert figures(sent("opportunities", csv_file(tmp_path, DEALS, DEAL, LOST, OPEN), now)) == (
        0,
        0,
        3,
    )
    dearer = (*DEAL[:5], "CNY 1,200", *DEAL[6:])
    closed = (*OPEN[:3], "Won", *OPEN[4:7], "2026-02-20", "", "")
    batch = sent("opportunities", csv_file(tmp_path, DEALS, dearer, LOST, closed), now)
    assert figures(batch) == (0, 2, 1)
    assert [row for row, _, _ in told(batch, "warning")] == [2]
    applied(batch, now)
    won, _, done = db.session.scalars(select(Opportunity).order_by(Opportunity.id))
    assert (won.amount, done.state, done.closed_on) == (Decimal(1200), "won", date(2026, 2, 20))


@pytest.mark.parametrize(
    ("place", "wrong", "column"),
    [
        (0, "", "A"),
        (3, "Somewhere", "D"),
        (4, "Chen", "E"),
        (5, "$ 5", "F"),
        (6, "31/12/2025", "G"),
        (7, "2025-09-01", "H"),
        (7, "", "H"),
    ],
)
def test_a_wrong_cell_of_an_opportunity_is_named(
    selling: Cast, now: datetime, tmp_path: Path, place: int, wrong: str, column: str
) -> None:
    row = (*DEAL[:place], wrong, *DEAL[place + 1 :])
    batch = sent("opportunities", csv_file(tmp_path, DEALS, row, LOST), now)
    assert [(number, str(label)[0]) for number, label, _ in told(batch)] == [(2, column)]


def test_a_reference_that_stands_twice_is_named(
    selling: Cast, now: datetime, tmp_path: Path
) -> None:
    batch = sent("opportunities", csv_file(tmp_path, DEALS, DEAL, DEAL), now)
    assert told(batch) == [(3, "A · Reference", "C-1")]


def test_what_others_saved_meanwhile_stops_the_file(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    batch = sent("customers", csv_file(tmp_path, ("客户名称", "行业"), ("新公司", "食品")), now)
    for code in ("ONE", "TWO"):
        customer(code, "新公司", "")
    db.session.commit()
    batch = applied(batch, now)
    assert (batch.state, count(Customer)) == (BatchState.WRONG, 4)
    assert told(batch) == [(2, "A · 客户名称", "新公司")]


def test_others_write_while_customers_are_compared(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_duplicate(cast)
    db.session.commit()
    written: list[int] = []

    def compare(seen: Any) -> Any:
        with db.engine.connect().execution_options(writes=True) as other, other.begin():
            written.append(other.execute(update(Customer).values(note="meanwhile")).rowcount)
        return likely_pairs(seen)

    monkeypatch.setattr(duplicates, "likely_pairs", compare)
    assert nightly.search(now) == 1 and written == [3]


def test_who_was_merged_while_customers_were_compared_is_in_no_pair(
    cast: Cast, now: datetime
) -> None:
    theirs = a_duplicate(cast)
    third = customer("THIRD", "海港食品", "")
    db.session.commit()
    likely = duplicates.find()
    assert [pair.first for pair in likely] == [cast.harbour.id] * 2 + [theirs.id]
    theirs.merged_into_id = cast.harbour.id
    db.session.flush()
    assert duplicates.keep(likely, now) == 1
    kept = db.session.scalars(select(DuplicatePair)).one()
    assert (kept.first_id, kept.second_id) == (cast.harbour.id, third.id)


def test_duplicates_are_found_remembered_and_hinted_at(cast: Cast, now: datetime) -> None:
    theirs = a_duplicate(cast)
    cast.harbour.search_text = "海港食品有限公司"
    assert (duplicates.search(now), duplicates.search(now)) == (1, 0)
    pair = db.session.scalars(pairs(SYSTEM)).one()
    assert {pair.first_id, pair.second_id} == {
        cast.harbour.id,
        theirs.id,
    } and "name" in pair.reasons
    with pytest.raises(Invalid):
        duplicates.dismiss(pair, " ", pair.version, viewer(cast.sales_manager), now)
    duplicates.dismiss(pair, "两家不同的公司", pair.version, viewer(cast.sales_manager), now)
    db.session.flush()
    assert (duplicates.search(now), list(db.session.scalars(pairs(SYSTEM)))) == (0, [])
    with pytest.raises(StaleEdit):
        duplicates.reopen(pair, pair.version - 1, viewer(cast.sales_manager), now)
    hints = like_new(("海港食品",), "", "0755-26581234", "", viewer(cast.sales_manager))
    assert {row.id for row, _ in hints} == {cast.harbour.id, theirs.id}


def test_a_file_without_rows_is_told_so_and_not_that_all_of_it_is_known(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    batch = sent("customers", csv_file(tmp_path, HEADS), now, viewer(cast.sales_manager))
    assert batch.state == BatchState.WRONG
    assert told(batch) == [(2, None, "")]


def test_a_file_without_heads_is_refused(cast: Cast, now: datetime, tmp_path: Path) -> None:
    with pytest.raises(FileProblems):
        sent("customers", csv_file(tmp_path, ("x",)), now)


def test_two_of_one_name_among_our_people_are_named_by_mail(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    twin = staff("Chen Li", Role.SALES, email="chen.li2@farhaven.example")
    db.session.commit()
    row = ("", "新公司", "", "", "Chen Li", "")
    assert told(sent("customers", csv_file(tmp_path, HEADS, row), now))
    row = ("", "新公司", "", "", twin.email, "")
    applied(sent("customers", csv_file(tmp_path, HEADS, row), now), now)
    assert one(Assignment, Assignment.user_id == twin.id).part == "owner"


def test_statements_do_not_grow_with_the_rows(cast: Cast, now: datetime, tmp_path: Path) -> None:
    rows = ((f"客户{n}号", f"138{n:08d}") for n in range(1500))
    batch = sent("customers", csv_file(tmp_path, ("客户名称", "电话"), *rows), now)
    seen: list[str] = []

    def note(*told: Any) -> None:
        seen.append(told[2])

    event.listen(db.engine, "before_cursor_execute", note)
    applied(batch, now)
    event.remove(db.engine, "before_cursor_execute", note)
    assert count(Customer) == 1502
    assert len(seen) < 80


def test_what_was_done_is_told_as_it_was_foreseen(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    batch = applied(sent("customers", csv_file(tmp_path, HEADS, *ROWS), now), now)
    assert batch.counts["applied"] == {"new": 3, "changed": 0, "unchanged": 0}
    written = select(func.count()).where(audit.AuditEntry.event == "customer.imported")
    assert db.session.scalar(written) == 3
