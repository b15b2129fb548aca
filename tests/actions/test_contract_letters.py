"""The mail of contracts and amendments: each step has its subject, in both languages, and leads to the contract."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs.letters import Letter, written
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.contracts import contact, on_paper
from tests.offers import quick_press  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("quick_press")
FACTS = {
    "number": "CT-2026-000007", "title": "年度仓储", "customer": "海港食品", "id": 7, "sender": "陈立",
    "reason": "逾期", "contact": "周敏", "starts_on": "2026-03-02", "ends_on": "2027-03-01",
}  # fmt: skip
STAFF = {
    "to_approve": "CT-2026-000007 waits for your approval", "approved": "Approved: CT-2026-000007",
    "returned": "Returned: CT-2026-000007", "signed": "Signed: CT-2026-000007",
    "suspended": "Suspended: CT-2026-000007", "terminated": "Terminated: CT-2026-000007",
    "handed_over": "Yours from now on: CT-2026-000007",
}  # fmt: skip
CUSTOMER = {
    "to_sign": "CT-2026-000007 for your signature", "in_force": "CT-2026-000007 is in force",
    "suspended": "CT-2026-000007 is suspended", "resumed": "CT-2026-000007 is in force again",
    "terminated": "CT-2026-000007 has ended",
}  # fmt: skip
EVERY = [("contract_staff", *each) for each in STAFF.items()]
EVERY += [("contract_customer", *each) for each in CUSTOMER.items()]


@pytest.mark.parametrize(("template", "step", "subject"), EVERY)
def test_each_step_has_its_subject_and_leads_to_the_contract(
    app: PortalApp, database: None, template: str, step: str, subject: str
) -> None:
    door = "desk" if template == "contract_staff" else "my"
    mail = written(Letter(1, "k", "x@harbour.example", template, {**FACTS, "step": step}, "en"))
    assert mail["Subject"] == subject
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert f"/{door}/contracts/7" in text and "逾期" in text


def test_everybody_concerned_hears_of_each_step_on_the_way(cast: Cast, now: datetime) -> None:
    contact(cast.harbour)
    on_paper(cast, now)
    rows = db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id))
    found = [(row.recipient.partition("@")[0], row.facts["step"]) for row in rows]
    assert found == [
        ("wu.mei", "to_approve"), ("chen.li", "approved"), ("zhou", "to_sign"),
        ("chen.li", "signed"), ("zhou", "in_force"),
        ("wu.mei", "to_approve"), ("chen.li", "approved"), ("zhou", "to_sign"),
    ]  # fmt: skip
