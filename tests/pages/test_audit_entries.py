"""An entry of the history as its reader sees it: in words, by the record's number, with the way to it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask_babel import force_locale

from portal.accounts.models import User
from portal.admin.lists import record_name
from portal.customers.models import Customer
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import Base, db
from portal.web.flask_app import PortalApp
from tests.cast import Cast, viewer


@pytest.fixture
def boss(client, cast: Cast):
    return client.sign_in(cast.administrator)


def test_no_record_of_the_history_goes_by_the_name_of_its_table(app: PortalApp):
    with app.test_request_context(), force_locale("en"):
        said = [
            record_name(AuditEntry(subject_type=each, subject_id=7))
            for each in Base.metadata.tables
        ]
    assert [words for words in said if "_" in words] == []
    assert "Version of a quotation 7" in said


def test_an_entry_names_its_record_by_number_leads_to_it_and_tells_fields_in_words(
    boss, cast: Cast, now: datetime
):
    customer = db.session.get_one(Customer, cast.harbour.id)
    told = {"currency": "USD", "short_name": "Harbour"}
    entry = audit.record(viewer(cast.administrator), "customer.created", customer, now, after=told)
    code, where = customer.code, f"/desk/customers/{customer.id}"
    db.session.commit()
    page = boss.get(f"/desk/audit/{entry.id}").text
    assert f"Customer {code}" in page and f'href="{where}"' in page
    assert "Short name" in page and "short_name" not in page


def test_a_customers_user_leads_to_no_page_of_staff(boss, cast: Cast, now: datetime):
    user = db.session.get_one(User, cast.lin.id)
    entry = audit.record(viewer(cast.administrator), "user.reactivated", user, now)
    number, where = entry.id, f"/desk/staff/{user.id}"
    db.session.commit()
    assert where not in boss.get(f"/desk/audit/{number}").text
