"""The billing run: what it gathers, how it settles, that it bills each thing once and changes nothing a second time."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.models import BilledOnce, Statement, StatementLine
from portal.billing.rules.states import StatementState
from portal.catalogue.models import ExchangeRate
from portal.contracts.rules.kinds import Overage
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from tests.billing_worlds import FEBRUARY, JANUARY, lines, run, settles, statements, told, used
from tests.cast import Cast, customer
from tests.chain import contract_line, entitled, granted, handling
from tests.factories import add, per_unit

D = Decimal


def counted(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def rows_of(model: type) -> list[tuple[object, ...]]:
    """Every column of every row."""
    table = model.__table__  # type: ignore[attr-defined]
    return [tuple(row) for row in db.session.execute(select(table).order_by(table.c.id))]


def test_usage_becomes_lines_and_sums_of_a_draft(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now, quantity=D(100))
    row = used(bought, "2", now, reference="A-1")
    used(bought, "0.5", now, reference="A-2")
    done = run(now=now)
    (statement,) = statements()
    assert told(lines(statement)) == [("usage", "A-1", "57.00"), ("usage", "A-2", "14.25")]
    assert (statement.number, statement.state) == ("ST-2026-000001", StatementState.DRAFT)
    assert (statement.net_amount, statement.tax_amount, statement.gross_amount) == (
        D("67.21"),
        D("4.04"),
        D("71.25"),
    )
    assert db.session.get_one(UsageRecord, row.id).statement_id == statement.id
    assert (done.state, done.done, done.total) == ("done", 1, 1)
    assert done.counts["drafted"] == 1 and done.counts["lines"] == 2


def test_a_second_run_writes_nothing(cast: Cast, now: datetime) -> None:
    used(entitled(cast, now, quantity=D(100)), "2", now)
    run(now=now)
    before = [rows_of(each) for each in (Statement, StatementLine, BilledOnce, UsageRecord)]
    again = run(now=now)
    assert [rows_of(each) for each in (Statement, StatementLine, BilledOnce, UsageRecord)] == before
    assert again.counts["unchanged"] == 1 and "drafted" not in again.counts


def test_what_came_since_refreshes_the_draft_under_its_number(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now, quantity=D(100))
    used(bought, "2", now, reference="A-1")
    run(now=now)
    used(bought, "1", now, reference="A-2")
    again = run(now=now)
    (statement,) = statements()
    assert (statement.number, statement.gross_amount) == ("ST-2026-000001", D("85.50"))
    assert again.counts["refreshed"] == 1
    events = select(AuditEntry.event).where(AuditEntry.subject_type == "statement")
    assert list(db.session.scalars(events.order_by(AuditEntry.id))) == [
        "statement.drafted",
        "statement.refreshed",
    ]


def test_late_usage_falls_into_the_next_period_and_is_marked(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now, quantity=D(100))
    used(bought, "1", now, on=date(2026, 1, 10), reference="A-1")
    run(JANUARY, now=now)
    (january,) = statements()
    january.state = StatementState.UNDER_REVIEW.value
    used(bought, "2", now, on=date(2026, 1, 11), reference="LATE")
    used(bought, "3", now, on=date(2026, 2, 11), reference="FEB")
    waiting = run(JANUARY, now=now)
    run(FEBRUARY, now=now)
    _, february = statements()
    assert waiting.counts["waiting"] == 1
    assert [(each.reference, each.is_late) for each in lines(february)] == [
        ("LATE", True),
        ("FEB", False),
    ]


def test_beyond_the_quantity_the_overage_price_counts(cast: Cast, now: datetime) -> None:
    terms = per_unit("XPX", "CNY", "40").to_json()
    bought = entitled(cast, now, quantity=D(5), overage=Overage.OVERAGE_PRICE, overage_terms=terms)
    used(bought, "8", now, reference="A-1")
    run(now=now)
    assert [(each.part, each.quantity, each.gross_amount) for each in lines(*statements())] == [
        ("within", D(5), D("142.50")),
        ("over", D(3), D("120.00")),
    ]


def test_a_split_usage_has_a_line_for_each_draw(cast: Cast, now: datetime) -> None:
    later = entitled(cast, now, quantity=D(100))
    sooner = entitled(cast, now, quantity=D(3), until_on=date(2026, 6, 30))
    row = used(later, "4", now)
    assert row.draws == 2
    run(now=now)
    assert {(each.entitlement_id, each.quantity) for each in lines(*statements())} == {
        (sooner.id, D(3)),
        (later.id, D(1)),
    }


def test_usage_in_another_unit_is_billed_in_the_units_that_were_drawn(
    cast: Cast, now: datetime
) -> None:
    scale = handling("WEIGHT")
    bought = entitled(
        cast, now, quantity=D(100), item=scale, unit="TNE",
        price_terms=per_unit("TNE", "CNY", "30").to_json(),
    )  # fmt: skip
    used(bought, "1500", now, unit="KGM")
    run(now=now)
    (line,) = lines(*statements())
    assert (line.quantity, line.unit, line.gross_amount) == (D("1.5"), "TNE", D("45.00"))


def test_a_reversal_of_unbilled_usage_leaves_no_trace(cast: Cast, now: datetime) -> None:
    row = used(entitled(cast, now, quantity=D(100)), "2", now)
    recording.reverse(row, "wrong customer", SYSTEM, now)
    done = run(now=now)
    assert statements() == [] and done.counts["empty"] == 1


def test_a_reversal_of_published_usage_is_its_exact_mirror_on_the_next_statement(
    cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now, quantity=D(100), tax_inclusive=False, rate=D("3.333"))
    row = used(bought, "10", now, on=date(2026, 1, 10))
    run(JANUARY, now=now)
    (january,) = statements()
    january.state = StatementState.PUBLISHED.value
    recording.reverse(db.session.get_one(UsageRecord, row.id), "counted twice", SYSTEM, now)
    run(FEBRUARY, now=now)
    (first,), (mirror,) = lines(january), lines(statements()[1])
    assert (mirror.kind, mirror.reverses_id, mirror.is_late) == ("reversal", first.id, True)
    sums = [
        (a.net_amount + b.net_amount, a.tax_amount + b.tax_amount) for a, b in [(first, mirror)]
    ]
    assert sums == [(D(0), D(0))]
    assert run(FEBRUARY, now=now).counts["unchanged"] == 1


def test_a_reversal_waits_while_its_statement_is_under_review(cast: Cast, now: datetime) -> None:
    row = used(entitled(cast, now, quantity=D(100)), "10", now, on=date(2026, 1, 10))
    run(JANUARY, now=now)
    statements()[0].state = StatementState.UNDER_REVIEW.value
    recording.reverse(db.session.get_one(UsageRecord, row.id), "counted twice", SYSTEM, now)
    assert run(FEBRUARY, now=now).counts["empty"] == 1


def test_a_draft_from_which_everything_was_taken_back_is_void_and_keeps_its_number(
    cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now, quantity=D(100))
    row = used(bought, "10", now)
    run(now=now)
    recording.reverse(db.session.get_one(UsageRecord, row.id), "counted twice", SYSTEM, now)
    assert run(now=now).counts["emptied"] == 1
    used(bought, "1", now)
    run(now=now)
    assert [(each.number, each.state) for each in statements()] == [
        ("ST-2026-000001", "void"),
        ("ST-2026-000002", "draft"),
    ]


def test_a_group_is_billed_in_sections_and_a_branch_of_its_own_apart(
    cast: Cast, now: datetime
) -> None:
    theirs = customer(
        "HB-NB", "宁波分公司", "", kind="branch", parent_id=cast.harbour.id, billing="group"
    )
    own = customer(
        "HB-SZ", "苏州分公司", "", kind="branch", parent_id=cast.harbour.id, billing="own"
    )
    bought = entitled(cast, now, quantity=D(100))
    for by, reference in ((cast.harbour, "G"), (theirs, "B"), (own, "O")):
        used(bought, "1", now, by=by, reference=reference)
    run(now=now)
    (group,), (branch,) = statements(cast.harbour), statements(own)
    assert [(each.served_id, each.reference) for each in lines(group)] == [
        (cast.harbour.id, "G"),
        (theirs.id, "B"),
    ]
    assert [(each.served_id, each.customer_id) for each in lines(branch)] == [(own.id, own.id)]
    assert statements(theirs) == []


def test_a_run_for_one_branch_bills_the_group_that_settles_for_it_and_nobody_else(
    cast: Cast, now: datetime
) -> None:
    branch = customer(
        "HB-NB", "宁波", "", kind="branch", parent_id=cast.harbour.id, billing="group"
    )
    used(entitled(cast, now, quantity=D(100)), "1", now, by=branch)
    used(entitled(cast, now, customer=cast.nordwind), "1", now)
    done = run(now=now, only=branch)
    assert [each.customer_id for each in statements()] == [cast.harbour.id]
    assert (done.done, done.total) == (1, 1)


def test_a_third_party_settles_the_contract_it_pays(cast: Cast, now: datetime) -> None:
    paid, own = entitled(cast, now, quantity=D(1)), entitled(cast, now, quantity=D(100))
    paid.contract.payer_id = cast.nordwind.id
    db.session.flush()
    used(paid, "1", now, entitlement_id=paid.id, reference="PAID")
    used(own, "2", now, entitlement_id=own.id, reference="OWN")
    run(now=now)
    assert told(lines(*statements(cast.nordwind))) == [("usage", "PAID", "28.50")]
    assert told(lines(*statements(cast.harbour))) == [("usage", "OWN", "57.00")]


def dollars(cast: Cast, now: datetime) -> None:
    """One usage of CNY 28.50 and one of USD 35.00."""
    terms = per_unit("XPX", "USD", "35").to_json()
    local = entitled(cast, now, quantity=D(100))
    abroad = entitled(
        cast, now, quantity=D(100), item=handling("AMS"), currency="USD", price_terms=terms,
        tax_class="exempt_forwarding",
    )  # fmt: skip
    used(local, "1", now, reference="CNY")
    used(abroad, "1", now, reference="USD")


def test_one_currency_converts_each_line_by_the_rate_of_the_statements_day(
    cast: Cast, now: datetime
) -> None:
    dollars(cast, now)
    for on, rate in (
        (date(2026, 2, 1), "7.2"),
        (date(2026, 2, 20), "7.1034"),
        (date(2026, 3, 1), "9"),
    ):
        add(ExchangeRate(currency="USD", base="CNY", on=on, rate=D(rate), source="中国银行"))
    run(now=now)
    (statement,) = statements()
    converted = {each.reference: (each.converted, each.rate_on) for each in lines(statement)}
    assert converted == {"CNY": (D("28.50"), None), "USD": (D("248.62"), date(2026, 2, 20))}


def test_several_currencies_have_a_statement_each(cast: Cast, now: datetime) -> None:
    settles(cast.harbour, one_currency=False)
    dollars(cast, now)
    run(now=now)
    assert [(each.currency, each.gross_amount) for each in statements()] == [
        ("CNY", D("28.50")),
        ("USD", D("35.00")),
    ]


def test_a_missing_rate_stops_that_party_by_name_and_no_other(cast: Cast, now: datetime) -> None:
    dollars(cast, now)
    used(entitled(cast, now, customer=cast.nordwind), "1", now)
    done = run(now=now)
    assert [each.customer_id for each in statements()] == [cast.nordwind.id]
    ((party, problem),) = done.problems
    assert party == cast.harbour.id and "USD" in str(problem)
    assert done.counts["failed"] == 1 and counted(StatementLine) == 1
    assert db.session.scalar(select(func.count(UsageRecord.statement_id))) == 1


def test_a_week_is_for_those_who_settle_weekly_and_a_month_for_the_others(
    cast: Cast, now: datetime
) -> None:
    settles(cast.harbour, kind="weekly")
    for of in (cast.harbour, cast.nordwind):
        used(entitled(cast, now, customer=of), "1", now, on=date(2026, 2, 4))
    run(Period(date(2026, 2, 2), date(2026, 2, 8)), now=now)
    run(FEBRUARY, now=now)
    assert [(each.customer_id, each.ends_on.day) for each in statements()] == [
        (cast.harbour.id, 8),
        (cast.nordwind.id, 28),
    ]


def test_a_terminated_contract_keeps_billing_what_was_used_before_its_end(
    cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now, quantity=D(100))
    used(bought, "1", now, reference="T")
    bought.contract.state, bought.contract.ended_on = "terminated", date(2026, 2, 12)
    bought.contract.end_reason = "客户搬迁"
    run(now=now)
    assert told(lines(*statements())) == [("usage", "T", "28.50")]


def test_a_period_that_is_not_over_is_not_billed(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid, match="not over yet"):
        run(Period(date(2026, 3, 1), date(2026, 3, 31)), now=now)


def test_each_month_of_a_chain_takes_the_price_in_force_on_its_day(
    cast: Cast, now: datetime
) -> None:
    first, *_ = granted(cast, now, quantity=None)
    terms = per_unit("XPX", "CNY", "30").to_json()
    contract_line(
        first.contract, handling(), None, root_id=first.line_id, replaces_id=first.line_id,
        from_on=date(2026, 2, 15), price_terms=terms, rate=D(30),
    )  # fmt: skip
    used(first, "1", now, on=date(2026, 2, 14), reference="OLD")
    used(first, "1", now, on=date(2026, 2, 15), reference="NEW")
    run(now=now)
    assert told(lines(*statements())) == [("usage", "OLD", "28.50"), ("usage", "NEW", "30.00")]
