"""Service settings at the desk: read, changed, refused, and kept from who may not."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.customers.rules.kinds import Segment
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.kernel.workcalendar import CHINA
from portal.service_requests.actions import targets, work_days
from portal.service_requests.forms.desk_settings import PLACES, unit_name
from portal.service_requests.models.clocks import CalendarDay, LegalDeadline
from portal.service_requests.queries.targets import all_targets
from portal.service_requests.queries.work_calendar import firm_calendar, service_settings
from portal.service_requests.rules.clock_kinds import ClockKind
from tests.cast import Cast
from tests.client import CheckingClient
from tests.service import a_service_manager

HERE = "/desk/service-settings"


@pytest.fixture
def luo(cast: Cast, now: datetime) -> User:
    targets.seed(SYSTEM, now)
    row = a_service_manager()
    db.session.commit()
    return row


@pytest.fixture
def manager(client: CheckingClient, luo: User) -> CheckingClient:
    return client.sign_in(luo)


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


def limit(code: str) -> LegalDeadline:
    """The limit as the database has it."""
    db.session.expire_all()
    return db.session.scalars(select(LegalDeadline).filter_by(code=code)).one()


def typed(**changes: object) -> dict[str, object]:
    """The table as it stands with `changes`, which name a place with underscores."""
    rows = all_targets()
    form: dict[str, object] = {"version": targets.targets_version(), "warn_percent": 75}
    for place in PLACES:
        row = rows[place]
        form |= {targets.place_name(place): row.amount, unit_name(place): row.unit}
    return form | {name.replace("__", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize("part", ["", "/deadlines", "/deadlines/new", "/days", "/values"])
def test_every_part_is_for_those_who_set_service(
    client: CheckingClient, cast: Cast, luo: User, part: str
) -> None:
    assert client.sign_in(luo).get(HERE + part).status_code == 200
    assert client.sign_in(cast.customer_service).get(HERE + part).status_code == 403
    assert client.sign_in(cast.lin).get(HERE + part).status_code == 404


def test_one_target_of_eighty_is_changed_and_the_rest_stays(manager: CheckingClient) -> None:
    page = text(manager.get(HERE))
    assert page.count("input-group") == 80 and 'name="vip-1-first_reply"' in page
    form = typed(vip__1__first_reply=20, vip__1__resolve__unit="working_days")
    assert manager.post(HERE, data=form).status_code == 303
    rows = all_targets()
    assert rows[Segment.VIP, 1, ClockKind.FIRST_REPLY].amount == 20
    assert rows[Segment.VIP, 1, ClockKind.RESOLVE].unit == "working_days"
    assert sum(row.version > 1 for row in rows.values()) == 2


@pytest.mark.parametrize("amount", ["0", "", "half", "999999999"])
def test_a_target_that_is_none_is_refused_at_its_place(
    manager: CheckingClient, amount: str
) -> None:
    response = manager.post(HERE, data=typed(mid__3__plan=amount))
    assert response.status_code == 422 and "is-invalid" in text(response)
    assert all_targets()[Segment.MID, 3, ClockKind.PLAN].amount == 1


def test_a_table_over_anothers_change_is_told_and_kept(manager: CheckingClient) -> None:
    form = typed(mid__3__plan=4)
    manager.post(HERE, data=typed(mid__3__plan=2))
    response = manager.post(HERE, data=form)
    assert response.status_code == 422 and 'value="4"' in text(response)
    again = form | {"version": targets.targets_version()}
    assert manager.post(HERE, data=again).status_code == 303


def test_a_later_text_takes_the_place_of_an_older_one(manager: CheckingClient) -> None:
    old = limit("sea_notice")
    url = f"{HERE}/deadlines/new?replaces={old.id}"
    assert old.source in text(manager.get(url))
    form = {
        "duty": "claim_notice", "mode": "sea", "variant": "loose", "name_zh": "海运货损通知",
        "amount": "10", "unit": "natural_days", "source": "海商法（2025 修订）", "from_on": "2026-02-01",
        "active": "y",
    }  # fmt: skip
    assert manager.post(url, data=form).status_code == 303
    assert limit("sea_notice").until_on == date(2026, 1, 31)
    page = text(manager.get(f"{HERE}/deadlines"))
    assert (
        "海商法（1992）第八十一条" in page and "海商法（2025 修订）" in page and "old text" in page
    )
    assert manager.post(url, data=form | {"from_on": "1990-01-01"}).status_code == 422


def test_a_slip_of_the_pen_is_put_right_once(manager: CheckingClient) -> None:
    row = limit("air_suit")
    url = f"{HERE}/deadlines/{row.id}"
    assert manager.get(url).status_code == 200
    form = {
        "version": row.version, "duty": row.duty, "mode": "air", "variant": "claim", "amount": "731",
        "name_zh": row.name_zh, "unit": row.unit, "source": row.source, "from_on": row.from_on,
    }  # fmt: skip
    assert manager.post(url, data=form).status_code == 303
    assert (limit("air_suit").amount, limit("air_suit").active) == (731, False)
    assert manager.post(url, data=form | {"amount": "9"}).status_code == 422
    assert limit("air_suit").amount == 731


def test_the_year_shows_holidays_made_up_days_and_the_firms_own(
    manager: CheckingClient, now: datetime
) -> None:
    work_days.set_days(date(2026, 3, 6), None, False, "盘点", SYSTEM, now)
    db.session.commit()
    page = text(manager.get(f"{HERE}/days?year=2026"))
    assert page.count('<table class="month"') == 12
    holidays = sum(day.year == 2026 for day in CHINA.holidays)
    assert page.count('<td class="day-holiday') == holidays + 1
    assert page.count('<td class="day-made-up') == 6
    assert "changed by the firm: 盘点" in page and "not known yet" not in page


def test_a_year_that_is_not_known_says_so_until_its_list_is_pasted(manager: CheckingClient) -> None:
    url = f"{HERE}/days?year=2031"
    assert "not known yet" in text(manager.get(url))
    form = {"text": "元旦：1月1日至3日放假。1月4日（周六）上班。", "whole": "y"}
    assert manager.post(f"{HERE}/days/2031/list", data=form).status_code == 303
    assert firm_calendar().knows(date(2031, 5, 1))
    assert "your firm entered" in text(manager.get(url))
    assert manager.post(f"{HERE}/days/2031/back").status_code == 303
    assert db.session.scalars(select(CalendarDay)).all() == []


@pytest.mark.parametrize("pasted", ["", "hello", "1月1日", "2月30日 放假", "2030-01-01 off"])
def test_a_list_that_cannot_be_read_is_refused_at_its_field(
    manager: CheckingClient, pasted: str
) -> None:
    response = manager.post(f"{HERE}/days/2031/list", data={"text": pasted})
    assert response.status_code == 422 and "wrong" in text(response)
    assert db.session.scalars(select(CalendarDay)).all() == []


def test_days_are_changed_in_a_stretch(manager: CheckingClient) -> None:
    form = {"first": "2026-03-05", "last": "2026-03-08", "what": "off", "note": "搬仓"}
    response = manager.post(f"{HERE}/days?year=2026", data=form)
    assert response.headers["Location"].endswith("year=2026")
    assert {row.on.day for row in db.session.scalars(select(CalendarDay))} == {5, 6}
    wrong = form | {"last": "2026-03-01"}
    assert manager.post(f"{HERE}/days", data=wrong).status_code == 422


@pytest.mark.parametrize("year", ["1", "99999", "x", "2003"])
def test_a_year_out_of_reach_shows_this_one(manager: CheckingClient, year: str) -> None:
    assert "Working days 2026" in text(manager.get(f"{HERE}/days?year={year}"))
    assert manager.post(f"{HERE}/days/{year}/back").status_code == 404


def test_hours_and_limits_are_kept_and_checked(manager: CheckingClient) -> None:
    form = {
        "version": "1", "opens": "08:30", "closes": "17:30", "lunch_from": "12:00",
        "lunch_until": "13:00", "reopen_days": "7", "close_after_days": "4",
        "lead_reopen_days": "60", "return_visit_days": "5", "claim_limit": "8000.50",
    }  # fmt: skip
    assert manager.post(f"{HERE}/values", data=form).status_code == 303
    kept = service_settings()
    assert (kept.hours.seconds, kept.reopen_days, str(kept.claim_limit)) == (8 * 3600, 7, "8000.50")
    version = db.session.get_one(FirmProfile, 1).version
    wrong = form | {"version": version, "closes": "08:00", "reopen_days": "0"}
    response = manager.post(f"{HERE}/values", data=wrong)
    assert response.status_code == 422 and text(response).count('class="wrong"') == 2
