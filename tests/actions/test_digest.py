"""The weekly letter: made once for each week, mailed once to each who wants it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.permissions import Permission, Role
from portal.access.viewer import SYSTEM
from portal.billing.rules.states import StatementState
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.insights.actions import digest
from portal.insights.models import DigestIssue
from portal.insights.queries import digest as queries
from portal.insights.rules.digest import Told, told_from
from portal.jobs import insights as jobs
from portal.jobs.letters import Letter, written
from portal.kernel import clock
from portal.kernel.errors import Forbidden
from tests.cast import Cast, staff, viewer
from tests.commissions import paid
from tests.insights_boards import carried
from tests.offers import quick_press  # noqa: F401 - a fixture
from tests.service import a_request
from tests.statements import a_line, a_statement

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")


def letters() -> list[OutboxMessage]:
    return db.session.query(OutboxMessage).filter_by(template="digest").all()


def figures(week_on: date = date(2026, 3, 2)) -> dict[str, Told]:
    return {each.code: each for each in queries.week(week_on)}


def test_it_goes_once_to_each_reader_whatever_runs_again(cast: Cast, now: datetime) -> None:
    first = digest.issue(now)
    assert first == len(letters()) > 0
    readers = {each.recipient for each in letters()}
    assert cast.sales_manager.email in readers and cast.sales.email not in readers
    for later in (now, now + timedelta(hours=3), now + timedelta(days=6)):
        assert digest.issue(later) == 0
    assert len(letters()) == first and db.session.query(DigestIssue).count() == 1


def test_the_next_monday_has_a_letter_of_its_own(cast: Cast, now: datetime) -> None:
    digest.issue(now)
    assert digest.issue(now + timedelta(days=7)) > 0
    weeks = [row.week_on for row in db.session.query(DigestIssue).order_by(DigestIssue.week_on)]
    assert weeks == [date(2026, 3, 2), date(2026, 3, 9)]


def test_before_monday_morning_of_the_firm_nothing_goes(cast: Cast, now: datetime) -> None:
    assert digest.issue(now.replace(hour=23, day=1)) == 0  # Monday 07:00 in Shanghai
    assert digest.issue(now.replace(hour=0)) > 0  # Monday 08:00


def test_who_wants_no_mail_gets_none_and_may_want_it_again(cast: Cast, now: datetime) -> None:
    manager = viewer(cast.sales_manager)
    digest.choose(False, manager, now)
    digest.choose(False, manager, now)
    digest.issue(now)
    assert cast.sales_manager.email not in {each.recipient for each in letters()}
    digest.choose(True, manager, now)
    digest.issue(now + timedelta(days=7))
    assert cast.sales_manager.email in {each.recipient for each in letters()}
    with pytest.raises(Forbidden):
        digest.choose(True, viewer(cast.sales), now)


def test_readers_are_those_who_may_see_reports(cast: Cast, now: datetime) -> None:
    staff("Zhou Kai", Role.FINANCE)
    for user in queries.readers():
        assert viewer(user).may(Permission.REPORT_SEE)
    assert {"Zhou Kai", "Wu Mei"} <= {user.name for user in queries.readers()}


def test_its_figures_are_those_of_the_week_against_the_week_before(
    cast: Cast, now: datetime
) -> None:
    day = date(2026, 2, 25)
    carried(cast.harbour, day, due=day)
    carried(cast.harbour, day, due=day - timedelta(days=1))
    carried(cast.harbour, day - timedelta(days=7), due=day)
    a_request(cast, now - timedelta(days=4), kind="complaint")
    bill = a_statement(cast.harbour, [a_line("106")], StatementState.PUBLISHED)
    paid(bill, "53", now - timedelta(days=0))
    found = figures()
    assert (found["delivered"].now, found["delivered"].before) == (D(2), D(1))
    assert (found["on_time"].now, found["on_time"].before) == (D("50.00"), D("100.00"))
    assert (found["complaints"].now, found["complaints"].before) == (D(1), D(0))
    assert found["on_time"].tone == "bad" and "paid" not in found
    assert figures(date(2026, 3, 9))["paid"].now == D(53)


def test_the_mail_says_each_figure_in_the_readers_language(cast: Cast, now: datetime) -> None:
    a_statement(cast.harbour, [a_line("106")], StatementState.PUBLISHED)
    digest.issue(now)
    row = next(each for each in letters() if each.recipient == cast.sales_manager.email)
    mail = written(Letter.of(row))
    body = mail.get_body(("plain",))
    assert "2026-02-23" in str(mail["Subject"]) and body is not None
    text = body.get_content()
    assert "Orders received" in text and "/desk/dashboards/digest/" in text
    kept = told_from(db.session.query(DigestIssue).one().figures)
    assert [each.code for each in kept][:3] == ["orders", "delivered", "on_time"]


def test_the_jobs_say_what_came_of_them_and_may_run_again(cast: Cast, now: datetime) -> None:
    carried(cast.harbour, date(2026, 2, 10))
    db.session.commit()
    with clock.frozen(now):
        assert jobs.measure(now) != "0 sums changed" and jobs.measure(now) == "0 sums changed"
        assert jobs.digest(now) != "0 letters" and jobs.digest(now) == "0 letters"
    assert SYSTEM.may(Permission.REPORT_SEE)
