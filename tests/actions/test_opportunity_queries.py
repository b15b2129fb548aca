"""Board, lists and forecast as the database adds them up (REQUIREMENTS O1, O3, O19)."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.customers.models import Contact
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_currency
from portal.kernel.errors import Forbidden, PortalError, StaleEdit
from portal.opportunities.actions import course, editing, forecasting, sharing
from portal.opportunities.actions.sharing import Share
from portal.opportunities.models import Competitor, Opportunity, OpportunityCompetitor
from portal.opportunities.queries import board, forecast, lists, words
from portal.opportunities.rules.forecast import Chance, Figures, cells, converted, enters
from portal.opportunities.rules.kinds import ForecastCategory
from portal.opportunities.rules.settings import ForecastSettings, Needed
from portal.opportunities.rules.values import NewLine
from tests.cast import Cast, staff, viewer
from tests.factories import add, exchange
from tests.opportunities import a_reason, an_opportunity, fresh

pytestmark = pytest.mark.both_databases

D = Decimal
TODAY = date(2026, 3, 2)
FIRST, LAST = date(2026, 3, 1), date(2026, 8, 31)


def total(parts: list[forecast.Part], currency: str) -> Figures:
    return cells(parts, lambda part: part.currency).get(currency, Figures())


def keep(settings: ForecastSettings, cast: Cast, now: datetime) -> None:
    forecasting.change_rules(settings, None, viewer(cast.sales_manager), now)
    db.session.flush()


def many(cast: Cast, now: datetime, count: int, seed: int) -> list[Opportunity]:
    """Opportunities of every sort, the same ones for the same seed."""
    dice, contact = random.Random(seed), add(Contact(customer_id=cast.harbour.id, name="林"))
    rival = add(Competitor(name_zh=f"快航{seed}"))
    rows = []
    for _ in range(count):
        row = an_opportunity(
            cast, now, currency=dice.choice(["CNY", "USD"]), likelihood=dice.choice([0, 10, 20, 50, 90]),
            amount=dice.choice([None, D(dice.randint(0, 10**6))]), rating=dice.choice(["", "hot", "cold"]),
            close_on=dice.choice([None, TODAY + timedelta(days=dice.randint(-60, 200))]),
            contact_id=dice.choice([None, contact.id]), owner_id=dice.choice([cast.sales.id, cast.sales_manager.id]),
            lines=dice.choice([(), (NewLine(None, "报关", D(1)),)]),
        )  # fmt: skip
        row.category = dice.choice(list(ForecastCategory)).value
        row.next_step, row.names_no_competitor = dice.choice(["", "致电"]), dice.random() < 0.2
        if dice.random() < 0.3:
            add(
                OpportunityCompetitor(
                    customer_id=row.customer_id, opportunity_id=row.id, competitor_id=rival.id
                )
            )
        rows.append(row)
    db.session.flush()
    return rows


def chance_of(row: Opportunity) -> Chance:
    rivals = db.session.scalars(
        select(OpportunityCompetitor.id).where(OpportunityCompetitor.opportunity_id == row.id)
    ).all()
    there = {
        Needed.CONTACT: row.contact_id is not None, Needed.SITE: row.site_id is not None,
        Needed.ITEMS: bool(row.lines), Needed.CATEGORY: row.category_id is not None,
        Needed.NEXT_STEP: bool(row.next_step), Needed.COMPETITOR: row.names_no_competitor or bool(rivals),
    }  # fmt: skip
    return Chance(
        row.amount,
        row.close_on,
        row.likelihood,
        row.category,
        row.rating,
        frozenset(need.value for need, is_there in there.items() if is_there),
    )


@pytest.mark.parametrize("settings", [
    ForecastSettings(), ForecastSettings(0), ForecastSettings(50, frozenset({"hot"})),
    ForecastSettings(0, frozenset(), frozenset({"contact", "items"})),
    ForecastSettings(0, frozenset(), frozenset({"competitor", "next_step"}), 30),
    ForecastSettings(0, frozenset(), frozenset({"site", "category"})),
])  # fmt: skip
def test_the_database_lets_in_exactly_whom_the_rule_lets_in(
    cast: Cast, now: datetime, settings: ForecastSettings
) -> None:
    rows = many(cast, now, 40, seed=settings.least_likelihood)
    keep(settings, cast, now)
    inside = {row.id for row in rows if enters(chance_of(row), settings, TODAY)}
    found = db.session.scalars(lists.forecast(lists.opportunities(SYSTEM), TODAY))
    out = db.session.scalars(lists.left_out(lists.opportunities(SYSTEM), TODAY))
    assert {row.id for row in found} == inside
    assert {row.id for row in out} == {row.id for row in rows} - inside


def test_the_cells_are_the_sum_of_those_who_enter(cast: Cast, now: datetime) -> None:
    rows = many(cast, now, 60, seed=7)
    parts = forecast.parts(SYSTEM, FIRST, date(2027, 12, 31), TODAY)
    for currency in ("CNY", "USD"):
        inside = [
            row
            for row in rows
            if row.currency == currency and enters(chance_of(row), ForecastSettings(), TODAY)
        ]
        told = total(parts, currency)
        assert (told.count, told.whole) == (len(inside), sum((row.amount for row in inside), D(0)))
        assert told.weighted == sum((row.amount * row.likelihood / 100 for row in inside), D(0))
    assert {p.month for p in parts} <= {None, *(date(2026, m, 1) for m in range(3, 13))}


def test_those_whose_day_has_passed_stand_apart_and_won_ones_in_their_month(
    cast: Cast, now: datetime
) -> None:
    late = an_opportunity(cast, now, stage="need", close_on=date(2026, 1, 5), amount=D(100))
    sure = an_opportunity(cast, now, stage="need", amount=D(50))
    course.win(sure, a_reason("won").id, "", None, SYSTEM, now)
    db.session.flush()
    told = {p.month: (p.amount, p.is_won) for p in forecast.parts(SYSTEM, FIRST, LAST, TODAY)}
    assert told == {None: (late.amount, False), date(2026, 3, 1): (D(50), True)}
    past = forecast.parts(SYSTEM, date(2026, 1, 1), date(2026, 1, 31), TODAY)
    assert [p.amount for p in past] == [D(100)]


def test_a_person_a_method_or_a_currency_is_looked_at_alone(cast: Cast, now: datetime) -> None:
    an_opportunity(cast, now, stage="need", amount=D(1))
    an_opportunity(
        cast, now, stage="need", amount=D(2), currency="USD", owner_id=cast.sales_manager.id
    )
    for narrow, whole in (
        (forecast.Narrow(owner_id=cast.sales.id), {"CNY": D(1)}), (forecast.Narrow(currency="USD"), {"USD": D(2)}),
        (forecast.Narrow(method_id=999), {}),
    ):  # fmt: skip
        parts = forecast.parts(SYSTEM, FIRST, LAST, TODAY, narrow)
        assert {p.currency: p.amount for p in parts} == whole
    rows = forecast.rows(SYSTEM, FIRST, LAST, TODAY, forecast.Narrow(owner_id=cast.sales.id))
    assert [row.amount for row in db.session.scalars(rows)] == [D(1)]


def test_currencies_are_converted_with_the_rates_of_the_day_and_a_missing_one_is_said(
    cast: Cast, now: datetime
) -> None:
    for code in ("CNY", "USD", "EUR"):
        an_opportunity(cast, now, stage="need", amount=D(100), currency=code)
    exchange("USD", "7.1260", TODAY)
    by_currency = cells(forecast.parts(SYSTEM, FIRST, LAST, TODAY), lambda part: part.currency)
    rates = forecast.rates_into(firm_currency(), by_currency, TODAY)
    told = converted(by_currency, "CNY", rates)
    assert (told.figures.whole, told.missing) == (D("812.60"), ("EUR",))


def test_what_collaborators_forecast_is_told_apart(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now, stage="need", amount=D(1000))
    sharing.share(row, Share(cast.sales_manager.id, "", D(700), "USD", 80), SYSTEM, now)
    db.session.flush()
    told = forecast.collaborators_parts(SYSTEM, FIRST, LAST, TODAY)
    assert [(p.owner_id, p.currency, p.amount, p.likelihood) for p in told] == [
        (cast.sales_manager.id, "USD", D(700), 80)
    ]
    assert [p.amount for p in forecast.parts(SYSTEM, FIRST, LAST, TODAY)] == [D(1000)]


def test_nobody_forecasts_what_they_do_not_see(cast: Cast, now: datetime) -> None:
    an_opportunity(cast, now, stage="need")
    other = viewer(staff("Fang Bo", Role.SALES))
    set_viewer(other)
    assert forecast.parts(other, FIRST, LAST, TODAY) == []
    assert [column.count for column in board.board(words.default_method().id, other)] == [0] * 5
    set_viewer(SYSTEM)


def test_the_rules_of_the_forecast_are_the_managers_to_set(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        forecasting.change_rules(ForecastSettings(30), None, viewer(cast.sales), now)
    keep(ForecastSettings(30), cast, now)
    profile = db.session.get_one(FirmProfile, 1)
    profile.sales = profile.sales | {"leads": {"capacity": 5}}
    db.session.flush()
    with pytest.raises(StaleEdit):
        forecasting.change_rules(ForecastSettings(40), 1, viewer(cast.sales_manager), now)
    keep(ForecastSettings(40), cast, now)
    assert (forecast.forecast_settings().least_likelihood, profile.sales["leads"]) == (
        40,
        {"capacity": 5},
    )


def test_a_column_has_its_count_its_sums_and_its_first_cards(cast: Cast, now: datetime) -> None:
    for no in range(5):
        an_opportunity(cast, now, amount=D(no), close_on=date(2026, 4, 20 - no) if no else None)
    an_opportunity(cast, now, amount=D(9), currency="USD", stage="need")
    columns = {
        column.stage.code: column
        for column in board.board(words.default_method().id, SYSTEM, size=3)
    }
    first = columns["enquiry"]
    assert (first.count, first.sums, [card.amount for card in first.cards]) == (
        5,
        {"CNY": D(10)},
        [D(4), D(3), D(2)],
    )
    rest, more = board.cards(first.stage.id, SYSTEM, after=first.more, size=3)
    assert ([card.amount for card in rest], more) == ([D(1), D(0)], None)
    assert (columns["need"].sums, columns["need"].more, columns["trial"].cards) == (
        {"USD": D(9)},
        None,
        [],
    )


@pytest.mark.parametrize("size", [1, 2, 7])
def test_turning_over_the_cards_shows_each_once(cast: Cast, now: datetime, size: int) -> None:
    rows = [an_opportunity(cast, now, close_on=[None, TODAY, LAST][no % 3]) for no in range(7)]
    found, after = board.cards(rows[0].stage_id, SYSTEM, size=size)
    while after:
        cards, after = board.cards(rows[0].stage_id, SYSTEM, after=after, size=size)
        found += cards
    assert sorted(card.id for card in found) == [row.id for row in rows]
    assert [card.close_on is None for card in found] == sorted(
        card.close_on is None for card in found
    )


def test_a_cursor_without_sense_is_none(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    for nonsense in ("x", "[]", '["2026-13-01", 1]', '{"a": 1}'):
        assert board.cards(row.stage_id, SYSTEM, after=nonsense)[0] == [row]


def test_lists_are_narrowed_by_what_is_asked(cast: Cast, now: datetime) -> None:
    late = an_opportunity(cast, now, close_on=date(2026, 2, 1))
    soon = an_opportunity(cast, now, close_on=date(2026, 3, 10), owner_id=cast.sales_manager.id)
    lost = an_opportunity(cast, now)
    course.lose(lost, a_reason("lost").id, None, "", None, SYSTEM, now)
    sharing.share(soon, Share(cast.customer_service.id), SYSTEM, now)
    db.session.flush()
    every = lists.opportunities(SYSTEM)
    found = {
        "overdue": lists.overdue(every, TODAY), "closing": lists.closing(every, TODAY, LAST),
        "closed": lists.closed(every, FIRST, LAST), "hers": lists.in_hand(every, cast.customer_service.id),
        "stuck": lists.stuck(every, now + timedelta(days=11)), "not yet": lists.stuck(every, now + timedelta(days=9)),
        "words": lists.search(every, "haigang niuyue"),
    }  # fmt: skip
    told = {
        name: [row.id for row in db.session.scalars(query.order_by(Opportunity.id))]
        for name, query in found.items()
    }
    assert told == {
        "overdue": [late.id], "closing": [soon.id], "closed": [lost.id], "hers": [soon.id],
        "stuck": [late.id, soon.id], "not yet": [], "words": [late.id, soon.id, lost.id],
    }  # fmt: skip
    assert lists.is_overdue(late, TODAY)
    assert lists.is_stuck(late, now + timedelta(days=11))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_an_opportunity_holds_together(
    cast: Cast, now: datetime, seed: int
) -> None:
    dice, row, boss = random.Random(seed), an_opportunity(cast, now), viewer(cast.sales_manager)
    row.contact_id = add(Contact(customer_id=cast.harbour.id, name="林", influence="decides")).id
    row.names_no_competitor = True
    verbs = [
        lambda: course.move(row, dice.choice(words.stages(row.method_id)), None, boss, now),
        lambda: course.win(row, a_reason("won").id, "", None, boss, now),
        lambda: course.lose(row, a_reason("lost").id, None, "", None, boss, now),
        lambda: course.unlock(row, "重新打开", None, boss, now),
        lambda: editing.set_amount(row, D(dice.randint(0, 99)), dice.choice(["CNY", "USD"]), None, boss, now),
        lambda: sharing.hand_over(row, dice.choice([cast.sales.id, cast.sales_manager.id]), boss, now),
    ]  # fmt: skip
    counter = fresh(row).version
    for _ in range(25):
        before = (row.state, row.stage_id, row.owner_id, row.amount)
        try:
            dice.choice(verbs)()
        except PortalError:
            assert (row.state, row.stage_id, row.owner_id, row.amount) == before
        assert fresh(row).version >= counter
        counter = row.version
        assert (row.state == "open") == (row.closed_on is None) == (row.outcome_reason_id is None)
        assert row.stage.method_id == row.method_id
        assert row.likelihood == {"won": 100, "lost": 0}.get(row.state, row.stage.likelihood)
        assert row.state == "open" or not row_tasks(row)


def row_tasks(row: Opportunity) -> list[int]:
    """Its tasks that are to be done."""
    tasks = Opportunity.metadata.tables["opportunity_task"].c
    wanted = select(tasks.id).where(tasks.opportunity_id == row.id, tasks.state == "open")
    return list(db.session.scalars(wanted))
