"""Customers ask, look along the shelves, read, and say whether it helped; nothing else than theirs is ever shown."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.knowledge.actions import files, publishing, shelving
from portal.knowledge.models import Article, ArticleVote
from portal.knowledge.queries import reading
from portal.knowledge.rules.kinds import Audience
from portal.web.uploads import Upload
from tests.articles import draft, published
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import keep

HELP = "/my/knowledge"


@pytest.fixture
def deposit(cast: Cast, now: datetime) -> int:
    """The id of an article with a file, on a shelf, that every customer reads."""
    values = {"name_zh": "费用", "name_en": "Charges", "parent_id": None, "position": 1, "active": True}  # fmt: skip
    shelf = shelving.new_shelf(values, SYSTEM, now)
    english = {"title_en": "The deposit", "body_en": "It comes back in **7 days**.\n\n<script>x</script>"}  # fmt: skip
    row = published("进口箱押金多久退", now, "七天。", category_id=shelf.id, **english)
    files.attach(row, Upload(b"%PDF-1.7 list", "清单.pdf", "pdf"), SYSTEM, now)
    keep(cast)
    return row.id


def stored(article_id: int) -> Article:
    db.session.rollback()
    return db.session.get_one(Article, article_id, populate_existing=True)


def test_the_box_comes_first_and_finds_two_characters(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    page = client.sign_in(cast.lin).get(f"{HELP}?q=押金").text
    assert f'href="{HELP}/{deposit}"' in page and "The deposit" in page
    assert 'href="/my/requests/new"' in page
    assert page.index('name="q"') < page.index("The deposit")
    assert len(client.queries) <= 9


def test_without_a_question_there_are_shelves_and_what_helped(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    page = client.sign_in(cast.clerk).get(HELP).text
    assert "Charges" in page and "What helped others" in page and "The deposit" in page
    assert "/my/requests/new" not in page  # a clerk may not ask
    assert "A colleague who may open service requests" in client.get(f"{HELP}?q=量子").text
    shelf = stored(deposit).category_id
    assert "The deposit" in client.get(f"{HELP}?shelf={shelf}").text


@pytest.mark.parametrize(
    "query", ["q=量子", "q=%3Cscript%3E", "q=%25%27", "shelf=x", "q=" + "押" * 900]
)
def test_odd_questions_get_a_page(
    client: CheckingClient, cast: Cast, deposit: int, query: str
) -> None:
    answer = client.sign_in(cast.lin).get(f"{HELP}?{query}")
    assert answer.status_code == 200 and "<script>" not in answer.text.partition("</head>")[2]


def test_a_shelf_that_is_not_there_is_not_found(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    assert client.sign_in(cast.lin).get(f"{HELP}?shelf=999").status_code == 404


def test_an_article_is_read_with_its_file_and_without_its_script(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    page = client.sign_in(cast.lin).get(f"{HELP}/{deposit}").text
    assert "<strong>7 days</strong>" in page and "&lt;script&gt;" in page and "清单.pdf" in page
    assert len(client.queries) <= 9


def test_a_file_is_a_download_that_nothing_sniffs(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    client.sign_in(cast.lin)
    url = client.get(f"{HELP}/{deposit}").text.partition(f'href="{HELP}/{deposit}/files/')[2]
    answer = client.get(f"{HELP}/{deposit}/files/{url.partition(chr(34))[0]}")
    assert answer.data == b"%PDF-1.7 list"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_answer_is_kept_changed_and_counted_once(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    client.sign_in(cast.lin)
    answer = client.post(f"{HELP}/{deposit}/verdict", data={"helped": "yes"})
    assert answer.headers["Location"] == f"{HELP}/{deposit}#helped"
    client.post(f"{HELP}/{deposit}/verdict", data={"helped": "no", "comment": "太短"})
    assert (stored(deposit).helped, stored(deposit).did_not_help) == (0, 1)
    assert "太短" in client.get(f"{HELP}/{deposit}").text
    assert len(db.session.scalars(select(ArticleVote)).all()) == 1


@pytest.mark.parametrize("sent", [{}, {"helped": "maybe"}, {"helped": "yes", "comment": "x" * 501}])
def test_half_an_answer_is_refused_and_nothing_kept(
    client: CheckingClient, cast: Cast, deposit: int, sent: dict[str, str]
) -> None:
    client.sign_in(cast.lin).post(f"{HELP}/{deposit}/verdict", data=sent)
    assert (stored(deposit).helped, stored(deposit).did_not_help) == (0, 0)


@pytest.fixture
def hidden(cast: Cast, now: datetime) -> list[tuple[int, int]]:
    """(article, file) that Harbour Foods may not read: internal, draft, retired, expired, another tier's."""
    rows = [
        published("押金 内部", now, audience=Audience.INTERNAL),
        draft("押金 草稿", now),
        publishing.retire(published("押金 停用", now), "旧", SYSTEM, now),
        published("押金 过期", now, expires_on=now.date()),
        published("押金 项目", now, tiers=("project",)),
    ]
    rows[3].expires_on = now.date() - timedelta(days=1)
    upload = Upload(b"%PDF-1.7", "x.pdf", "pdf")
    found = [(row.id, files.attach(row, upload, SYSTEM, now)) for row in rows]
    db.session.flush()
    pairs = [(row_id, file.id) for row_id, file in found]
    keep(cast)
    return pairs


