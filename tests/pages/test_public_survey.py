"""The sheet behind a secret link: looking writes nothing, sending counts once, a wrong link says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.db.base import db
from portal.kernel import clock
from portal.satisfaction.models import SurveyAnswer, SurveyInvitation, SurveyQuestion
from portal.satisfaction.rules.kinds import QuestionKind
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import keep
from tests.surveys import asked, resolved


@pytest.fixture
def path(cast: Cast, now: datetime) -> str:
    """The address that was mailed."""
    token = asked(resolved(cast, now, title="少了两箱"), now)
    keep(cast)
    return f"/s/{token}"


def sent(score: int, comment: str = "") -> dict[str, str]:
    """The form as a browser sends it."""
    questions = db.session.scalars(select(SurveyQuestion).order_by(SurveyQuestion.id)).all()
    values = {QuestionKind.SCALE: str(score), QuestionKind.YES_NO: "1", QuestionKind.TEXT: comment}
    return {f"q{each.id}": values[QuestionKind(each.kind)] for each in questions}


def scores() -> list[int | None]:
    db.session.rollback()
    return list(db.session.scalars(select(SurveyAnswer.score)))


def test_the_page_shows_the_questions_and_what_they_are_about(
    client: CheckingClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "您对这次处理的结果满意吗？" in answer.text and "少了两箱" in answer.text
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_looking_at_it_writes_nothing(client: CheckingClient, path: str) -> None:
    for method in (client.get, client.head):
        for query in ("", "?score=1", "?score=99", "?score=x", "?score=٣"):
            assert method(path + query).status_code == 200
    assert scores() == []
    assert db.session.scalar(select(SurveyInvitation.answered_at)) is None


def test_the_step_that_was_tapped_in_the_letter_is_chosen_and_not_recorded(
    client: CheckingClient, path: str
) -> None:
    assert client.get(path).text.count("checked") == 0
    page = client.get(f"{path}?score=2").text
    assert page.count("checked") == 1 and scores() == []


def test_what_is_sent_counts_and_the_page_says_thank_you(client: CheckingClient, path: str) -> None:
    answer = client.post(path, data=sent(5, "很快"))
    assert answer.status_code == 303 and answer.headers["Location"].endswith(path)
    client.set_cookie("lang", "en", domain="portal.test")
    thanks = client.get(path).text
    assert "has reached us" in thanks and "&lt;" not in thanks
    row = db.session.scalars(select(SurveyAnswer)).one()
    assert (row.score, row.is_good, row.comment, len(row.items)) == (5, True, "很快", 4)


def test_a_used_link_says_so_and_the_first_answer_stays(client: CheckingClient, path: str) -> None:
    client.post(path, data=sent(5))
    second = client.post(path, data=sent(1))
    assert second.status_code == 409 and scores() == [5]


def test_an_expired_link_says_until_when_it_could_be_answered(
    client: CheckingClient, path: str, now: datetime
) -> None:
    with clock.frozen(now + timedelta(days=30)):
        assert client.get(path).status_code == 410
        answer = client.post(path, data=sent(5))
    assert answer.status_code == 410 and "2026-04-01" in answer.text and scores() == []


def test_an_altered_link_opens_nothing(client: CheckingClient, path: str) -> None:
    for wrong in (path[:-1], f"{path}x", path.swapcase().replace("/S/", "/s/"), "/s/1"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, data=sent(5)).status_code == 404
    assert scores() == []


def test_what_was_left_out_is_asked_for_at_its_question_and_the_rest_stays(
    client: CheckingClient, path: str
) -> None:
    answer = client.post(
        path, data={**sent(5, "好"), min(sent(5), key=lambda name: int(name[1:])): ""}
    )
    assert answer.status_code == 422 and "好</textarea>" in answer.text
    assert 'class="wrong"' in answer.text and scores() == []


def test_a_step_that_was_not_offered_is_refused(client: CheckingClient, path: str) -> None:
    for step in (0, 6, 77):
        assert client.post(path, data=sent(step)).status_code == 422
    assert scores() == []


def test_the_link_opens_nothing_else_of_the_customer(client: CheckingClient, path: str) -> None:
    client.get(path)
    assert client.get("/my/").status_code == 302
    assert client.get("/desk/customers").status_code == 302


def test_the_reader_chooses_the_language(client: CheckingClient, path: str) -> None:
    client.set_cookie("lang", "en", domain="portal.test")
    assert "How satisfied are you with the outcome?" in client.get(path).text


def test_guessing_at_links_is_stopped(client: CheckingClient, path: str) -> None:
    seen = {client.get(f"/s/guess{number}").status_code for number in range(35)}
    assert seen == {404, 429}
    assert db.session.scalar(select(func.count()).select_from(SurveyAnswer)) == 0
