"""A list from the old system comes in, one firm of it is there already; both become one and nothing is lost."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from portal.billing.models import Receivable
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.intake.models import DuplicatePair
from portal.jobs import batches as job
from portal.usage.models import ImportBatch
from tests.cast import Cast
from tests.client import CheckingClient
from tests.money import owed

LIST = "客户名称,行业,电话\n海港食品股份有限公司,食品,0755-2658 1234\n远洋贸易有限公司,贸易,\n"
PEOPLE = "客户,姓名,电话\n海港食品股份有限公司,周敏,13800138000\n"


def sent(client: CheckingClient, body: str, kind: str) -> None:
    file = (io.BytesIO(body.encode()), "旧系统.csv")
    data = {"kind": kind, "file": file}
    client.post("/desk/intake/new", data=data, content_type="multipart/form-data")
    batch_id = db.session.scalar(select(func.max(ImportBatch.id)))
    assert batch_id is not None
    job.work(batch_id)
    client.post(f"/desk/intake/{batch_id}/apply")
    job.work(batch_id)
    assert "All of it is in." in client.get(f"/desk/intake/{batch_id}").text


def test_a_customer_taken_in_twice(client: CheckingClient, cast: Cast, now: datetime) -> None:
    client.sign_in(cast.sales_manager)
    sent(client, LIST, "customers")
    sent(client, PEOPLE, "contacts")
    double = db.session.scalars(
        select(Customer).where(Customer.name_zh == "海港食品股份有限公司")
    ).one()
    owed(double, "250", now.date(), now)
    ours, theirs = cast.harbour.id, double.id
    db.session.commit()

    client.post("/desk/duplicates/search")
    pair = db.session.scalars(select(DuplicatePair)).one()
    assert "The same name" in client.get(f"/desk/duplicates/{pair.id}").text
    here = f"/desk/duplicates/merge/{ours}/{theirs}"
    versions = client.get(here).text.split('name="versions" type="hidden" value="')[1].split('"')[0]
    client.post(here, data={"versions": versions, "reason": "aus der alten Liste"})

    people = db.session.scalars(select(Contact.name).where(Contact.customer_id == ours))
    assert list(people) == ["周敏"]
    open_ = select(func.sum(Receivable.open_amount)).where(Receivable.customer_id == ours)
    assert db.session.scalar(open_) == Decimal(250)
    old = client.get(f"/desk/customers/{theirs}")
    assert old.location == f"/desk/customers/{ours}"
    sent_again = client.get("/desk/customers?q=股份")
    assert "HARBOUR" in sent_again.text
