"""Articles written, published, judged, looked over and taken out of use; every edition is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import knowledge as job
from portal.kernel.edits import EditClash
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.knowledge.actions import files, judging, publishing, shelving, writing
from portal.knowledge.models import Article, ArticleVersion
from portal.knowledge.queries import reading, shelves
from portal.knowledge.rules.kinds import ArticleState, Audience
from portal.knowledge.rules.writing import Written
from portal.web.uploads import Upload
from tests.articles import draft, published
from tests.cast import Cast, viewer

NEW = Written("押金怎么退", "第二版正文。", audience=Audience.PUBLIC)
SHELF = {"name_zh": "仓储", "name_en": "Storage", "parent_id": None, "position": 1, "active": True}
PDF = Upload(b"%PDF-1.7", "清单.pdf", "pdf")


def editions(row: Article) -> list[tuple[int, str]]:
    return [(each.edition, each.body_zh) for each, _name in reversed(shelves.editions(row.id))]


def events(row: Article) -> list[str]:
    return [entry.event for entry in reversed(audit.timeline(row, public_only=False))]


def test_a_draft_has_its_number_and_no_edition_yet(cast: Cast, now: datetime) -> None:
    first, second = draft("押金", now), draft("报关", now)
    assert (first.number, second.number) == ("KB-2026-000001", "KB-2026-000002")
    assert first.state == ArticleState.DRAFT and editions(first) == []


def test_a_draft_may_change_as_often_as_one_likes_without_an_edition(
    cast: Cast, now: datetime
) -> None:
    row = draft("押金", now)
    writing.change(row, NEW, row.version, viewer(cast.customer_service), now)
    publishing.publish(row, viewer(cast.customer_service), now)
    assert editions(row) == [(1, "第二版正文。")] and row.edition == 1


def test_each_text_that_readers_had_is_kept_as_an_edition(cast: Cast, now: datetime) -> None:
    row, writer = published("押金怎么退", now), viewer(cast.customer_service)
    writing.change(row, NEW, row.version, writer, now)
    publishing.retire(row, "改流程", writer, now)
    publishing.publish(row, writer, now)
    assert editions(row) == [(1, "正文。"), (2, "第二版正文。")] and row.edition == 2
    steps = [event.partition(".")[2] for event in events(row)]
    assert steps == ["written", "published", "changed", "retired", "published"]


def test_keywords_and_days_make_no_edition(cast: Cast, now: datetime) -> None:
    row = published("押金怎么退", now)
    same = Written("押金怎么退", "正文。", keywords="退款", audience=Audience.PUBLIC)
    writing.change(row, same, row.version, viewer(cast.customer_service), now)
    assert row.edition == 1 and len(editions(row)) == 1 and row.keywords == "退款"


def test_an_edition_is_never_edited(cast: Cast, now: datetime) -> None:
    published("押金", now)
    version = db.session.scalars(select(ArticleVersion)).one()
    version.body_zh = "改写历史"
    with pytest.raises(TypeError):
        db.session.flush()
    db.session.rollback()


def test_two_writers_of_one_article_are_told_of_each_other(cast: Cast, now: datetime) -> None:
    row, writer = published("押金怎么退", now), viewer(cast.customer_service)
    seen = row.version
    writing.change(row, NEW, seen, writer, now)
    other = Written("押金怎么退", "另一版。", audience=Audience.PUBLIC)
    with pytest.raises(EditClash) as clash:
        writing.change(row, other, seen, viewer(cast.administrator), now)
    assert [each.field for each in clash.value.found] == ["body_zh"]


def test_a_published_article_cannot_be_emptied(cast: Cast, now: datetime) -> None:
    row = published("押金", now)
    with pytest.raises(InvalidMany):
        writing.change(row, Written("押金", ""), row.version, viewer(cast.customer_service), now)


def test_what_says_nothing_or_is_over_is_not_published(cast: Cast, now: datetime) -> None:
    yesterday = now.date() - timedelta(days=1)
    for row in (draft("空", now, ""), draft("过期", now, expires_on=yesterday)):
        with pytest.raises(InvalidMany):
            publishing.publish(row, viewer(cast.customer_service), now)
        assert row.state == ArticleState.DRAFT


def test_going_out_of_use_needs_a_reason_and_happens_once(cast: Cast, now: datetime) -> None:
    row, writer = published("押金", now), viewer(cast.customer_service)
    with pytest.raises(Invalid):
        publishing.retire(row, "  ", writer, now)
    publishing.retire(row, "旧流程", writer, now)
    with pytest.raises(NotAllowedNow):
        publishing.retire(row, "再来", writer, now)


def test_a_shelf_that_is_not_there_is_told(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid):
        draft("押金", now, category_id=999)


def test_shelves_show_readers_only_what_holds_something_for_them(cast: Cast, now: datetime) -> None:
    writer, lin = viewer(cast.customer_service), viewer(cast.lin)
    top = shelving.new_shelf(dict(SHELF), writer, now)
    inner = shelving.new_shelf({**SHELF, "name_zh": "免费期", "parent_id": top.id}, writer, now)
    shelving.new_shelf({**SHELF, "name_zh": "空架"}, writer, now)
    published("内部", now, category_id=inner.id, audience=Audience.INTERNAL)
    assert shelves.shelves(lin) == []
    published("免费天数", now, category_id=inner.id)
    stood = [(each.shelf.name_zh, each.depth, each.articles) for each in shelves.shelves(lin)]
    assert stood == [("仓储", 0, 0), ("免费期", 1, 1)]
    assert [row.title_zh for row in shelves.on_shelf(inner.id, lin)] == ["免费天数"]


def test_a_shelf_cannot_be_put_into_what_stands_in_it(cast: Cast, now: datetime) -> None:
    writer = viewer(cast.customer_service)
    top = shelving.new_shelf(dict(SHELF), writer, now)
    inner = shelving.new_shelf({**SHELF, "name_zh": "内", "parent_id": top.id}, writer, now)
    with pytest.raises(Invalid):
        shelving.change_shelf(top, {**SHELF, "parent_id": inner.id}, top.version, writer, now)


def test_each_reader_counts_once_and_the_later_answer_stands(cast: Cast, now: datetime) -> None:
    row = published("押金", now)
    version, changed = row.version, row.updated_at
    for user, helped in ((cast.lin, True), (cast.lin, True), (cast.erik, True), (cast.lin, False)):
        judging.judge(row, helped, "", viewer(user), now)
    assert (row.helped, row.did_not_help) == (1, 1)
    db.session.refresh(row)
    assert (row.version, row.updated_at) == (version, changed)


def test_nobody_in_particular_and_no_novel_is_counted(cast: Cast, now: datetime) -> None:
    row = published("押金", now)
    with pytest.raises(Invalid):
        judging.judge(row, True, "字" * 501, viewer(cast.lin), now)
    with pytest.raises(Forbidden):
        judging.judge(row, True, "", SYSTEM, now)
    assert (row.helped, row.did_not_help) == (0, 0)


def test_what_helped_most_readers_comes_first(cast: Cast, now: datetime) -> None:
    first, second = published("押金", now), published("报关", now)
    judging.judge(second, True, "", viewer(cast.lin), now)
    judging.judge(first, False, "", viewer(cast.lin), now)
    found = shelves.most_helpful(viewer(cast.erik))
    assert [row.title_zh for row in found] == ["报关", "押金"]


def test_a_file_is_read_with_its_article_and_not_when_it_is_taken_off(
    cast: Cast, now: datetime
) -> None:
    row, writer, lin = published("押金", now), viewer(cast.customer_service), viewer(cast.lin)
    file = files.attach(row, PDF, writer, now)
    assert reading.file_of(file.id, lin).file_name == "清单.pdf"
    files.remove(row, file, writer, now)
    db.session.flush()
    with pytest.raises(NotFound):
        reading.file_of(file.id, lin)
    with pytest.raises(NotFound):
        files.remove(row, file, writer, now)


def test_a_file_of_another_kind_or_one_too_many_is_refused(cast: Cast, now: datetime) -> None:
    row, writer = draft("押金", now), viewer(cast.customer_service)
    with pytest.raises(Invalid):
        files.attach(row, Upload(b"<svg/>", "x.svg", "csv"), writer, now)
    for _each in range(files.MOST):
        files.attach(row, PDF, writer, now)
    with pytest.raises(Invalid):
        files.attach(row, PDF, writer, now)


def mails() -> list[OutboxMessage]:
    wanted = OutboxMessage.template == "article_review"
    return list(db.session.scalars(select(OutboxMessage).where(wanted).order_by(OutboxMessage.id)))


def to_review(cast: Cast, now: datetime, on: date) -> int:
    written = Written("押金", "正文。", review_on=on)
    row = writing.write(written, viewer(cast.customer_service), now)
    publishing.publish(row, viewer(cast.customer_service), now)
    db.session.commit()
    return row.id


def test_the_author_is_reminded_once_when_the_day_of_review_has_come(
    cast: Cast, now: datetime
) -> None:
    to_review(cast, now, now.date() + timedelta(days=1))
    assert job.remind(now) == 0
    later = now + timedelta(days=1)
    assert [job.remind(later), job.remind(later), job.remind(later + timedelta(days=9))] == [1, 0, 0]  # fmt: skip
    assert [mail.recipient for mail in mails()] == ["zhao.min@farhaven.example"]


def test_after_it_was_looked_over_the_next_day_is_told_anew(cast: Cast, now: datetime) -> None:
    row_id = to_review(cast, now, now.date())
    assert job.remind(now) == 1
    row = db.session.get_one(Article, row_id)
    with pytest.raises(Invalid):
        publishing.review(row, now.date(), viewer(cast.customer_service), now)
    publishing.review(row, now.date() + timedelta(days=30), viewer(cast.customer_service), now)
    db.session.commit()
    assert [job.remind(now), job.remind(now + timedelta(days=30))] == [0, 1]


def test_when_the_author_is_gone_those_who_lead_are_reminded(cast: Cast, now: datetime) -> None:
    published("押金", now, review_on=now.date())
    db.session.commit()
    assert job.remind(now) == 1
    assert [mail.recipient for mail in mails()] == ["admin@farhaven.example"]


def test_a_draft_reminds_nobody(cast: Cast, now: datetime) -> None:
    draft("押金", now, review_on=now.date())
    db.session.commit()
    assert job.remind(now) == 0
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
