"""The board, the calendar and the forecast of opportunities, and the settings of sales."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.db.base import db
from portal.opportunities.actions import course
from portal.opportunities.models import (
    Competitor,
    Opportunity,
    OpportunityCategory,
    OpportunityTask,
    OutcomeReason,
    SalesMethod,
    SalesStage,
)
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import keep
from tests.opportunities import a_reason, an_opportunity, first_words, stage_of

BOARD = "/desk/opportunities/board"


@pytest.fixture
def row(cast: Cast, now: datetime) -> Opportunity:
    """Kept, in the first stage of lane business."""
    found = an_opportunity(cast, now)
    db.session.commit()
    return found


def test_the_board_has_a_column_for_each_stage_with_its_sum(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    shown = client.sign_in(cast.sales).get(BOARD).text
    assert shown.count('class="kanban-column"') == 5
    assert "12,000.00" in shown


def test_a_card_that_may_not_move_says_why_in_its_place(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    where = f"/desk/opportunities/{row.id}/move?method={row.method_id}"
    form = {"stage_id": stage_of(row, "need").id, "board": BOARD, "seen": row.version}
    said = client.sign_in(cast.sales).post(where, data=form)
    assert said.status_code == 422
    assert "is-refused" in said.text
    assert "needs a contact" in said.text


def test_a_card_moves_back_to_where_nothing_is_asked_and_the_board_comes_again(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    row = an_opportunity(cast, now, stage="need")
    db.session.commit()
    first = stage_of(row, "enquiry").id
    form = {"stage_id": first, "board": f"{BOARD}?owner=mine"}
    said = client.sign_in(cast.sales).post(f"/desk/opportunities/{row.id}/move", data=form)
    assert said.headers["Location"].endswith("owner=mine")
    assert db.session.get_one(Opportunity, row.id).stage_id == first


def test_who_may_only_look_gets_no_way_to_move(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    shown = client.sign_in(cast.auditor).get(BOARD).text
    assert "上海至纽约海运" in shown
    assert "deal-move" not in shown
    assert 'draggable="true"' not in shown


def test_the_board_asks_no_more_for_more_cards(
    cast: Cast, client: CheckingClient, row: Opportunity, now: datetime
) -> None:
    desk = client.sign_in(cast.sales)
    desk.get(BOARD)
    few = len(desk.queries)
    keep(cast)
    for number in range(5):
        an_opportunity(cast, now, title=f"第 {number}")
    db.session.commit()
    desk.get(BOARD)
    assert len(desk.queries) <= few


@pytest.mark.parametrize(
    "query", ["", "?look=week", "?who=all", "?on=2026-03-04&look=week", "?on=x"]
)
def test_the_calendar_shows_what_is_due(
    cast: Cast, client: CheckingClient, row: Opportunity, query: str
) -> None:
    shown = client.sign_in(cast.sales).get(f"/desk/opportunities/calendar{query}").text
    assert "Call: which lanes" in shown


def test_a_task_is_planned_done_and_taken_up_again(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    desk = client.sign_in(cast.sales)
    form = {"title": "寄样品", "due_on": "2026-03-09", "assignee_id": cast.sales.id}
    assert desk.post(f"/desk/opportunities/{row.id}/tasks", data=form).status_code == 303
    task = select(OpportunityTask).where(OpportunityTask.title == "寄样品")
    found = db.session.scalars(task).one()
    at = f"/desk/opportunities/tasks/{found.id}"
    assert 'value="寄样品"' in desk.get(f"{at}/edit").text
    later = form | {"due_on": "2026-03-12", "version": str(found.version)}
    assert desk.post(f"{at}/edit", data=later).status_code == 303
    desk.post(f"{at}/complete", data={"result": "已签收"})
    assert "已签收" in desk.get(f"/desk/opportunities/{row.id}").text
    desk.post(f"{at}/reopen")
    back = "/desk/opportunities/calendar?look=week"
    said = desk.post(f"{at}/cancel", data={"reason": "客户不要了", "back": back})
    assert said.headers["Location"].endswith(back)
    kept = db.session.scalars(task).one()
    assert (kept.state, kept.due_on) == ("cancelled", date(2026, 3, 12))


def test_each_figure_of_the_forecast_opens_its_rows(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    an_opportunity(cast, now, stage="negotiation")
    db.session.commit()
    desk = client.sign_in(cast.sales)
    shown = desk.get("/desk/opportunities/forecast").text
    assert "9,000.00" in shown  # 75 % of 12,000
    assert "between=2026-04-01..2026-04-30&amp;enters=yes" in shown
    rows = desk.get("/desk/opportunities?between=2026-04-01..2026-04-30&enters=yes&forecast=best")
    assert "上海至纽约海运" in rows.text
    for wrong in ("between=2026-04", "between=x..y", "closed=.."):
        assert desk.get(f"/desk/opportunities?{wrong}").status_code == 200


def test_the_columns_of_the_forecast_come_to_its_sums_with_what_is_past_its_day(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    late = an_opportunity(cast, now, title="拖过了日子", stage="negotiation")
    late.close_on = now.date() - timedelta(days=3)
    an_opportunity(cast, now, stage="negotiation")
    db.session.commit()
    desk = client.sign_in(cast.sales)
    shown = desk.get("/desk/opportunities/forecast").text
    columns = re.findall(r'<a href="([^"]*)" aria-label="([^"]*: Won [^"]*)"', shown)
    assert columns[0][1].startswith("Past its day: ") and len(columns) == 7
    for kind, whole in (("Won", "0.00"), ("Weighted", "18,000.00"), ("All open", "24,000.00")):
        figures = re.findall(rf"{kind} ([\d,.]*\d)", " ".join(said for _way, said in columns))
        together = sum(Decimal(each.replace(",", "")) for each in figures)
        assert f"{together:,.2f}" == whole and f"{whole}</a>" in shown
    rows = desk.get(columns[0][0].replace("&amp;", "&")).text
    assert "拖过了日子" in rows and "上海至纽约海运" not in rows


def test_what_was_won_opens_its_rows_by_month_by_person_and_in_all(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    won = an_opportunity(cast, now, title="已签的仓储", stage="negotiation")
    course.win(won, a_reason("won").id, "价格合适", won.version, viewer(cast.sales), now)
    an_opportunity(cast, now, title="还在谈的海运", stage="negotiation")
    db.session.commit()
    desk = client.sign_in(cast.sales)
    shown = desk.get("/desk/opportunities/forecast").text
    ways = set(re.findall(r'href="(/desk/opportunities\?[^"]*state=won[^"]*)"', shown))
    assert len(ways) == 3
    for way in ways:
        rows = desk.get(way.replace("&amp;", "&")).text
        assert "已签的仓储" in rows and "还在谈的海运" not in rows


def test_what_is_left_out_of_the_forecast_is_not_in_its_sums(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    shown = client.sign_in(cast.sales).get("/desk/opportunities/forecast").text
    assert "12,000.00" not in shown


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_forecast_goes_into_a_file(
    cast: Cast, client: CheckingClient, now: datetime, kind: str
) -> None:
    an_opportunity(cast, now, stage="negotiation")
    db.session.commit()
    file = client.sign_in(cast.sales).get(f"/desk/opportunities/forecast?export={kind}")
    assert file.status_code == 200
    assert kind in file.headers["Content-Disposition"]


def test_what_enters_the_forecast_is_the_firms_own_rule(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    leader = client.sign_in(cast.sales_manager)
    form = {"least_likelihood": "5", "overdue_days": "0", "needed": ["contact"]}
    assert leader.post("/desk/opportunities/forecast/rules", data=form).status_code == 303
    assert "least_likelihood" in leader.get("/desk/opportunities/forecast/rules").text


def test_stages_are_added_changed_and_put_in_order(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    first_words(now)
    db.session.commit()
    method = db.session.scalars(select(SalesMethod).where(SalesMethod.code == "lane")).one().id
    leader = client.sign_in(cast.sales_manager)
    form = {
        "code": "sample",
        "name_zh": "样箱",
        "likelihood": "60",
        "category": "best_case",
        "active": "y",
        "rules": ["amount"],
        "tasks-0-zh": "看样箱",
        "tasks-0-days": "2",
    }
    assert leader.post(f"/desk/sales-methods/{method}/stages/new", data=form).status_code == 303
    stage = db.session.scalars(select(SalesStage).where(SalesStage.code == "sample")).one()
    assert (stage.entry_rules, stage.tasks[0]["days"]) == (["amount"], 2)
    before = stage.position
    leader.post(f"/desk/sales-methods/stages/{stage.id}/move", data={"do": "up"})
    assert db.session.get_one(SalesStage, stage.id).position < before
    assert "看样箱" in leader.get(f"/desk/sales-methods/stages/{stage.id}").text
    assert leader.get(f"/desk/sales-methods/{method}").status_code == 200
    assert client.sign_in(cast.sales).get("/desk/sales-methods").status_code == 403


def test_a_method_is_made_with_its_first_stage(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    leader = client.sign_in(cast.sales_manager)
    form = {"code": "air", "name_zh": "空运", "active": "y", "is_default": "y"}
    assert leader.post("/desk/sales-methods/new", data=form).status_code == 303
    assert len(db.session.scalars(select(SalesMethod)).one().stages) == 1
    assert "空运" in leader.get("/desk/sales-methods").text


def test_categories_and_reasons_are_the_firms_own_words(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    leader = client.sign_in(cast.sales_manager)
    leader.post("/desk/sales-words/categories/new", data={"name_zh": "冷链", "active": "y"})
    leader.post("/desk/sales-words/reasons/lost/new", data={"name_zh": "太慢", "active": "y"})
    category = db.session.scalars(select(OpportunityCategory)).one()
    reason = db.session.scalars(select(OutcomeReason)).one()
    form = {"name_zh": "冷链运输", "version": str(category.version), "active": "y"}
    leader.post(f"/desk/sales-words/categories/{category.id}", data=form)
    assert leader.get(f"/desk/sales-words/reasons/{reason.id}").status_code == 200
    assert "冷链运输" in leader.get("/desk/sales-words").text
    said = leader.post("/desk/sales-words/categories/new", data={"name_zh": "冷链运输"})
    assert said.status_code == 422


def test_the_register_of_competitors(cast: Cast, client: CheckingClient, now: datetime) -> None:
    desk = client.sign_in(cast.sales)
    desk.post(
        "/desk/competitors/new", data={"name_zh": "蓝海货运", "strengths": "欧线", "active": "y"}
    )
    row = db.session.scalars(select(Competitor)).one()
    assert "欧线" in desk.get(f"/desk/competitors/{row.id}").text
    form = {
        "name_zh": "蓝海货运",
        "weaknesses": "清关慢",
        "active": "y",
        "version": str(row.version),
    }
    desk.post(f"/desk/competitors/{row.id}/edit", data=form)
    assert "清关慢" in desk.get(f"/desk/competitors/{row.id}").text
    assert "蓝海货运" in desk.get("/desk/competitors?q=lanhai").text
