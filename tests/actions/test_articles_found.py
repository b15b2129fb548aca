"""Articles found by words and suggested while writing, on both databases, and only to those who may read them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from portal.db.base import db
from portal.knowledge.actions import publishing, writing
from portal.knowledge.queries.finding import find, suggest
from portal.knowledge.rules.kinds import Audience
from portal.knowledge.rules.writing import Written
from tests.articles import draft, published
from tests.cast import Cast, viewer

pytestmark = pytest.mark.both_databases

CUSTOMS = "报关需要哪些资料"
DEPOSIT = "进口箱押金多久退"


@pytest.fixture
def shelf(cast: Cast, now: datetime) -> None:
    """A few articles that every customer may read."""
    papers = "一般贸易出口报关：合同、发票、装箱单、报关委托书。"
    english = {"title_en": "Customs papers", "body_en": "Invoice, packing list and 40HQ photos."}
    published(CUSTOMS, now, papers, keywords="清关 customs broker", **english)
    published(DEPOSIT, now, "还箱后，船公司在 7 个工作日内退还押金。")
    published("危险品怎样申报", now, "危险品须在截关前 3 天申报，附 MSDS。提单上写明 UN 编号。")
    published("VGM 怎样提交", now, "VGM 由托运人提交，报关之前即可。")


def titles(words: str, cast: Cast, **more: object) -> list[str]:
    return [each.article.title_zh for each in find(words, viewer(cast.lin), **more)]  # type: ignore[arg-type]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("报关", CUSTOMS),
        ("押金", DEPOSIT),
        ("请问进口的箱子押金什么时候能退？", DEPOSIT),
        ("ＶＧＭ", "VGM 怎样提交"),
        ("msds", "危险品怎样申报"),
        ("40hq", CUSTOMS),
        ("invoices", CUSTOMS),
        ("清关", CUSTOMS),
        ("baoguan", CUSTOMS),
        ("yj", DEPOSIT),
        ("KB-2026-000002", DEPOSIT),
    ],
)
def test_what_is_asked_is_found_first(cast: Cast, words: str, first: str) -> None:
    assert titles(words, cast)[0] == first


@pytest.mark.usefixtures("shelf")
def test_a_title_that_speaks_of_it_comes_before_a_body_that_does(cast: Cast) -> None:
    assert titles("报关", cast) == [CUSTOMS, "VGM 怎样提交"]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("words", ["", "  ", "？！", "怎么", "量子", "zzz", "%", "_", "'; drop"])
def test_what_no_article_says_finds_nothing(cast: Cast, words: str) -> None:
    assert titles(words, cast) == []


@pytest.mark.usefixtures("shelf")
def test_the_piece_that_is_shown_marks_what_was_asked(cast: Cast) -> None:
    found = find("押金", viewer(cast.lin))[0]
    assert ("押金", True) in [(part.text, part.hit) for part in found.snippet]
    assert found.share == 100


@pytest.mark.usefixtures("shelf")
def test_somebody_who_writes_about_it_gets_the_article_suggested(cast: Cast) -> None:
    text = "你好，我们上周的柜子已经还了，押金到现在没有收到，请问什么时候退？"
    assert [each.article.title_zh for each in suggest(text, viewer(cast.lin))] == [DEPOSIT]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    "text", ["", "我", "你好", "请给我们的王经理回个电话，谢谢", "hello there"]
)
def test_nothing_is_suggested_when_nothing_is_good_enough(cast: Cast, text: str) -> None:
    assert suggest(text, viewer(cast.lin)) == []


def test_at_most_as_many_are_suggested_as_asked_for(cast: Cast, now: datetime) -> None:
    for number in range(8):
        published(f"押金的退还 {number}", now)
    assert len(suggest("押金的退还", viewer(cast.lin))) == 5


def test_drafts_retired_internal_and_expired_articles_are_not_found_by_a_customer(
    cast: Cast, now: datetime
) -> None:
    today = now.date()
    draft("押金 草稿", now)
    published("押金 内部", now, audience=Audience.INTERNAL)
    old = published("押金 过期", now, expires_on=today)
    published("押金 今天到期", now, expires_on=today)
    old.expires_on = today - timedelta(days=1)
    publishing.retire(published("押金 停用", now), "旧规定", viewer(cast.sales_manager), now)
    db.session.flush()
    assert titles("押金", cast) == ["押金 今天到期"]
    assert suggest("押金", viewer(cast.lin))[0].article.expires_on == today


def test_an_article_for_a_tier_is_found_by_its_customers_alone(cast: Cast, now: datetime) -> None:
    published("押金免收", now, tiers=("vip", "project"))
    assert titles("押金", cast) == []
    cast.harbour.segment = "vip"
    db.session.merge(cast.harbour)
    db.session.flush()
    assert titles("押金", cast) == ["押金免收"]
    assert find("押金", viewer(cast.erik)) == []


def test_staff_find_internal_articles_writers_drafts_too_and_may_look_as_a_customer(
    cast: Cast, now: datetime
) -> None:
    published("押金 内部口径", now, audience=Audience.INTERNAL)
    published("押金 大客户", now, tiers=("vip",))
    draft("押金 草稿", now)
    sales, writer = viewer(cast.sales), viewer(cast.customer_service)
    assert {f.article.title_zh for f in find("押金", sales)} == {"押金 内部口径", "押金 大客户"}
    assert len(find("押金", writer)) == 3
    assert [f.article.title_zh for f in find("押金", writer, tier="vip")] == ["押金 大客户"]
    assert find("押金", writer, tier="ordinary") == []


def test_a_changed_article_is_found_by_its_new_words_alone(cast: Cast, now: datetime) -> None:
    row = published("押金怎么退", now)
    new = Written("保证金怎么退", "正文。", audience=Audience.PUBLIC, expires_on=date(2026, 12, 31))
    writing.change(row, new, row.version, viewer(cast.sales_manager), now)
    assert titles("押金", cast) == []
    assert titles("保证金", cast) == ["保证金怎么退"]


def test_a_question_costs_two_statements_however_long_it_is(cast: Cast, now: datetime) -> None:
    published(CUSTOMS, now)
    asks = viewer(cast.lin)
    counted: list[str] = []
    engine = db.engine

    listener = lambda _c, _cur, statement, *_rest: counted.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    find("报关 " * 5000, asks)
    find("".join(chr(0x4E00 + n) for n in range(3000)), asks)
    event.remove(engine, "before_cursor_execute", listener)
    assert len(counted) <= 4
