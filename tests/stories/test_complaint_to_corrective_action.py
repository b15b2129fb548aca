"""A complaint goes its way: visit, feedback sheet, defect with its cause, correction proved, register, paper."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import found as jobs
from portal.kernel import clock
from portal.service_requests.actions import defect_kinds
from portal.service_requests.models import Defect, DefectKind, FeedbackSheet, ServiceRequest
from portal.service_requests.queries.tasks import visits_shared
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import firm, keep, quick_press
from tests.service import a_category, a_request

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")
DAY = timedelta(days=1)


@pytest.fixture
def complaint(cast: Cast, now: datetime) -> int:
    """What Lin Xiaowen complains about."""
    firm()
    defect_kinds.seed()
    above = a_category("TRANSPORT", "运输异常")
    below = a_category(parent_id=above.id)
    by = viewer(cast.lin)
    row = a_request(cast, now, by=by, kind="complaint", title="三箱破损", category_id=below.id)
    keep(cast)
    return row.id


def posted(client: CheckingClient, url: str, **fields: object) -> str:
    """The address that a form led to."""
    answer = client.post(url, data=fields)
    assert answer.status_code == 303, (url, re.findall(r'class="wrong"[^>]*>.*', answer.text))
    return str(answer.headers["Location"])


def letters(template: str) -> list[tuple[str, str]]:
    set_viewer(SYSTEM)
    rows = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == template).order_by(OutboxMessage.id)
    )
    return [(row.facts["step"], row.recipient) for row in rows]


def one(model: type) -> object:
    set_viewer(SYSTEM)
    return db.session.scalars(select(model).order_by(model.id.desc()).limit(1)).one()


def test_a_complaint_leads_to_a_correction_that_somebody_else_proves(
    client: CheckingClient, cast: Cast, now: datetime, complaint: int
):
    agent, keeper = cast.customer_service, cast.keeper

    # Somebody goes and looks; the customer sees when.
    client.sign_in(agent)
    posted(client, f"/desk/tasks/new?request={complaint}", kind="visit", title="上门查看破损", assignee_id=agent.id,
           visit_on="2026-03-03", from_time="09:00", until_time="10:00", place="客户仓库", is_shared="y",
           text="客户很生气")  # fmt: skip
    assert letters("visit_customer") == [("planned", cast.lin.email)]
    visit = visits_shared(complaint, viewer(cast.lin))[0]
    assert (visit.person, visit.place) == (agent.name, "客户仓库")
    assert "客户很生气" not in client.sign_in(cast.lin).get(f"/my/requests/{complaint}").text

    # The warehouse is asked, does not answer in time, is reminded once, answers.
    client.sign_in(agent)
    posted(client, f"/desk/feedback-sheets/new?request={complaint}", department="仓储部", recipient_id=keeper.id,
           text="三箱破损，请查明原因", due_on="2026-03-04")  # fmt: skip
    sheet = one(FeedbackSheet)
    jobs.overdue(now + 4 * DAY)
    jobs.overdue(now + 5 * DAY)
    assert [step for step, to in letters("feedback_staff") if to == keeper.email] == [
        "sent",
        "overdue",
    ]
    client.sign_in(keeper)
    posted(client, f"/desk/feedback-sheets/{sheet.id}/answer", answer="叉车转弯时撞到托盘")
    assert letters("feedback_staff")[-1] == ("answered", agent.email)

    # The defect: cause, whose fault, what is done about it.
    client.sign_in(agent)
    set_viewer(SYSTEM)
    kind = db.session.scalars(select(DefectKind).where(DefectKind.code == "damage")).one()
    url = posted(client, f"/desk/defects/new?request={complaint}", kind_id=kind.id, found_on="2026-03-02",
                 text="三箱破损", root_cause="通道太窄", responsible="us", responsible_name="二号仓",
                 action="拓宽通道", action_owner_id=keeper.id, due_on="2026-03-06")  # fmt: skip
    client.sign_in(keeper)
    with clock.frozen(now + DAY):
        posted(client, f"{url}/correct", done_on="2026-03-03")
        assert client.post(f"{url}/verify", data={"effect": "好"}).status_code == 403
        client.sign_in(agent)
        posted(client, f"{url}/verify", effect="一周内无破损")
    assert (one(Defect).done_by, one(Defect).verified_by) == (keeper.id, agent.id)

    # The visit is done, and the registers say all of it.
    task = re.findall(r"/desk/tasks/(\d+)", client.get(f"/desk/requests/{complaint}").text)[0]
    posted(client, f"/desk/tasks/{task}/complete", result="破损属实")
    page = client.get("/desk/registers/tracking").text
    for said in ("SR-2026-000001", "三箱破损", "通道太窄", "拓宽通道", "2026-03-06", "2026-03-03"):
        assert said in page
    sums = client.get("/desk/registers/complaints?export=csv").get_data(as_text=True)
    assert "运输异常" in sums or "TRANSPORT" in sums.upper()
    paper = client.get("/desk/registers/tracking/paper").get_data(as_text=True)
    assert "客户投诉登记追踪表" in paper and "通道太窄" in paper
    paper = client.get(f"/desk/feedback-sheets/{sheet.id}/paper").get_data(as_text=True)
    assert "客户信息反馈单" in paper and "叉车转弯时撞到托盘" in paper
    set_viewer(SYSTEM)
    assert db.session.get_one(ServiceRequest, complaint).number == "SR-2026-000001"


def test_nothing_inside_the_house_reaches_the_customer(
    client: CheckingClient, cast: Cast, complaint: int
):
    client.sign_in(cast.customer_service)
    set_viewer(SYSTEM)
    kind = db.session.scalars(select(DefectKind.id).limit(1)).one()
    posted(client, f"/desk/defects/new?request={complaint}", kind_id=kind, found_on="2026-03-02",
           text="机密缺陷", root_cause="机密原因", responsible="us")  # fmt: skip
    posted(client, f"/desk/feedback-sheets/new?request={complaint}", department="机密部门",
           text="机密内容", due_on="2026-03-05")  # fmt: skip
    posted(client, f"/desk/upsells/new?request={complaint}", text="机密商机", currency="CNY")
    posted(client, f"/desk/tasks/new?request={complaint}", kind="task", title="机密任务",
           assignee_id=cast.customer_service.id, due_on="2026-03-05", due_time="18:00")  # fmt: skip
    client.sign_in(cast.lin)
    for url in (f"/my/requests/{complaint}", "/my/requests", "/my"):
        assert "机密" not in client.get(url).text, url
