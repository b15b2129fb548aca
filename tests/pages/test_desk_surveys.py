"""Satisfaction at the desk: figures with their rows, low scores, and the firm's own questions."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.jobs import calls as jobs
from portal.satisfaction.actions import asking, editing
from portal.satisfaction.models import Survey
from portal.satisfaction.queries.surveys import current
from portal.satisfaction.rules.kinds import Occasion
from tests import castings
from tests.cast import Cast, staff
from tests.client import CheckingClient
from tests.offers import keep
from tests.surveys import answered, answered_yearly, resolved


def thirteen_answers(cast: Cast, now: datetime) -> None:
    """Twelve answers about Harbour's requests, nine of them good; one of Nordwind's."""
    for at in range(12):
        answered(cast, now, 5 if at < 9 else 1, "很慢" if at == 11 else "", kind="complaint")
    answered(cast, now, 4, customer=cast.nordwind, requester_name="Erik")


@pytest.fixture
def full(database: None, now: datetime) -> Cast:
    cast = castings.standing(now, thirteen_answers)
    keep(cast)
    return cast


def editor(cast: Cast) -> Any:
    person = staff("Luo Hua", Role.SERVICE_MANAGER)
    keep(cast)
    db.session.refresh(person)
    return person


def test_shares_stand_beside_their_number_of_answers(client: CheckingClient, full: Cast) -> None:
    page = client.sign_in(full.customer_service).get("/desk/surveys").text
    assert "76.9 %" in page and "13 answers on the scale" in page  # 10 of 13
    assert "75.0 %" in page  # Harbour's, 9 of 12
    assert "2026-03: 76.9 %, 13 answers" in page and "too few answers" in page


def test_a_figure_opens_its_rows(client: CheckingClient, full: Cast) -> None:
    client.sign_in(full.customer_service)
    page = client.get("/desk/surveys").text
    assert f"customer={full.nordwind.id}" in page
    rows = client.get(f"/desk/surveys/answers?customer={full.nordwind.id}").text
    assert (
        "1 in all" in rows
        and "12 in all" in client.get("/desk/surveys/answers?kind=complaint").text
    )
    assert "13 in all" in client.get("/desk/surveys/answers?month=2026-03").text
    assert "13 in all" not in client.get("/desk/surveys/answers?month=2026-02").text


def test_a_figure_opens_the_rows_of_its_months_and_occasion_alone(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    answered(cast, now, 5, kind="complaint")
    answered(cast, now - timedelta(days=400), 1, kind="complaint", requester_name="Erik")
    answered_yearly(cast.lin, now, 2)
    keep(cast)
    client.sign_in(editor(cast))
    page = unescape(client.get("/desk/surveys?from=2026-01&to=2026-03&occasion=close").text)
    for narrowed in (
        "kind=complaint",
        f"customer={cast.harbour.id}",
        "score=low",
        "occasion=close",
    ):
        for url in re.findall(r'href="(/desk/surveys/answers[?][^"]+)"', page):
            if narrowed in url:
                assert ("1 in all" in client.get(url).text) is ("score=low" not in url), url
    long_ago = client.get("/desk/surveys/answers?month=2020-01..2026-03").text
    assert "3 in all" in long_ago and "2020-01 – 2026-03" in long_ago
    for odd in ("9999-12..x", "0001-01", "9999-12", "2026-03..2026-01", "1066-10..2026-03"):
        assert "3 in all" in client.get(f"/desk/surveys/answers?month={odd}").text, odd


def test_low_scores_stand_out_and_can_be_listed_alone(client: CheckingClient, full: Cast) -> None:
    page = client.sign_in(full.customer_service).get("/desk/surveys/answers?score=low").text
    assert "3 in all" in page and page.count("row-warn") == 3 and "很慢" in page


def test_the_list_goes_out_as_a_file_with_every_word(client: CheckingClient, full: Cast) -> None:
    file = client.sign_in(full.customer_service).get("/desk/surveys/answers?export=csv")
    rows = list(csv.DictReader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) >= 13 and {"5", "1"} <= {row["Score"] for row in rows}
    assert "很慢" in {row["In their words"] for row in rows}


def test_one_answer_shows_each_question(client: CheckingClient, cast: Cast, now: datetime) -> None:
    row = answered(cast, now, 2, "等了三天")
    url = f"/desk/surveys/answers/{row.id}"
    keep(cast)
    page = client.sign_in(cast.customer_service).get(url).text
    assert (
        "2 of 5" in page
        and "等了三天" in page
        and "How satisfied are you with the outcome?" in page
    )


def test_a_yearly_answer_has_its_page_row_and_call_too(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    cast.lin.phone = "13800138000"
    row = answered_yearly(cast.lin, now, 1, nps=3)
    db.session.commit()
    assert jobs.plan_visits(now) == "1 return visits planned"
    row_id = row.id
    keep(cast)
    client.sign_in(cast.customer_service)
    page = client.get(f"/desk/surveys/answers/{row_id}").text
    assert "Yearly questions" in page and "3 of 10" in page and "Return visit" in page
    assert "Once a year" in client.get("/desk/surveys/answers?occasion=yearly").text
    assert "Yearly questions" in client.get("/desk/surveys?occasion=yearly").text


def test_an_answer_stands_on_the_page_of_its_request(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    request_id = answered(cast, now, 2, "等了三天").request_id
    waiting_id = resolved(cast, now).id
    asking.ask_about(waiting_id, now)
    keep(cast)
    client.sign_in(cast.customer_service)
    page = client.get(f"/desk/requests/{request_id}").text
    assert "2 of 5" in page and "等了三天" in page
    assert "not answered yet" in client.get(f"/desk/requests/{waiting_id}").text


def test_sales_see_the_answers_of_their_own_customers_alone(
    client: CheckingClient, full: Cast, now: datetime
) -> None:
    every = 'href="/desk/surveys/answers/'
    client.sign_in(full.sales)
    assert client.get("/desk/surveys").status_code == 200
    assert client.get("/desk/surveys/answers").text.count(every) == 13  # both customers are theirs
    mine = select(Assignment).where(Assignment.customer_id == full.nordwind.id)
    db.session.delete(db.session.scalars(mine).one())
    keep(full)
    assert client.get("/desk/surveys/answers").text.count(every) == 12
    client.sign_in(full.lin)
    assert client.get("/desk/surveys").status_code == 404


def test_few_answers_have_no_percentage(client: CheckingClient, cast: Cast, now: datetime) -> None:
    answered(cast, now, 5)
    keep(cast)
    page = client.sign_in(cast.customer_service).get("/desk/surveys").text
    assert "100.0" not in page and "1 answer on the scale" in page


def test_months_without_answers_say_so(client: CheckingClient, full: Cast) -> None:
    url = "/desk/surveys?from=2024-01&to=2024-02"
    page = client.sign_in(full.customer_service).get(url).text
    assert "No answers in these months" in page


@pytest.mark.parametrize("query", ["from=x", "to=9999-99", "occasion=none", "from=2026-05&to=2020-01"])  # fmt: skip
def test_odd_questions_are_answered_as_the_usual(
    client: CheckingClient, full: Cast, query: str
) -> None:
    assert client.sign_in(full.customer_service).get(f"/desk/surveys?{query}").status_code == 200


def form(survey: Survey, **changed: str) -> dict[str, str]:
    """The page's form as a browser sends it."""
    names = ("title_zh", "title_en", "low_zh", "low_en", "high_zh", "high_en")
    numbers = ("steps", "good_from", "valid_days")
    sent = {name: str(getattr(survey, name)) for name in (*names, *numbers)}
    sent["version"] = str(survey.edition)
    for at, each in enumerate(survey.questions):
        row = {
            "text_zh": each.text_zh,
            "text_en": each.text_en,
            "kind": each.kind,
            "place": str(at),
        }
        sent |= {f"questions-{at}-{name}": value for name, value in row.items()}
        sent |= {f"questions-{at}-required": "y"} if each.required else {}
    return {**sent, **changed}


