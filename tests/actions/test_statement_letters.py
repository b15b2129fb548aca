"""The mail about statements, disputes and credits: each step has its subject, and leads to its page."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from portal.access.permissions import Power
from portal.accounts.models import User
from portal.billing.actions import confirming, deciding, disputing
from portal.billing.rules.states import StatementState as S
from portal.customers.models import Membership
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs.letters import Letter, written
from portal.web.flask_app import PortalApp
from tests.cast import Cast, customer, member, viewer
from tests.statements import a_statement, dispute, lines

FACTS = {
    "number": "N-7", "id": 7, "customer": "海港食品", "contact": "周敏", "sender": "钱伟", "reason": "见合同",
    "starts_on": "2026-02-01", "ends_on": "2026-02-28", "amount": "CNY 157.00", "revision": 2, "due_on": "2026-03-30",
    "answer_by": "2026-03-09", "deemed_on": "2026-03-09", "statement": "ST-9", "line": "装卸费", "why": "rate",
    "text": "价格不对", "granted": "CNY 10.00", "is_open_to_appeal": True,
}  # fmt: skip
SUBJECTS = {
    ("statement_customer", "my/statements"): {
        "published": "Statement N-7 is ready", "revised": "Statement N-7 has changed",
        "reminder": "Please answer statement N-7", "deemed": "Statement N-7 counts as confirmed",
        "recorded": "Your answer to statement N-7 is recorded",
    },
    ("statement_staff", "desk/statements"): {"confirmed": "Confirmed: N-7"},
    ("dispute_customer", "my/disputes"): {
        "accepted": "Your dispute N-7 is accepted", "partly_accepted": "Your dispute N-7 is accepted in part",
        "rejected": "Your dispute N-7 is rejected", "recorded": "Your dispute N-7 is recorded",
    },
    ("dispute_staff", "desk/disputes"): {
        "raised": "N-7: 海港食品 disputes a line", "raised_again": "N-7 is raised again to a manager",
        "withdrawn": "Withdrawn: N-7", "to_approve": "N-7 waits for your approval", "approved": "Approved: N-7",
        "returned": "Returned: N-7",
    },
    ("credit_staff", "desk/credits"): {
        "to_approve": "N-7 waits for your approval", "approved": "Approved: N-7", "refused": "Refused: N-7",
    },
}  # fmt: skip
EVERY = [(*where, step, said) for where, steps in SUBJECTS.items() for step, said in steps.items()]


@pytest.mark.parametrize(("template", "door", "step", "subject"), EVERY)
def test_each_step_has_its_subject_and_leads_to_its_page(
    app: PortalApp, database: None, template: str, door: str, step: str, subject: str
) -> None:
    mail = written(Letter(1, "k", "x@harbour.example", template, {**FACTS, "step": step}, "en"))
    assert mail["Subject"] == subject
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        text = body.get_content()
        assert f"/{door}/7" in text
        assert ("见合同" in text) or template == "statement_staff"


def told(step: str) -> set[str]:
    rows = db.session.scalars(select(OutboxMessage))
    return {row.recipient for row in rows if row.facts["step"] == step}


def test_the_groups_people_who_cover_branches_read_a_branchs_bills(
    cast: Cast, now: datetime
) -> None:
    group = customer("GRP", "海港集团", "Harbour Group", kind="group")
    branch = customer("GRP-1", "海港集团宁波", "Harbour Ningbo", kind="branch", parent_id=group.id)
    powers = frozenset({Power.SEE_BILLS})
    wide = member("Wide View", group, powers, now, covers_branches=True)
    member("Narrow View", group, powers, now)
    own = member("Own View", branch, powers, now)
    a_statement(branch, state=S.PUBLISHED)
    assert told("published") == {wide.email, own.email}


def test_who_has_left_gets_no_mail(cast: Cast, now: datetime) -> None:
    gone = member("Gone Since", cast.harbour, frozenset({Power.SEE_BILLS}), now)
    locked = member("Locked Out", cast.harbour, frozenset({Power.SEE_BILLS}), now)
    db.session.scalars(
        select(Membership).where(Membership.user_id == gone.id)
    ).one().ends_on = now.date().replace(day=1)
    db.session.get_one(User, locked.id).active = False
    a_statement(cast.harbour, state=S.PUBLISHED)
    assert told("published") == {cast.lin.email}


def test_everybody_concerned_hears_of_each_step_of_a_dispute(cast: Cast, now: datetime) -> None:
    bill = a_statement(cast.harbour, state=S.PUBLISHED)
    row = dispute(lines(bill)[0], by=viewer(cast.lin))
    deciding.reject(row, "见合同", viewer(cast.finance_manager), now)
    disputing.raise_again(row, "不同意", viewer(cast.lin), now)
    assert told("raised") == {
        cast.sales_manager.email,
        cast.finance.email,
        cast.finance_manager.email,
    }
    assert told("rejected") == {cast.lin.email}
    assert told("raised_again") == {cast.administrator.email}  # the manager decided it before


def test_only_the_first_revision_is_told_once(cast: Cast, now: datetime) -> None:
    bill = a_statement(cast.harbour, state=S.PUBLISHED)
    confirming.confirm(bill, None, 1, viewer(cast.lin), now)
    keys = db.session.scalars(select(OutboxMessage.key)).all()
    assert keys == [f"statement-{bill.id}-r1-published-{cast.lin.id}"]
