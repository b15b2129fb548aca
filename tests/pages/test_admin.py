"""The administrator's pages: policy, history, health, settings."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from markupsafe import escape
from PIL import Image
from sqlalchemy import select, update

from portal.access.labels import PERMISSION_LABELS, ROLE_LABELS
from portal.access.permissions import Permission
from portal.accounts.models import User
from portal.admin.models import Heartbeat
from portal.admin.queries import signs
from portal.billing.queries.limits import dispute_limit
from portal.cli.audit import audit as audit_commands
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_on_paper
from portal.receivables.queries.ageing_columns import ageing_bounds
from portal.web.flask_app import PortalApp
from tests.cast import Cast, viewer

NAMES = {"name_zh": "远港国际物流", "name_en": "Farhaven", "currency": "CNY", "version": "1"}


@pytest.fixture
def boss(client, cast: Cast):
    return client.sign_in(cast.administrator)


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 100)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "#0b5c6b").save(out, kind)
    out.seek(0)
    return out


def step(cast: Cast, now: datetime, reason: str | None = None) -> AuditEntry:
    user = db.session.get_one(User, cast.sales.id)
    entry = audit.record(viewer(cast.administrator), "user.reactivated", user, now, reason=reason)
    db.session.commit()
    return entry


def test_the_policy_page_shows_every_role_and_every_right_that_somebody_holds(boss):
    page = boss.get("/desk/policy").text
    assert all(str(label) in page for label in ROLE_LABELS.values())
    missing = [each for each in Permission if str(escape(str(PERMISSION_LABELS[each]))) not in page]
    assert missing == []


def test_every_role_may_read_who_can_do_what(client, cast: Cast):
    assert client.sign_in(cast.finance).get("/desk/policy").status_code == 200


@pytest.mark.parametrize("who", ["sales", "finance", "catalogue_manager"])
@pytest.mark.parametrize("url", ["/desk/audit", "/desk/health", "/desk/settings"])
def test_history_health_and_settings_are_not_everybodys(client, cast: Cast, who: str, url: str):
    assert client.sign_in(getattr(cast, who)).get(url).status_code == 403


def test_the_history_is_found_by_step_person_and_record(boss, cast: Cast, now: datetime):
    entry = step(cast, now, "back from leave")
    number, user = entry.id, entry.subject_id
    assert "back from leave" in boss.get("/desk/audit").text
    assert "back from leave" in boss.get("/desk/audit?event=user.reactivated").text
    assert "back from leave" in boss.get(f"/desk/audit?q=user+{user}").text
    assert "back from leave" not in boss.get("/desk/audit?event=user.invited").text
    assert "back from leave" not in boss.get("/desk/audit?about=tariff").text
    assert boss.get(f"/desk/audit/{number}").status_code == 200


def test_the_history_is_read_in_pages_with_a_constant_number_of_queries(boss, cast, now: datetime):
    for minute in range(60):
        step(cast, now + timedelta(minutes=minute))
    page = boss.get("/desk/audit")
    assert 'rel="next"' in page.text and len(boss.queries) <= 6


def test_a_reason_with_markup_is_printed_as_text(boss, cast: Cast, now: datetime):
    entry = step(cast, now, "<script>alert(1)</script> {{ 7*7 }}")
    page = boss.get(f"/desk/audit/{entry.id}").text
    assert "&lt;script&gt;" in page and "{{ 7*7 }}" in page


def test_a_changed_entry_is_found_by_the_check(boss, cast: Cast, now: datetime):
    number = step(cast, now, "true reason").id
    assert "chain is whole" in boss.get(boss.post("/desk/audit/check").headers["Location"]).text
    db.session.execute(update(AuditEntry).values(reason="another reason"))
    db.session.commit()
    page = boss.get(boss.post("/desk/audit/check").headers["Location"]).text
    assert f"Entry {number} was changed" in page


def test_the_command_says_whether_the_chain_is_whole(app: PortalApp, cast: Cast, now: datetime):
    runner = app.test_cli_runner()
    step(cast, now)
    assert runner.invoke(audit_commands, ["verify"]).exit_code == 0
    db.session.execute(update(AuditEntry).values(actor_name="Nobody"))
    db.session.commit()
    assert runner.invoke(audit_commands, ["verify"]).exit_code == 1


def tones(now: datetime, app: PortalApp) -> dict[str, str]:
    return {str(sign.name): sign.tone for sign in signs(now, app.config["INSTANCE"])}


def test_health_tells_a_worker_that_is_silent(app: PortalApp, database: None, now: datetime):
    assert tones(now, app)["Worker"] == "bad"
    db.session.add(Heartbeat(job="backup", at=now - timedelta(minutes=4)))
    assert tones(now, app)["Worker"] == "bad"
    db.session.add(Heartbeat(job="alive", at=now - timedelta(minutes=4)))
    assert tones(now, app)["Worker"] == "good"
    assert tones(now + timedelta(minutes=10), app)["Worker"] == "bad"


def test_health_tells_mail_that_waits_or_was_given_up(
    app: PortalApp, database: None, now: datetime
):
    assert tones(now, app)["Outgoing mail"] == "good"
    post_mail("a@b.example", "password_changed", {}, locale="en", key="k", now=now)
    db.session.flush()
    assert tones(now + timedelta(minutes=20), app)["Outgoing mail"] == "warn"
    db.session.execute(update(OutboxMessage).values(state="dead"))
    assert tones(now, app)["Outgoing mail"] == "bad"


def test_health_tells_a_secret_that_others_may_read(app: PortalApp, database: None, now: datetime):
    path = app.config["INSTANCE"] / "secret_key"
    path.write_text("x" * 40)
    path.chmod(0o644)
    assert tones(now, app)["Secret key"] == "bad"
    path.chmod(0o600)
    assert tones(now, app)["Secret key"] == "good"
    path.unlink()


def test_health_tells_that_the_papers_typefaces_are_there(app: PortalApp, database: None, now):
    assert tones(now, app)["Typefaces of papers"] == "good"


def test_a_mail_that_was_given_up_is_tried_again_from_the_health_page(boss, now: datetime):
    post_mail("a@b.example", "password_changed", {}, locale="en", key="k", now=now)
    db.session.execute(update(OutboxMessage).values(state="dead", tries=8))
    db.session.commit()
    number = db.session.scalars(select(OutboxMessage.id)).one()
    page = boss.get("/desk/health").text
    assert "a@b.example" in page and f'href="/desk/letters/{number}"' in page
    assert "password_changed" not in page
    boss.post(f"/desk/health/mail/{number}")
    row = db.session.get_one(OutboxMessage, number)
    assert (row.state, row.tries) == ("pending", 0)
    assert boss.post(f"/desk/health/mail/{number}").status_code == 409


def test_the_firms_name_is_on_every_page_once_it_is_set(boss):
    assert boss.post("/desk/settings", data=NAMES).headers["Location"] == "/desk/settings"
    assert "Farhaven" in boss.get("/desk/").text
    boss.post("/logout")
    assert "远港国际物流" in boss.get("/login").text


@pytest.mark.parametrize(("change", "says"), [
    ({"name_zh": ""}, "This field is required"),
    ({"credit_code": "91310000MA1FL0000A"}, "wrong"),
    ({"currency": "XXX"}, "Not a valid choice"),
    ({"email": "nonsense"}, "Invalid email address"),
    ({"name_zh": "x" * 200}, "120"),
])  # fmt: skip
def test_a_wrong_setting_is_told_at_its_field_and_the_rest_kept(boss, change, says: str):
    page = boss.post("/desk/settings", data={**NAMES, "phone": "021-5555", **change})
    assert page.status_code == 422 and "021-5555" in page.text
    assert db.session.get(FirmProfile, 1) is None


def test_the_later_of_two_administrators_is_told_who_was_quicker_and_may_send_it_again(boss):
    boss.post("/desk/settings", data=NAMES)
    boss.post("/desk/settings", data={**NAMES, "version": "1", "phone": "11"})
    page = boss.post("/desk/settings", data={**NAMES, "version": "1", "phone": "22"})
    assert page.status_code == 422 and "Admin changed the settings" in page.text
    assert re.search(r'name="phone"[^>]* value="22"', page.text)
    stands = re.search(r'name="version"[^>]* value="(\d+)"', page.text)
    assert stands
    boss.post("/desk/settings", data={**NAMES, "version": stands[1], "phone": "22"})
    assert db.session.get_one(FirmProfile, 1).phone == "22"


def test_the_auditor_reads_the_settings_and_changes_nothing(client, cast: Cast):
    client.sign_in(cast.auditor)
    page = client.get("/desk/settings")
    assert page.status_code == 200 and "You may read the settings" in page.text
    assert client.post("/desk/settings", data=NAMES).status_code == 403


def test_logo_and_seal_are_drawn_anew_and_printed(app: PortalApp, boss):
    data = {
        "accent": "#7a1f3d",
        "logo": (picture(), "a.png"),
        "seal": (picture("JPEG"), "b.jpg"),
        "version": "1",
    }
    assert boss.post("/desk/settings/look", data=data).status_code == 302
    page = boss.get("/desk/settings/look").text
    url = page.split('rel="icon" href="')[1].split('"')[0]
    assert (
        boss.get(url).mimetype == "image/png"
        and boss.get("/desk/settings/seal.png").status_code == 200
    )
    paper = firm_on_paper()
    assert paper.logo and paper.seal and paper.colours.accent == "#7a1f3d"
    assert "--accent: #7a1f3d" in boss.get("/firm/accent-7a1f3d.css").text


@pytest.mark.parametrize(("body", "name"), [
    (b"<svg onload=alert(1)>", "logo.png"), (b"%PDF-1.7", "logo.png"),
    (b"\x89PNG\r\n\x1a\nbroken", "logo.png"), (b"", "empty.png"),
])  # fmt: skip
def test_what_is_no_picture_is_refused_whatever_its_name(boss, body: bytes, name: str):
    data = {"accent": "#7a1f3d", "logo": (io.BytesIO(body), name), "version": "1"}
    answer = boss.post("/desk/settings/look", data=data)
    assert answer.status_code == 422
    assert not ((db.session.get(FirmProfile, 1) or FirmProfile(look={})).look or {}).get("logo")


@pytest.mark.parametrize("accent", ["red", "#12", "#12345g", "#000000;}body{}", ""])
def test_a_colour_is_six_hexadecimal_figures(boss, accent: str):
    assert (
        boss.post("/desk/settings/look", data={"accent": accent, "version": "1"}).status_code == 422
    )


def test_a_picture_or_sheet_that_is_not_the_present_one_is_not_found(boss):
    for url in (
        "/firm/logo/0123456789abcdef.png",
        "/firm/accent-ffffff.css",
        "/desk/settings/seal.png",
    ):
        assert boss.get(url).status_code == 404


def account(row: int, **more: str) -> dict[str, str]:
    values = {
        "holder_zh": "远港",
        "bank_zh": "中国银行",
        "number": f"6222 {row}",
        "currency": "CNY",
        **more,
    }
    return {f"accounts-{row}-{name}": value for name, value in values.items()}


def test_bank_accounts_are_kept_in_order_and_empty_rows_dropped(app: PortalApp, boss):
    data = {
        **account(0),
        **account(1, currency="USD"),
        "accounts-2-currency": "CNY",
        "version": "1",
    }
    assert boss.post("/desk/settings/accounts", data=data).status_code == 302
    assert [a.currency for a in firm_on_paper().accounts] == ["CNY", "USD"]
    assert boss.get("/desk/settings/accounts").text.count("<fieldset") == 3


def test_an_account_without_a_number_is_told_with_its_row(boss):
    page = boss.post(
        "/desk/settings/accounts", data={**account(0), **account(1, number=""), "version": "1"}
    )
    assert page.status_code == 422 and "Account 2:" in page.text


QUOTING = {
    "valid_days": "30",
    "number_prefix": "fh",
    "language": "zh_en",
    "floor_margin_percent": "4.5",
    "version": "1",
}


def test_quotation_defaults_and_texts_are_kept_in_the_order_of_their_places(boss):
    texts = {
        "terms-0-place": "2",
        "terms-0-zh": "第二",
        "terms-1-place": "1",
        "terms-1-zh": "第一",
        "terms-1-en": "First",
    }
    assert boss.post("/desk/settings/quotations", data={**QUOTING, **texts}).status_code == 302
    assert 'value="4.5"' in boss.get("/desk/settings/quotations").text
    profile = db.session.get_one(FirmProfile, 1)
    assert profile.texts == [{"zh": "第一", "en": "First"}, {"zh": "第二", "en": ""}]
    assert profile.quoting == {
        "valid_days": 30, "number_prefix": "FH", "language": "zh_en", "floor_margin_percent": "4.5",
    }  # fmt: skip


@pytest.mark.parametrize("change", [
    {"valid_days": "0"}, {"valid_days": "181"}, {"valid_days": "many"}, {"number_prefix": "9A"}, {"number_prefix": ""},
    {"language": "fr"}, {"floor_margin_percent": "101"}, {"floor_margin_percent": "-1"}, {"floor_margin_percent": "x"},
    {"terms-0-en": "English alone"}, {"terms-0-zh": "长" * 2000},
])  # fmt: skip
def test_quotation_defaults_out_of_range_are_refused(boss, change):
    assert boss.post("/desk/settings/quotations", data={**QUOTING, **change}).status_code == 422
    assert db.session.get(FirmProfile, 1) is None or not db.session.get_one(FirmProfile, 1).quoting


def test_the_limit_up_to_which_one_person_grants_is_kept_exactly(boss):
    assert 'value="1000"' in boss.get("/desk/settings/billing").text
    kept = {"dispute_limit": "1,500.50", "ageing_days": "365", "version": "1"}
    assert boss.post("/desk/settings/billing", data=kept).status_code == 302
    assert 'value="1500.50"' in boss.get("/desk/settings/billing").text
    assert db.session.get_one(FirmProfile, 1).billing == {
        "dispute_limit": "1500.50",
        "ageing_days": 365,
    }
    assert (dispute_limit(), ageing_bounds()) == (Decimal("1500.5"), (30, 60, 90, 180, 365))


@pytest.mark.parametrize("days", ["30", "366", "many"])
def test_the_columns_of_ages_end_where_they_may(boss, days):
    kept = {"dispute_limit": "10", "ageing_days": days, "version": "1"}
    assert boss.post("/desk/settings/billing", data=kept).status_code == 422
    assert ageing_bounds() == (30, 60, 90)


@pytest.mark.parametrize("typed", ["", "-1", "1000000.01", "many", "1.23456"])
def test_a_limit_out_of_range_is_refused(boss, typed):
    kept = {"dispute_limit": typed, "ageing_days": "90", "version": "1"}
    assert boss.post("/desk/settings/billing", data=kept).status_code == 422
    assert db.session.get(FirmProfile, 1) is None or not db.session.get_one(FirmProfile, 1).billing


def test_each_change_of_the_settings_is_in_the_history(boss):
    boss.post("/desk/settings", data=NAMES)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.event == "firm.changed" and entry.after["name_zh"] == "远港国际物流"