@pytest.fixture
def survey(cast: Cast, now: datetime) -> Survey:
    """The usual questions at the close of a request."""
    row = editing.make_first(Occasion.CLOSE, SYSTEM, now)
    keep(cast)
    return db.session.scalars(select(Survey).where(Survey.id == row.id)).one()


EDIT = "/desk/surveys/questions/close"


def test_the_firm_changes_its_questions(client: CheckingClient, cast: Cast, survey: Survey) -> None:
    gone = {"questions-2-text_zh": "", "questions-2-text_en": ""}
    sent = form(survey, **{"questions-1-text_zh": "快吗？", **gone})
    client.sign_in(editor(cast))
    assert client.post(EDIT, data=sent).status_code == 303
    now_asked = current(Occasion.CLOSE)
    assert now_asked is not None and now_asked.edition == 2
    assert [q.text_zh for q in now_asked.questions][1] == "快吗？" and len(now_asked.questions) == 3


def test_the_places_give_the_order(client: CheckingClient, cast: Cast, survey: Survey) -> None:
    first = survey.questions[0].text_zh
    client.sign_in(editor(cast))
    client.post(EDIT, data=form(survey, **{"questions-0-place": "99"}))
    now_asked = current(Occasion.CLOSE)
    assert now_asked is not None and now_asked.questions[-1].text_zh == first


def test_a_look_at_it_first_saves_nothing(
    client: CheckingClient, cast: Cast, survey: Survey
) -> None:
    client.sign_in(editor(cast))
    sent = form(survey, **{"questions-0-text_en": "Are you pleased?"})
    page = client.post(EDIT, data={**sent, "preview": "1"}).text
    assert page.count("Are you pleased?") == 2
    now_asked = current(Occasion.CLOSE)
    assert now_asked is not None and now_asked.edition == 1


def test_wrong_questions_are_refused_and_kept_as_typed(
    client: CheckingClient, cast: Cast, survey: Survey
) -> None:
    client.sign_in(editor(cast))
    no_score = {"questions-0-kind": "text", "questions-1-kind": "text"}
    for wrong in ({"steps": "11"}, {"good_from": "x"}, no_score):
        answer = client.post(EDIT, data=form(survey, title_zh="新题目", **wrong))
        assert answer.status_code == 422 and "新题目" in answer.text


def test_what_somebody_else_saved_meanwhile_is_not_written_over(
    client: CheckingClient, cast: Cast, survey: Survey
) -> None:
    sent = form(survey, valid_days="9")
    client.sign_in(editor(cast))
    assert client.post(EDIT, data=sent).status_code == 303
    late = client.post(EDIT, data={**sent, "valid_days": "8", "title_zh": "我写的题目"})
    assert late.status_code == 422 and "Somebody else changed these questions" in late.text
    assert "我写的题目" in late.text and 'name="version" type="hidden" value="2"' in late.text
    again = client.post(EDIT, data={**sent, "valid_days": "8", "version": "2"})
    assert again.status_code == 303


def test_only_who_sets_the_measure_may_change_it(
    client: CheckingClient, cast: Cast, survey: Survey
) -> None:
    assert client.sign_in(cast.customer_service).get(EDIT).status_code == 403
    client.sign_in(cast.administrator)
    assert client.get(EDIT).status_code == 200
    assert client.get("/desk/surveys/questions/never").status_code == 404
