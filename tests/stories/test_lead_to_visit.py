"""From a name heard at a fair to a customer who is visited: the pool, the conversion, the plan, the sheet."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.care.actions import plans
from portal.care.models import Visit
from portal.customers.models import Customer
from portal.db.base import db
from portal.jobs import care as care_job
from portal.jobs import leads as lead_job
from portal.kernel import clock
from portal.leads.models import Lead
from portal.opportunities.models import Opportunity
from portal.service_requests.models import RequestTask
from tests.cast import Cast
from tests.client import CheckingClient
from tests.leads import lead_form, touch_form
from tests.offers import keep
from tests.opportunities import first_words

DAY = timedelta(days=1)


def only(column: object) -> int:
    db.session.rollback()
    return db.session.scalars(select(column)).one()  # type: ignore[call-overload]


def test_a_lead_goes_round_the_pool_becomes_a_customer_and_is_visited(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first_words(now)
    plans.seed(SYSTEM, now)
    keep(cast)

    # Wu Mei writes it down and forgets it; after two weeks it lies in the pool.
    client.sign_in(cast.sales_manager).post("/desk/leads/new", data=lead_form())
    lead_id = only(Lead.id)
    later = now + 14 * DAY
    with clock.frozen(later):
        set_viewer(SYSTEM)
        assert lead_job.recycle(later) == "1 leads fell back, 0 near it"

        # Chen Li picks it, reaches out, and makes it a customer with an opportunity.
        client.sign_in(cast.sales).post(f"/desk/leads/{lead_id}/pick")
        touched = touch_form(on="2026-03-16", next_on="2026-03-20", text="下周开始发货")
        client.post(f"/desk/leads/{lead_id}/touch", data=touched)
        wish = {
            "name_zh": "宁波海曙文具厂",
            "title": "小件海运",
            "amount": "36000",
            "currency": "CNY",
        }
        method = only(Opportunity.method_id) if db.session.scalar(select(Opportunity.id)) else ""
        client.post(f"/desk/leads/{lead_id}/convert", data=wish | {"method_id": str(method)})
        opportunity = db.session.scalars(select(Opportunity)).one()
        customer = db.session.get_one(Customer, opportunity.customer_id)
        customer.segment = "vip"
        customer_id, owner_id = customer.id, opportunity.owner_id
        db.session.commit()
        assert owner_id == cast.sales.id

    # The plan of its tier wants the first visit within a month: it plans itself, once.
    month = later + 20 * DAY
    with clock.frozen(month):
        set_viewer(SYSTEM)
        assert care_job.plan_visits(month) != care_job.plan_visits(month) == "0 visits planned"
        visits = select(Visit).where(Visit.customer_id == customer_id)
        visit_id = db.session.scalars(visits).one().id
        db.session.rollback()
        sheet = {
            "done_on": "2026-04-05", "met": "王芳", "mood": "good", "summary": "满意，想加单",
            "promises-0-text": "发新报价", "promises-0-due_on": "2026-04-08", "next_as": "visit",
            "next_step": "看新仓", "next_on": "2026-05-11", "competitor_id": "",
        }  # fmt: skip
        page = client.post(f"/desk/visits/{visit_id}/sheet", data=sheet, follow_redirects=True).text
        assert "满意，想加单" in page and "发新报价" in page

    # What was promised is a task, what was agreed the next visit; the plan asks for nothing more.
    db.session.rollback()
    assert db.session.scalars(select(RequestTask.title)).all() == ["发新报价"]
    following = db.session.scalars(visits.where(Visit.state == "planned")).one()
    assert f"{following.planned_on}" == "2026-05-11"