def test_what_is_not_for_a_customer_is_not_found_at_any_address(
    client: CheckingClient, cast: Cast, hidden: list[tuple[int, int]]
) -> None:
    client.sign_in(cast.lin)
    for article_id, file_id in hidden:
        assert client.get(f"{HELP}/{article_id}").status_code == 404
        assert client.get(f"{HELP}/{article_id}/files/{file_id}").status_code == 404
        voted = client.post(f"{HELP}/{article_id}/verdict", data={"helped": "yes"})
        assert voted.status_code == 404
        assert client.get(f"/desk/knowledge/{article_id}").status_code == 404
    for url in (HELP, f"{HELP}?q=押金", f"{HELP}?q=yajin", f"{HELP}/suggest?q=押金"):
        assert "押金 " not in client.get(url).text, url


def test_a_file_is_not_reached_through_another_article(
    client: CheckingClient, cast: Cast, deposit: int, hidden: list[tuple[int, int]]
) -> None:
    client.sign_in(cast.lin)
    for _article_id, file_id in hidden:
        assert client.get(f"{HELP}/{deposit}/files/{file_id}").status_code == 404


def test_a_tiers_article_is_there_once_the_customer_is_of_that_tier(
    client: CheckingClient, cast: Cast, hidden: list[tuple[int, int]]
) -> None:
    db.session.get_one(Customer, cast.harbour.id).segment = "project"
    db.session.commit()
    article_id = hidden[-1][0]
    assert client.sign_in(cast.lin).get(f"{HELP}/{article_id}").status_code == 200
    assert client.sign_in(cast.erik).get(f"{HELP}/{article_id}").status_code == 404


def test_suggestions_are_a_fragment_and_empty_when_nothing_is_good(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    good = client.sign_in(cast.lin).get(f"{HELP}/suggest?title=押金&text=什么时候退").text
    assert f'href="{HELP}/{deposit}"' in good and "<html" not in good and "noopener" in good
    assert len(client.queries) <= 6
    for nothing in ("", "q=", "q=你好", "q=量子力学"):
        assert client.get(f"{HELP}/suggest?{nothing}").text.strip() == ""


def test_an_article_in_one_language_is_read_in_that_one(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row_id = published("仅中文", now, "中文正文").id
    keep(cast)
    page = client.sign_in(cast.erik).get(f"{HELP}/{row_id}").text
    assert "仅中文" in page and "中文正文" in page


def test_nobody_uploads_at_the_customers_door(
    client: CheckingClient, cast: Cast, deposit: int
) -> None:
    client.sign_in(cast.lin)
    for door in (HELP, "/desk/knowledge"):
        sent = {"file": (io.BytesIO(b"%PDF-1.7"), "x.pdf")}
        assert client.post(f"{door}/{deposit}/files", data=sent).status_code == 404
    assert len(reading.files(deposit)) == 1
