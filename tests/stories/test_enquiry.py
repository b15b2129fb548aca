"""An enquiry goes its way at both doors: asked from what was bought, answered, rated once, locked at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import satisfaction as surveys
from portal.jobs import service_requests as closing
from portal.kernel import clock
from portal.satisfaction.actions import editing
from portal.satisfaction.models import SurveyAnswer, SurveyQuestion
from portal.satisfaction.rules.kinds import QuestionKind
from portal.service_requests.models import RequestClock, ServiceRequest
from portal.service_requests.rules.states import RequestState as S
from tests.cast import Cast
from tests.chain import entitled
from tests.client import CheckingClient
from tests.offers import firm, keep

QUESTION = "库存里还有多少托可以用？下周要提 5 托。"
INSIDE = "客户可能还要订仓，转告销售。"


@pytest.fixture
def bought(cast: Cast, now: datetime) -> int:
    """What Harbour Foods bought, and a firm that asks how it went."""
    firm()
    editing.seed(SYSTEM, now)
    found = entitled(cast, now).id
    keep(cast)
    return found


def stored() -> ServiceRequest:
    db.session.rollback()
    set_viewer(SYSTEM)
    return db.session.scalars(select(ServiceRequest).order_by(ServiceRequest.id)).all()[0]


def link_of_the_survey() -> str:
    wanted = select(OutboxMessage).where(OutboxMessage.template == "survey_close")
    return str(db.session.scalars(wanted).one().facts["path"])


def five_of_five() -> dict[str, str]:
    """The form behind the link as a browser sends it."""
    values = {
        QuestionKind.SCALE: "5",
        QuestionKind.YES_NO: "1",
        QuestionKind.NPS: "10",
        QuestionKind.TEXT: "很快",
    }
    rows = db.session.scalars(select(SurveyQuestion).order_by(SurveyQuestion.id))
    return {f"q{each.id}": values[QuestionKind(each.kind)] for each in rows}


def clocks() -> Iterator[tuple[str, str]]:
    set_viewer(SYSTEM)
    for row in db.session.scalars(select(RequestClock).order_by(RequestClock.id)):
        yield row.kind, row.state


def test_an_enquiry_from_the_entitlement_to_the_rating(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    # Asked from the entitlement, whose name stands on the form already.
    mine = client.sign_in(cast.lin)
    form = mine.get(f"/my/requests/new?entitlement={bought}").text
    assert re.search(rf'<option selected value="{bought}"', form)
    asked = {
        "kind": "enquiry",
        "entitlement_id": str(bought),
        "severity": "4",
        "scope": "one",
        "title": "还剩多少托",
        "no_match": "general",
    }
    answer = mine.post(f"/my/requests/new?entitlement={bought}", data={**asked, "text": QUESTION})
    assert answer.status_code == 303, re.findall(r'class="wrong"[^>]*>.*', answer.text)
    row = stored()
    my_page, desk_page = f"/my/requests/{row.id}", f"/desk/requests/{row.id}"
    assert (row.state, row.entitlement_id, row.number) == (S.NEW, bought, "SR-2026-000001")

    # The desk takes it, notes something for the house, and answers.
    desk = client.sign_in(cast.customer_service)
    assert "还剩多少托" in desk.get("/desk/requests/queue/unassigned").text
    desk.post(f"{desk_page}/do/accept")
    desk.post(f"{desk_page}/note", data={"note-text": INSIDE})
    said = {"answer-seen": "0", "answer-text": "还剩 5 托。请问提货时间？", "then": "wait"}
    desk.post(f"{desk_page}/answer", data=said)
    assert stored().state == S.WAITING_CUSTOMER and INSIDE in desk.get(desk_page).text
    assert dict(clocks())["first_reply"] == "met" and dict(clocks())["resolve"] == "paused"

    # The customer reads the answer and not the note, and writes: the clock runs again.
    mine = client.sign_in(cast.lin)
    page = mine.get(my_page).text
    assert "还剩 5 托" in page and INSIDE not in page
    mine.post(f"{my_page}/reply", data={"text": "周三上午十点。"})
    assert stored().state == S.IN_PROGRESS and dict(clocks())["resolve"] == "running"

    # Solved, asked how it went, answered once.
    desk = client.sign_in(cast.customer_service)
    done = {"answer-seen": "0", "answer-text": "已预约周三十点提货。", "then": "resolve"}
    seen = re.search(r'name="answer-seen"[^>]*value="(\d+)"', desk.get(desk_page).text)
    assert seen is not None
    desk.post(f"{desk_page}/answer", data={**done, "answer-seen": seen[1]})
    assert stored().state == S.RESOLVED
    surveys.ask_closed(clock.now())
    link = link_of_the_survey()
    assert "还剩多少托" in client.get(link).text
    assert client.post(link, data=five_of_five()).status_code in (200, 303)
    assert client.post(link, data=five_of_five()).status_code == 409
    assert [each.score for each in db.session.scalars(select(SurveyAnswer))] == [5]

    # Nobody objects: it is closed and locked, and what is written then is another request.
    later = clock.now() + timedelta(days=20)
    closing.close(later)
    assert stored().state == S.CLOSED
    with clock.frozen(later + timedelta(days=30)):
        mine = client.sign_in(cast.lin)
        mine.post(f"{my_page}/reply", data={"text": "再问一下，下月还有吗？"})
    db.session.rollback()
    rows = db.session.scalars(select(ServiceRequest).order_by(ServiceRequest.id)).all()
    assert [each.state for each in rows] == [S.CLOSED, S.NEW]
    assert rows[1].entitlement_id in (bought, None) and rows[1].number == "SR-2026-000002"
