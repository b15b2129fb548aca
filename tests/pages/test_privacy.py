"""The register at the desk, one's own data, and the days of keeping."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.calls.models import Call
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.privacy.models import PrivacyRequest, RetentionRule
from portal.privacy.rules.kinds import Asked, PersonKind
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import keep
from tests.privacy import EMAIL, NAME, a_contact, a_known_contact, asked, of
from tests.service import a_request


@pytest.fixture
def boss(client: CheckingClient, cast: Cast) -> CheckingClient:
    """The administrator at the desk."""
    return client.sign_in(cast.administrator)


def read(body: bytes) -> dict[str, str]:
    """Name → text of each file of a ZIP."""
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}


def latest() -> PrivacyRequest:
    db.session.expire_all()
    return db.session.scalars(select(PrivacyRequest).order_by(PrivacyRequest.id.desc())).first()  # type: ignore[return-value]


def test_a_request_is_written_down_and_its_days_count(boss: CheckingClient, cast: Cast) -> None:
    assert "Nobody has asked yet" in boss.get("/desk/privacy").text
    form = {"kind": "erasure", "name": NAME, "asked_on": "2026-03-02"}
    there = boss.post("/desk/privacy/new", data=form).headers["Location"]
    assert latest().due_on == date(2026, 3, 23) and NAME in boss.get(there).text
    assert latest().number in boss.get("/desk/privacy?state=open").text


def test_a_request_without_a_name_is_told_at_its_field(boss: CheckingClient) -> None:
    page = boss.post("/desk/privacy/new", data={"kind": "erasure", "name": ""})
    assert page.status_code == 422


def test_from_the_search_to_the_erasure(boss: CheckingClient, cast: Cast, now: datetime) -> None:
    contact, url = a_known_contact(cast, now).id, f"/desk/privacy/{asked(cast, now).id}"
    keep(cast)
    found = boss.get(f"{url}?q={NAME}").text
    assert f'value="contact:{contact}"' in found and EMAIL in found
    who = {"about": [f"contact:{contact}"], "proof": "called", "note": "回电"}
    page = boss.get(boss.post(f"{url}/who", data=who).headers["Location"]).text
    assert "Service requests" in page and "Erased person" in page
    assert boss.post(f"{url}/erase").status_code == 303
    done = boss.get(url).text
    assert "What came of it" in done and NAME not in done
    assert audit.first_broken_link() is None


def test_who_it_is_must_be_said_with_a_proof(
    boss: CheckingClient, cast: Cast, now: datetime
) -> None:
    contact, url = a_contact(cast, now).id, f"/desk/privacy/{asked(cast, now).id}"
    keep(cast)
    page = boss.post(f"{url}/who", data={"about": [f"contact:{contact}"], "proof": ""})
    assert page.status_code == 422 and "made sure" in page.text


def test_the_copy_is_readable_in_both_languages(
    boss: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = asked(cast, now, of(a_known_contact(cast, now), PersonKind.CONTACT), kind=Asked.EXPORT)
    keep(cast)
    answer = boss.post(f"/desk/privacy/{row.id}/copy")
    files = read(answer.data)
    assert answer.mimetype == "application/zip" and latest().state == "done"
    told = json.loads(files["data.json"])["tables"]
    assert told["contact"][0]["note"] == "爱喝茶" and told["call"][0]["number"]
    assert NAME in files["zh/contact.csv"] and "The data of" in files["en/index.html"]
    assert 'lang="zh-CN"' in files["zh/index.html"]


def test_nothing_of_others_is_in_the_copy(boss: CheckingClient, cast: Cast, now: datetime) -> None:
    a_contact(cast, now, name="李四", phone="13911112222", email="li@harbour.example")
    row = asked(cast, now, of(a_contact(cast, now), PersonKind.CONTACT), kind=Asked.EXPORT)
    keep(cast)
    files = read(boss.post(f"/desk/privacy/{row.id}/copy").data)
    assert not [name for name, text in files.items() if "李四" in text or "13911112222" in text]


def test_who_only_noted_a_call_gets_the_note_and_not_the_caller(
    boss: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_known_contact(cast, now)
    call = db.session.scalars(select(Call)).one()
    call.handled_by, call.text = cast.sales.id, "客户问舱位"
    row = asked(cast, now, of(cast.sales, PersonKind.USER), kind=Asked.EXPORT)
    keep(cast)
    told = json.loads(read(boss.post(f"/desk/privacy/{row.id}/copy").data)["data.json"])["tables"]
    noted = told["call"][0]
    assert noted["text"] == "客户问舱位"
    assert (noted["caller_name"], noted["number"]) == (None, None)


def test_a_request_is_refused_or_extended_with_a_reason(
    boss: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = asked(cast, now)
    keep(cast)
    boss.post(f"/desk/privacy/{row.id}/extend", data={"until": "2026-04-30", "why": "many tables"})
    assert latest().due_on == date(2026, 4, 30)
    boss.post(f"/desk/privacy/{row.id}/extend", data={"until": "2026-09-30", "why": "more"})
    assert latest().due_on == date(2026, 4, 30)
    boss.post(f"/desk/privacy/{row.id}/refuse", data={"why": " "})
    assert latest().state == "open"
    boss.post(f"/desk/privacy/{row.id}/refuse", data={"why": "Not the person"})
    assert (latest().state, latest().answer) == ("refused", "Not the person")


def test_a_correction_says_what_was_put_right(
    boss: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = asked(cast, now, kind=Asked.CORRECTION)
    keep(cast)
    boss.post(f"/desk/privacy/{row.id}/corrected", data={"what": "Telephone of the contact"})
    assert latest().state == "done"


@pytest.mark.parametrize("who", ["sales", "finance", "customer_service"])
def test_the_register_is_not_everybodys(client: CheckingClient, cast: Cast, who: str) -> None:
    client.sign_in(getattr(cast, who))
    for url in ("/desk/privacy", "/desk/privacy/new", "/desk/privacy/retention"):
        assert client.get(url).status_code == 403


def test_an_auditor_looks_and_changes_nothing(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = asked(cast, now, of(a_contact(cast, now), PersonKind.CONTACT))
    keep(cast)
    client.sign_in(cast.auditor)
    assert client.get(f"/desk/privacy/{row.id}/preview").status_code == 200
    assert client.post(f"/desk/privacy/{row.id}/erase").status_code == 403
    assert client.post("/desk/privacy/retention", data={"days-calls": "200"}).status_code == 403


def test_a_customers_user_fetches_the_own_data_at_once(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_request(cast, now, by=viewer(cast.lin), title="我的问题")
    keep(cast)
    client.sign_in(cast.lin)
    assert "My data" in client.get("/account").text
    assert client.get("/account/data").status_code == 200
    answer = client.post("/account/data/copy")
    files = read(answer.data)
    told = json.loads(files["data.json"])["tables"]
    assert told["user"][0]["email"] == cast.lin.email and "password" not in told["user"][0]
    assert told["service_request"][0]["title"] == "我的问题"
    assert "Erik Nord" not in files["data.json"] and "Clerk Ho" not in files["data.json"]


def test_a_customers_user_asks_for_erasure_and_administrators_are_told(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    client.sign_in(cast.lin)
    assert client.post("/account/data", data={"kind": "erasure", "text": ""}).status_code == 303
    row = latest()
    assert row.standings == (of(cast.lin, PersonKind.USER),) and row.proof == "signed_in"
    letters = db.session.scalars(
        select(OutboxMessage.recipient).where(OutboxMessage.template == "privacy_staff")
    )
    assert list(letters) == [cast.administrator.email]
    assert row.number in client.get("/account/data").text
    again = client.post("/account/data", data={"kind": "erasure", "text": ""})
    assert again.status_code == 422 and "already" in again.text


def test_an_erased_user_is_signed_out(client: CheckingClient, cast: Cast, now: datetime) -> None:
    row = asked(cast, now, of(cast.clerk, PersonKind.USER))
    keep(cast)
    client.sign_in(cast.administrator).post(f"/desk/privacy/{row.id}/erase")
    db.session.expire_all()
    assert not db.session.get_one(User, cast.clerk.id).active


def test_the_days_of_keeping_are_set_within_their_bounds(boss: CheckingClient, cast: Cast) -> None:
    assert "Accounting Archives Measures 14, 15" in boss.get("/desk/privacy/retention").text
    assert boss.post("/desk/privacy/retention", data={"days-calls": "200"}).status_code == 303
    assert (
        db.session.scalars(select(RetentionRule.days).where(RetentionRule.kind == "calls")).one()
        == 200
    )
    wrong = boss.post("/desk/privacy/retention", data={"days-calls": "2"})
    assert wrong.status_code == 422
