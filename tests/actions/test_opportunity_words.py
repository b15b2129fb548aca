"""The firm's ways of selling and its words; what an opportunity says; chances to sell (O4, O15, O16, S5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import SYSTEM
from portal.db.audit import timeline
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.opportunities.actions import course, editing, methods, words
from portal.opportunities.actions.editing import described
from portal.opportunities.actions.methods import Method, Stage
from portal.opportunities.actions.words import CompetitorFacts, Word
from portal.opportunities.models import Opportunity
from portal.opportunities.queries import lists
from portal.opportunities.queries import words as read
from portal.opportunities.rules.stage_tasks import StageTask
from portal.opportunities.rules.values import NewLine
from portal.service_requests.actions import upselling
from portal.service_requests.actions.upsell_passed import pass_on
from portal.service_requests.actions.upselling import Chance
from portal.service_requests.models import Upsell
from tests.cast import Cast, viewer
from tests.factories import item
from tests.opportunities import a_reason, an_opportunity, first_words, fresh, stage_of
from tests.service import a_request

D = Decimal


def test_a_method_begins_with_a_stage_and_one_is_the_usual_one(cast: Cast, now: datetime) -> None:
    first_words(now)
    boss = viewer(cast.sales_manager)
    row = methods.save_method(None, Method("tender", "投标", is_default=True), None, boss, now)
    assert [stage.code for stage in read.stages(row.id)] == ["first"]
    db.session.expire_all()
    assert [m.code for m in read.methods() if m.is_default] == ["tender"]
    assert an_opportunity(cast, now).method_id == row.id


def test_a_stage_is_added_said_anew_and_put_in_order(cast: Cast, now: datetime) -> None:
    first_words(now)
    boss, lane = viewer(cast.sales_manager), read.default_method()
    assert lane is not None
    wish = Stage(
        "visit",
        "上门",
        "Visit",
        40,
        rules=("site",),
        tasks=(StageTask("拜访", "Visit", 3),),
        stuck_days=7,
    )
    stage = methods.save_stage(lane, None, wish, lane.version, boss, now)
    methods.save_stage(lane, stage, replace(wish, likelihood=45, active=False), None, boss, now)
    assert (stage.likelihood, stage.entry_rules, stage.active) == (45, ["site"], False)
    ids = [each.id for each in read.stages(lane.id, all_=True)]
    methods.order(lane, [ids[0], ids[-1], *ids[1:-1]], None, boss, now)
    assert [each.code for each in read.stages(lane.id, all_=True)][:2] == ["enquiry", "visit"]


def test_the_first_stage_asks_for_nothing(cast: Cast, now: datetime) -> None:
    first_words(now)
    boss, lane = viewer(cast.sales_manager), read.default_method()
    assert lane is not None
    ids = [each.id for each in read.stages(lane.id)]
    with pytest.raises(Invalid) as error:
        methods.order(lane, [*ids[1:], ids[0]], None, boss, now)
    assert error.value.field == "rules"
    with pytest.raises(Invalid):
        methods.order(lane, ids[1:], None, boss, now)


def test_a_stage_left_out_keeps_those_who_stand_in_it(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now, stage="need")
    stage = stage_of(row, "need")
    kept = Stage(stage.code, stage.name_zh, stage.name_en, 30, active=False)
    methods.save_stage(row.method, stage, kept, None, viewer(cast.sales_manager), now)
    assert (fresh(row).stage.code, read.in_use(stage)) == ("need", 1)
    course.move(row, stage_of(row, "enquiry"), None, SYSTEM, now)
    assert "need" not in [each.code for each in read.stages(row.method_id)]


def test_one_method_and_one_stage_at_least_stay_in_use(cast: Cast, now: datetime) -> None:
    first_words(now)
    boss = viewer(cast.sales_manager)
    lane, project = read.methods()
    methods.save_method(
        project, Method(project.code, project.name_zh, active=False), None, boss, now
    )
    with pytest.raises(InvalidMany) as error:
        methods.save_method(lane, Method(lane.code, lane.name_zh, active=False), None, boss, now)
    assert set(error.value.errors) == {"active"}
    first, *others = [
        (stage, Stage(stage.code, stage.name_zh, active=False)) for stage in read.stages(lane.id)
    ]
    for stage, idle in reversed(others):
        methods.save_stage(lane, stage, idle, None, boss, now)
    with pytest.raises(NotAllowedNow):
        methods.save_stage(lane, *first, None, boss, now)


def test_what_a_method_or_stage_lacks_is_told_at_its_field(cast: Cast, now: datetime) -> None:
    first_words(now)
    boss, lane = viewer(cast.sales_manager), read.default_method()
    assert lane is not None
    with pytest.raises(InvalidMany) as error:
        methods.save_method(None, Method("lane", ""), None, boss, now)
    assert set(error.value.errors) == {"code", "name_zh"}
    wrong = Stage("Ü", "", "", 101, "x", ("x",), (StageTask("", "", 1),), -1)
    with pytest.raises(InvalidMany) as error:
        methods.save_stage(lane, None, wrong, None, boss, now)
    assert set(error.value.errors) == {
        "code",
        "name_zh",
        "likelihood",
        "category",
        "rules",
        "tasks",
        "stuck_days",
    }
    with pytest.raises(StaleEdit):
        methods.save_stage(lane, None, Stage("new", "新"), lane.version - 1, boss, now)
    with pytest.raises(Forbidden):
        methods.save_stage(lane, None, Stage("new", "新"), None, viewer(cast.sales), now)


def test_categories_and_reasons_are_the_firms_own(cast: Cast, now: datetime) -> None:
    first_words(now)
    boss = viewer(cast.sales_manager)
    made = words.save_category(None, Word("冷链", "Cold chain", 5), None, boss, now)
    assert read.categories()[0].id == made.id
    words.save_category(made, Word("冷链", "Cold chain", 5, active=False), made.version, boss, now)
    assert made.id not in [row.id for row in read.categories()]
    reason = words.save_reason(None, "lost", Word("战略调整"), None, boss, now)
    assert (reason.outcome, reason in read.reasons("lost")) == ("lost", True)
    for verb in (
        lambda: words.save_category(None, Word("海运"), None, boss, now),
        lambda: words.save_reason(None, "lost", Word("战略调整"), None, boss, now),
        lambda: words.save_reason(None, "x", Word("y"), None, boss, now),
    ):
        with pytest.raises(InvalidMany):
            verb()


def test_a_competitor_is_recorded_once_and_found_by_pinyin(cast: Cast, now: datetime) -> None:
    row = words.save_competitor(
        None, CompetitorFacts("快航物流", strengths="便宜"), None, viewer(cast.sales), now
    )
    found = db.session.scalars(read.search_competitors(read.competitors(), "kuaihang")).all()
    assert found == [row]
    with pytest.raises(InvalidMany):
        words.save_competitor(None, CompetitorFacts("快航物流"), None, viewer(cast.sales), now)
    with pytest.raises(Forbidden):
        words.save_competitor(None, CompetitorFacts("x"), None, viewer(cast.finance), now)
    assert timeline(row, public_only=False)[0].event == "competitor.recorded"


def test_only_what_became_different_is_history(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    counter = row.version
    editing.change(row, described(row), counter, viewer(cast.sales), now)
    assert fresh(row).version == counter
    wish = replace(described(row), next_step="寄样品", next_on=date(2026, 3, 9), amount=D(15000))
    editing.change(row, wish, counter, viewer(cast.sales), now)
    entry = timeline(row, public_only=False)[0]
    assert set(entry.after) == {"next_step", "next_on", "amount"}
    assert entry.before["amount"] == "CNY 12000.000"
    assert (fresh(row).amount, row.amount_from, row.version) == (D(15000), "hand", counter + 1)


def test_items_bring_their_sum_unless_the_amount_is_kept(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    lines = [NewLine(None, "仓储", D(100), "CBM", D("12.345"))]
    editing.set_lines(row, lines, None, SYSTEM, now, takes_total=False)
    assert (row.amount, row.amount_from, row.lines[0].amount) == (D(12000), "hand", D("1234.50"))
    editing.set_lines(row, lines, None, SYSTEM, now, currency="USD")
    assert (row.amount, row.currency, row.amount_from) == (D("1234.50"), "USD", "items")
    with pytest.raises(InvalidMany) as error:  # the items are priced in dollars
        editing.set_amount(row, D(1), "CNY", None, SYSTEM, now)
    assert set(error.value.errors) == {"currency"}
    editing.set_lines(row, [], None, SYSTEM, now)
    assert (row.lines, row.amount) == ([], D("1234.50"))


def test_everything_wrong_in_a_description_is_told_at_once(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    wrong = replace(
        described(row),
        title="",
        kind="x",
        rating="x",
        source="x",
        category="x",
        likelihood=-1,
        amount=D(-1),
        contact_id=99,
        site_id=99,
        category_id=99,
        next_step="x" * 241,
        starts_on=date(2026, 5, 2),
        ends_on=date(2026, 5, 1),
    )
    with pytest.raises(InvalidMany) as error:
        editing.change(row, wrong, None, SYSTEM, now)
    assert set(error.value.errors) == {
        "title", "kind", "rating", "source", "category", "likelihood", "amount", "contact_id", "site_id", "category_id",
        "next_step", "ends_on",
    }  # fmt: skip


def passed(cast: Cast, now: datetime) -> tuple[Upsell, Opportunity]:
    """A chance that customer service saw in a request, made an opportunity."""
    first_words(now)
    service = viewer(cast.customer_service)
    storage = item("STO", "仓储", unit="CBM", category="storage", load="none")
    request = a_request(cast, now)
    chance = Chance(
        "客户想在深圳租仓\n约 200 平", storage.id, D(50000), "CNY", cast.customer_service.id
    )
    row = upselling.note(chance, request.customer, service, now, request)
    return row, pass_on(row, service, now)


def test_a_chance_becomes_an_opportunity_in_one_step_and_once(cast: Cast, now: datetime) -> None:
    row, made = passed(cast, now)
    assert (made.title, made.amount, made.kind, made.source) == (
        "客户想在深圳租仓",
        D(50000),
        "expansion",
        "request",
    )
    assert made.owner_id == cast.sales.id  # service sells nothing: the customer's owner does
    assert [line.name for line in made.lines] == ["仓储"]
    assert lists.from_source("service_request", row.request_id, SYSTEM) == [made]
    assert pass_on(row, viewer(cast.customer_service), now) is made
    with pytest.raises(NotAllowedNow):
        upselling.win(row, SYSTEM, now)


def test_a_chance_follows_its_opportunity(cast: Cast, now: datetime) -> None:
    row, made = passed(cast, now)
    course.lose(made, a_reason("lost").id, None, "", None, viewer(cast.sales), now)
    assert (row.state, row.end_reason) == ("dropped", "价格过高")
    course.unlock(made, "客户又问", None, viewer(cast.sales_manager), now)
    assert (row.state, row.end_reason) == ("open", "")
    course.win(made, a_reason("won").id, "", None, viewer(cast.sales), now)
    assert row.state == "won"


def test_a_chance_that_is_over_becomes_nothing(cast: Cast, now: datetime) -> None:
    first_words(now)
    row = upselling.note(Chance("仓储"), cast.harbour, SYSTEM, now)
    upselling.drop(row, "无预算", SYSTEM, now)
    with pytest.raises(NotAllowedNow):
        pass_on(row, SYSTEM, now)
