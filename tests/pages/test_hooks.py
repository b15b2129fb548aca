"""Webhooks on their pages: set, tried, looked at, renewed, removed; secrets and addresses are not told."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.hooks.models import HookEndpoint
from portal.jobs import hooks as job
from tests.cast import Cast
from tests.client import CheckingClient
from tests.hooks import ADDRESS, an_endpoint, deliveries

TYPED = {
    "name": "海港 ERP", "kind": "system", "url": ADDRESS, "locale": "zh_CN", "customer_code": "",
    "events": ["request.opened"],
}  # fmt: skip


@pytest.fixture
def admin(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.administrator)


def test_a_new_webhook_shows_its_secret_once_and_is_off(admin: CheckingClient):
    answer = admin.post("/desk/webhooks/new", data=TYPED)
    assert "whsec_" in answer.text and answer.headers["Cache-Control"] == "private, no-store"
    row = db.session.scalars(select(HookEndpoint)).one()
    page = admin.get(f"/desk/webhooks/{row.id}").text
    assert "whsec_" not in page.replace("(&#34;whsec_&#34;)", "") and "key=abc" not in page
    assert not row.is_active and "key=abc" not in row.sealed_url


@pytest.mark.parametrize(("field", "typed", "told"), [
    ("url", "http://erp.example/x", "must begin with https"),
    ("url", "", "Give the address"),
    ("url", "https://10.0.0.8/x", "inside a network"),
    ("url", "https://me:pw@erp.example/x", "no user name"),
    ("events", [], "Choose at least one event"),
    ("customer_code", "NOBODY", "no such customer"),
])  # fmt: skip
def test_a_wrong_entry_is_told_at_its_field(admin: CheckingClient, field: str, typed, told: str):
    answer = admin.post("/desk/webhooks/new", data={**TYPED, field: typed})
    assert answer.status_code == 422 and told in answer.text
    assert db.session.scalar(select(HookEndpoint.id)) is None


def test_what_is_the_houses_own_is_not_offered_to_one_customer(admin: CheckingClient):
    typed = {**TYPED, "customer_code": "harbour", "events": ["opportunity.won"]}
    answer = admin.post("/desk/webhooks/new", data=typed)
    assert answer.status_code == 422 and "for our own systems alone" in answer.text


def test_an_edit_without_an_address_keeps_it(admin: CheckingClient, cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    sealed = row.sealed_url
    typed = {**TYPED, "url": "", "name": "New", "version": row.version}
    answer = admin.post(f"/desk/webhooks/{row.id}/edit", data=typed)
    kept = db.session.scalars(select(HookEndpoint)).one()
    assert answer.status_code == 303 and (kept.name, kept.sealed_url) == ("New", sealed)


def test_the_later_of_two_editors_is_told(admin: CheckingClient, cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    typed = {**TYPED, "url": "", "version": row.version - 1}
    assert admin.post(f"/desk/webhooks/{row.id}/edit", data=typed).status_code == 409


def test_a_test_goes_out_and_stands_in_the_log(admin: CheckingClient, cast: Cast, now: datetime):
    row = an_endpoint(cast, now, on=False)
    admin.post(f"/desk/webhooks/{row.id}/test")
    job.deliver(now, lambda *_: job.Answer(204, "", 12))
    page = admin.get(f"/desk/webhooks/{row.id}").text
    assert "Test of a webhook" in page and "Delivered to the endpoint" in page and "204" in page


def test_what_was_given_up_is_seen_and_sent_again(admin: CheckingClient, cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    admin.post(f"/desk/webhooks/{row.id}/test")
    job.deliver(now, lambda *_: job.Answer(410, "gone", 12))
    dead = deliveries()[0]
    assert "1 delivery was given up" in admin.get("/desk/webhooks").text
    assert "gone" in admin.get(f"/desk/webhooks/deliveries/{dead.id}").text
    assert admin.post(f"/desk/webhooks/{row.id}/resend").status_code == 303
    assert (deliveries()[0].state, deliveries()[0].message_id) == ("pending", dead.message_id)


def test_one_delivery_is_sent_again(admin: CheckingClient, cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    admin.post(f"/desk/webhooks/{row.id}/test")
    job.deliver(now, lambda *_: job.Answer(200, "", 1))
    admin.post(f"/desk/webhooks/deliveries/{deliveries()[0].id}/resend")
    assert deliveries()[0].state == "pending"


def test_a_webhook_is_switched_off_and_on(admin: CheckingClient, cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    admin.post(f"/desk/webhooks/{row.id}/off")
    assert "Webhook off" in admin.get("/desk/webhooks").text
    admin.post(f"/desk/webhooks/{row.id}/on")
    assert "Webhook on" in admin.get("/desk/webhooks").text


def test_a_new_secret_is_shown_and_the_old_one_ends(
    admin: CheckingClient, cast: Cast, now: datetime
):
    row = an_endpoint(cast, now)
    answer = admin.post(f"/desk/webhooks/{row.id}/secret")
    assert "whsec_" in answer.text and row.secret_shown not in answer.text
    kept = db.session.get_one(HookEndpoint, row.id).secrets
    assert [each.valid_until is None for each in kept] == [True, False]


def test_a_webhook_is_removed_and_the_history_keeps_it(
    admin: CheckingClient, cast: Cast, now: datetime
):
    row = an_endpoint(cast, now)
    admin.post(f"/desk/webhooks/{row.id}/test")
    admin.post(f"/desk/webhooks/{row.id}/remove")
    assert db.session.scalar(select(HookEndpoint.id)) is None and deliveries() == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "hook.removed")).one()
    assert entry.before["name"] == "ERP" and "key=abc" not in str(entry.before)


def test_an_auditor_looks_and_changes_nothing(client: CheckingClient, cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    client.sign_in(cast.auditor)
    assert "Send a test" not in client.get(f"/desk/webhooks/{row.id}").text
    assert client.post(f"/desk/webhooks/{row.id}/test").status_code == 403
    client.sign_in(cast.sales)
    assert client.get("/desk/webhooks").status_code == 403
