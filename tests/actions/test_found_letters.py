"""Letters about tasks, visits, defects and feedback sheets: each says what it is about, in both languages."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs.letters import Letter, written
from portal.service_requests.actions import tasks
from portal.service_requests.models import RequestTask
from tests.cast import Cast, viewer
from tests.found import found_world

MINE = ("task_staff", "visit_customer", "defect_staff", "feedback_staff")


def letters(locale: str) -> dict[str, EmailMessage]:
    """Template and step → the mail."""
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template.in_(MINE))).all()
    for row in rows:
        row.locale = locale
    return {f"{row.template}.{row.facts['step']}": written(Letter.of(row)) for row in rows}


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return f"{mail['Subject']}\n{part.get_content()}"


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_each_letter_names_what_it_is_about_and_where_it_is_found(
    cast: Cast, now: datetime, locale: str
):
    world = found_world(cast, now)
    visit = db.session.get_one(RequestTask, world["visit"])
    tasks.cancel(visit, "车坏了", viewer(cast.sales), now)
    said = {key: text_of(mail) for key, mail in letters(locale).items()}
    assert set(said) == {
        "task_staff.cancelled", "visit_customer.planned", "visit_customer.cancelled", "defect_staff.given",
        "feedback_staff.sent",
    }  # fmt: skip
    assert f"/desk/tasks/{visit.id}" in said["task_staff.cancelled"]
    assert "2026-03-02 11:00" in said["visit_customer.planned"]
    assert f"/my/requests/{world['request']}" in said["visit_customer.planned"]
    assert f"/desk/defects/{world['defect']}" in said["defect_staff.given"]
    assert f"/desk/feedback-sheets/{world['sheet']}" in said["feedback_staff.sent"]


def test_the_customer_reads_neither_our_note_nor_why_a_visit_is_called_off(
    cast: Cast, now: datetime
):
    world = found_world(cast, now)
    visit = db.session.get_one(RequestTask, world["visit"])
    tasks.cancel(visit, "车坏了", viewer(cast.sales), now)
    for key, mail in letters("zh_CN").items():
        if key.startswith("visit_customer"):
            assert "车坏了" not in text_of(mail) and "机密备注" not in text_of(mail)
