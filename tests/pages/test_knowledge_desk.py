"""Staff look things up; those who write articles write, preview, publish, compare, shelve and attach."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.db.base import db
from portal.knowledge.models import Article, ArticleCategory, ArticleFile
from portal.knowledge.rules.kinds import Audience
from tests.articles import draft, published
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import keep

DESK = "/desk/knowledge"
FORM = {"title_zh": "押金怎么退", "body_zh": "**七天**", "audience": "public", "category_id": ""}


def articles() -> list[Article]:
    db.session.rollback()
    return list(db.session.scalars(select(Article).order_by(Article.id)))


@pytest.fixture
def shown(cast: Cast, now: datetime) -> int:
    """The id of a published article."""
    row_id = published("押金怎么退", now, "一\n二", keywords="deposit").id
    keep(cast)
    return row_id


def write(client: CheckingClient, **more: Any) -> Any:
    return client.post(f"{DESK}/new", data={**FORM, **more})


def test_an_article_is_written_and_published(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.customer_service)
    there = write(client, tiers=["vip"]).headers["Location"]
    page = client.get(there).text
    assert "<strong>七天</strong>" in page and "Draft" in page and "VIP" in page
    client.post(f"{there}/publish")
    assert [(row.state, row.tiers, row.edition) for row in articles()] == [
        ("published", ["vip"], 1)
    ]


def test_sent_twice_by_an_impatient_hand_it_is_written_once(
    client: CheckingClient, cast: Cast
) -> None:
    client.sign_in(cast.customer_service)
    token = client._token()
    led_to = [write(client, csrf_token=token).headers["Location"] for _each in range(2)]
    assert len(articles()) == 1 and led_to[0] == led_to[1]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"title_zh": " "}, "Give the article a title."),
        ({"body_zh": "字" * 40_001}, "At most 40,000 characters."),
        ({"review_on": "never"}, "Not a valid date value."),
        ({"audience": "everybody"}, "Not a valid choice."),
        ({"category_id": "77"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    client: CheckingClient, cast: Cast, sent: dict[str, str], message: str
) -> None:
    answer = write(client.sign_in(cast.customer_service), keywords="清关", **sent)
    assert answer.status_code == 422 and message in answer.text and "清关" in answer.text
    assert articles() == []


def test_a_preview_shows_how_it_reads_and_keeps_nothing(client: CheckingClient, cast: Cast) -> None:
    answer = write(client.sign_in(cast.customer_service), preview="1", body_en="<b>x</b> *y*")
    assert answer.status_code == 200 and "<strong>七天</strong>" in answer.text
    assert "&lt;b&gt;x&lt;/b&gt; <em>y</em>" in answer.text and articles() == []
    assert "**七天**" in answer.text  # still in the form


def test_a_preview_of_an_edit_changes_nothing(
    client: CheckingClient, cast: Cast, shown: int
) -> None:
    client.sign_in(cast.customer_service)
    answer = client.post(f"{DESK}/{shown}/edit", data={**FORM, "preview": "1", "version": "1"})
    assert "<strong>七天</strong>" in answer.text and articles()[0].body_zh == "一\n二"


def test_an_edit_makes_the_next_edition_and_the_page_tells_the_difference(
    client: CheckingClient, cast: Cast, shown: int
) -> None:
    client.sign_in(cast.customer_service)
    version = str(articles()[0].version)
    sent = {**FORM, "body_zh": "一\r\n贰", "version": version}
    assert client.post(f"{DESK}/{shown}/edit", data=sent).status_code == 303
    page = client.get(f"{DESK}/{shown}/editions").text
    assert "<del>二</del>" in page and "<ins>贰</ins>" in page and "Edition 2" in page
    whole = client.get(f"{DESK}/{shown}/editions?to=1").text
    assert "<ins>二</ins>" in whole and "贰" not in whole


@pytest.mark.parametrize("query", ["to=9", "to=x", "from=7", "to=-1", "to=" + "9" * 40])
def test_an_edition_that_there_is_not_is_not_found(
    client: CheckingClient, cast: Cast, shown: int, query: str
) -> None:
    client.sign_in(cast.customer_service)
    assert client.get(f"{DESK}/{shown}/editions?{query}").status_code == 404


def test_a_draft_has_no_edition_to_compare(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row_id = draft("押金", now).id
    keep(cast)
    client.sign_in(cast.customer_service)
    assert "No edition yet" in client.get(f"{DESK}/{row_id}/editions").text


def test_a_stale_edit_says_who_changed_what_and_stands_when_sent_again(
    client: CheckingClient, cast: Cast, shown: int
) -> None:
    client.sign_in(cast.customer_service)
    old = str(articles()[0].version)
    client.post(f"{DESK}/{shown}/edit", data={**FORM, "body_zh": "她的", "version": old})
    client.sign_in(cast.administrator)
    mine = {**FORM, "body_zh": "我的", "version": old}
    answer = client.post(f"{DESK}/{shown}/edit", data=mine)
    assert answer.status_code == 422 and "Zhao Min" in answer.text and "她的" in answer.text
    assert articles()[0].body_zh == "她的"
    again = {**mine, "version": str(articles()[0].version)}
    client.post(f"{DESK}/{shown}/edit", data=again)
    assert articles()[0].body_zh == "我的"


def test_steps_are_offered_to_writers_and_refused_to_others(
    client: CheckingClient, cast: Cast, shown: int
) -> None:
    reader = client.sign_in(cast.sales).get(f"{DESK}/{shown}").text
    assert "Take out of use" not in reader and "Did this help?" in reader
    for step in ("publish", "retire", "review", "files", "edit"):
        assert client.post(f"{DESK}/{shown}/{step}").status_code == 403, step
    for url in ("new", f"{shown}/editions", "shelves", "shelves/new"):
        assert client.get(f"{DESK}/{url}").status_code == 403, url


def test_out_of_use_with_a_reason_it_is_gone_for_readers(
    client: CheckingClient, cast: Cast, shown: int
) -> None:
    client.sign_in(cast.customer_service).post(f"{DESK}/{shown}/retire", data={"reason": ""})
    assert articles()[0].state == "published"
    client.post(f"{DESK}/{shown}/retire", data={"reason": "旧流程"})
    assert "旧流程" in client.get(f"{DESK}/{shown}").text
    assert client.sign_in(cast.sales).get(f"{DESK}/{shown}").status_code == 404


def test_looked_over_it_is_due_again_on_the_day_that_was_named(
    client: CheckingClient, cast: Cast, shown: int, now: datetime
) -> None:
    client.sign_in(cast.customer_service)
    for wrong in ("x", now.date().isoformat()):
        client.post(f"{DESK}/{shown}/review", data={"review_on": wrong})
        assert articles()[0].review_on is None
    later = now.date() + timedelta(days=90)
    client.post(f"{DESK}/{shown}/review", data={"review_on": later.isoformat()})
    assert articles()[0].review_on == later


@pytest.mark.parametrize(
    ("body", "name", "kept"),
    [
        (b"%PDF-1.7", "../../etc/清单.pdf", True),
        (b"\x89PNG\r\n\x1a\n", "图.png", True),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "图.svg", False),
        (b"<script>alert(1)</script>", "图.png", False),
        (b"MZ\x90\x00", "清单.pdf", False),
        (b"", "空.pdf", False),
    ],
)
def test_a_file_is_kept_by_what_it_is_and_not_by_its_name(
    client: CheckingClient, cast: Cast, shown: int, body: bytes, name: str, kept: bool
) -> None:
    client.sign_in(cast.customer_service)
    client.post(f"{DESK}/{shown}/files", data={"file": (io.BytesIO(body), name)})
    found = db.session.scalars(select(ArticleFile)).all()
    assert [row.file_name for row in found] == ([name.rpartition("/")[2]] if kept else [])


def test_a_picture_of_the_article_stands_in_its_text_until_it_is_taken_off(
    client: CheckingClient, cast: Cast, shown: int
) -> None:
    client.sign_in(cast.customer_service)
    picture = (io.BytesIO(b"\x89PNG\r\n\x1a\n"), "流程.png")
    client.post(f"{DESK}/{shown}/files", data={"file": picture})
    file_id = db.session.scalars(select(ArticleFile.id)).one()
    sent = {**FORM, "body_zh": f"![流程](file:{file_id})", "version": str(articles()[0].version)}
    client.post(f"{DESK}/{shown}/edit", data=sent)
    picture_url = f'<img src="{DESK}/{shown}/files/{file_id}"'
    assert picture_url in client.get(f"{DESK}/{shown}").text
    client.post(f"{DESK}/{shown}/files/{file_id}/remove")
    assert picture_url not in client.get(f"{DESK}/{shown}").text


def test_the_list_is_narrowed_searched_and_exported(
    client: CheckingClient, cast: Cast, shown: int, now: datetime
) -> None:
    published("内部口径", now, audience=Audience.INTERNAL, review_on=now.date())
    draft("草稿一篇", now, tiers=("vip",))
    keep(cast)
    client.sign_in(cast.customer_service)
    found = {
        "": 3, "state=draft": 1, "audience=internal": 1, "tier=vip": 1, "time=review": 1, "time=expired": 0,
        "shelf=none": 3, "q=押金": 1, "q=deposit": 1, "q=yajin": 1, "q=kb-2026-000002": 1, "q=押金 草稿": 0,
        "state=x": 3, "shelf=y": 3,
    }  # fmt: skip
    for query, count in found.items():
        lines = client.get(f"{DESK}/articles?{query}&export=csv").text.strip().splitlines()
        assert len(lines) - 1 == count, query
    assert len(client.get(f"{DESK}/articles").text) and len(client.queries) <= 8


def test_staff_look_with_the_eyes_of_a_tier(
    client: CheckingClient, cast: Cast, shown: int, now: datetime
) -> None:
    published("押金内部口径", now, audience=Audience.INTERNAL)
    keep(cast)
    client.sign_in(cast.sales)
    assert "押金内部口径" in client.get(f"{DESK}?ask=押金").text
    as_customer = client.get(f"{DESK}?ask=押金&as=vip").text
    assert "押金怎么退" in as_customer and "押金内部口径" not in as_customer


def test_suggestions_at_the_desk_hold_internal_articles_marked(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row_id = published("押金内部口径", now, audience=Audience.INTERNAL).id
    keep(cast)
    found = client.sign_in(cast.keeper).get(f"{DESK}/suggest?q=押金").text
    assert f'href="{DESK}/{row_id}"' in found and "Staff only" in found


def test_shelves_are_made_moved_and_taken_out_of_use(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.customer_service)
    for name, parent in (("费用", ""), ("免费期", "1")):
        top = db.session.scalar(select(ArticleCategory.id))
        sent = {"name_zh": name, "parent_id": str(top) if parent else "", "position": "1", "active": "y"}  # fmt: skip
        client.post(f"{DESK}/shelves/new", data=sent)
    page = client.get(f"{DESK}/shelves").text
    assert "费用" in page and 'class="deep-1"' in page
    db.session.rollback()
    top, inner = db.session.scalars(select(ArticleCategory).order_by(ArticleCategory.id)).all()
    own = {"name_zh": "费用", "parent_id": str(inner.id), "version": str(top.version)}
    top_id = top.id
    assert "cannot stand in itself" in client.post(f"{DESK}/shelves/{top_id}", data=own).text
    client.post(f"{DESK}/shelves/{top_id}", data={**own, "parent_id": "", "position": "5"})
    db.session.rollback()
    row = db.session.get_one(ArticleCategory, top_id)
    assert (row.active, row.position, row.parent_id) == (False, 5, None)
