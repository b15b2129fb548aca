"""Dangerous acts ask once more who one is; what was entered waits meanwhile and is nobody else's."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from io import BytesIO
from urllib.parse import urljoin, urlsplit

import pytest

from portal.access.permissions import Permission as P
from portal.accounts.models import User
from portal.db.base import db
from portal.db.held import MOST_LETTERS, HeldForm
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from tests.cast import PASSWORD, Cast
from tests.client import CheckingClient

FRESH = {
    "accounts.end_sign_in", "desk_accounts.allow", "desk_accounts.block", "desk_accounts.end_sign_in",
    "desk_accounts.invite", "desk_accounts.remove_second_factor", "desk_accounts.roles",
    "desk_admin.settings_accounts", "desk_admin.settings_look", "desk_api.new", "desk_duplicates.merge",
    "desk_hooks.edit", "desk_hooks.new", "desk_hooks.remove", "desk_hooks.renew", "desk_privacy.copy",
    "desk_privacy.erase", "my_accounts.end_sign_in",
}  # fmt: skip
POWERFUL = {P.USER_EDIT, P.API_EDIT, P.WEBHOOK_EDIT, P.PRIVACY_DO}
"""Whoever holds these can open the house to others: a new address behind one is dangerous until it is named below."""
HARMLESS = {
    "desk_accounts.invite_again": "the link goes to the address that was chosen before",
    "desk_api.revoke": "takes a way in away",
    "desk_hooks.switch_on": "the address was set by somebody fresh",
    "desk_hooks.switch_off": "takes a way out away",
    "desk_hooks.test": "a letter without content to an address that is set",
    "desk_hooks.resend": "the same letter to the same address",
    "desk_hooks.resend_dead": "the same letters to the same address",
    "desk_privacy.new": "writes a person's wish down",
    "desk_privacy.who": "writes down who was made out",
    "desk_privacy.extend": "moves a day",
    "desk_privacy.refuse": "gives nothing out",
    "desk_privacy.corrected": "writes down that it was done",
}
"""Behind the same permissions, and why they do not ask."""


@pytest.fixture(autouse=True)
def in_english(client: CheckingClient) -> None:
    client.set_cookie("lang", "en", domain="portal.test")


@pytest.fixture
def stale(client: CheckingClient, cast: Cast) -> CheckingClient:
    """The administrator, who entered the password an hour ago."""
    return made_stale(client.sign_in(cast.administrator))


def made_stale(client: CheckingClient) -> CheckingClient:
    with client.session_transaction() as session:
        session["fs_paa"] -= 3600
    return client


def prove(client, asked: str):
    """Enter the password on the page that asks for it."""
    page = client.get(asked)
    target = re.search(r'name="next" type="hidden" value="([^"]*)"', page.text)[1]
    return client.post("/verify", data={"password": PASSWORD, "next": html.unescape(target)})


def test_the_dangerous_addresses_ask(app: PortalApp) -> None:
    views = app.view_functions
    assert [name for name in FRESH if not getattr(views[name], "fresh", None)] == []


def test_an_address_that_opens_the_house_asks_or_is_known_to_be_harmless(app: PortalApp) -> None:
    asked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set())
        and getattr(app.view_functions[rule.endpoint], "guard", None) in POWERFUL
        and not hasattr(app.view_functions[rule.endpoint], "fresh")
    }
    assert asked <= HARMLESS.keys()


def test_a_page_asks_for_the_password_says_for_what_and_leads_back(stale, cast: Cast):
    asked = stale.get("/desk/staff/new").headers["Location"]
    assert asked == "/verify?next=/desk/staff/new"
    assert "Invite a member of staff" in stale.get(asked).text
    assert prove(stale, asked).headers["Location"] == "/desk/staff/new"
    assert stale.get("/desk/staff/new").status_code == 200


def test_a_form_is_not_carried_out_and_waits_with_its_entries(stale, cast: Cast):
    number, path = cast.sales.id, f"/desk/staff/{cast.sales.id}"
    back = {"Referer": f"http://portal.test{path}"}
    asked = stale.post(f"{path}/block", data={"reason": "gone <b>"}, headers=back)
    assert db.session.get_one(User, number).active
    page = stale.get(prove(stale, asked.headers["Location"]).headers["Location"]).text
    assert "Block a sign-in" in page and f'action="{path}/block"' in page
    assert 'name="reason" value="gone &lt;b&gt;"' in page and 'name="csrf_token" value="' in page
    assert stale.post(f"{path}/block", data={"reason": "gone <b>"}).headers["Location"] == path
    assert not db.session.get_one(User, number).active


def test_a_field_with_several_values_keeps_them_all(stale, cast: Cast):
    path = f"/desk/staff/{cast.sales.id}/roles"
    asked = stale.post(path, data={"roles": ["sales", "finance"], "version": "1"})
    page = stale.get(prove(stale, asked.headers["Location"]).headers["Location"]).text
    assert re.findall(r'name="roles" value="(\w+)"', page) == ["sales", "finance"]


def test_a_waiting_form_is_shown_to_its_owner_alone_and_for_an_hour(stale, app, cast: Cast, now):
    asked = stale.post(f"/desk/staff/{cast.sales.id}/block", data={"reason": "x"})
    path = asked.headers["Location"].partition("next=")[2]
    other = app.test_client().sign_in(cast.finance)
    assert other.get(path).status_code == 404
    assert stale.get(path).status_code == 200
    with clock.frozen(now + timedelta(minutes=61)):
        assert stale.get(path).status_code == 404
    assert stale.get("/waiting/nonsense").status_code == 404


def test_passwords_are_never_kept(stale, cast: Cast):
    sent = {"reason": "x", "password": "secret", "new_password": "s"}
    stale.post(f"/desk/staff/{cast.sales.id}/block", data=sent)
    assert db.session.query(HeldForm).one().fields == [["reason", "x"]]


def test_a_very_long_form_is_not_kept_but_leads_back(stale, cast: Cast):
    path = f"/desk/staff/{cast.sales.id}"
    sent = {"reason": "x" * MOST_LETTERS}
    asked = stale.post(f"{path}/block", data=sent)
    assert asked.headers["Location"] == "/verify?next=/" and db.session.query(HeldForm).count() == 0


def test_a_file_is_chosen_again_on_the_page_it_stood_on(stale, cast: Cast):
    sent = {"accent": "#225577", "seal": (BytesIO(b"x"), "seal.png")}
    back = {"Referer": "http://portal.test/desk/settings/look"}
    asked = stale.post("/desk/settings/look", data=sent, headers=back)
    assert asked.headers["Location"] == "/verify?next=/desk/settings/look"


def test_a_page_of_another_site_is_no_page_before(stale, cast: Cast):
    sent = {"seal": (BytesIO(b"x"), "seal.png")}
    back = {"Referer": "https://evil.example/desk"}
    asked = stale.post("/desk/settings/look", data=sent, headers=back)
    assert "evil" not in asked.headers["Location"]


def test_a_wrong_password_opens_nothing(stale, cast: Cast):
    asked = stale.get("/desk/staff/new").headers["Location"]
    assert stale.post(asked, data={"password": "wrong one here"}).status_code == 422
    assert stale.get("/desk/staff/new").status_code == 302


def test_whoever_lacks_the_right_is_refused_before_being_asked(client, cast: Cast):
    made_stale(client.sign_in(cast.sales))
    assert client.get("/desk/staff/new").status_code == 403


def test_a_cookie_without_a_time_is_not_fresh(client, cast: Cast):
    client.sign_in(cast.administrator)
    with client.session_transaction() as session:
        session.pop("fs_paa")
    assert client.get("/desk/staff/new").headers["Location"].startswith("/verify")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_page_that_asks_speaks_both_languages_and_keeps_no_script(stale, cast: Cast, locale):
    db.session.execute(User.__table__.update().values(locale=locale))
    db.session.commit()
    page = stale.get(stale.get("/desk/staff/new").headers["Location"])
    assert page.status_code == 200 and f'lang="{locale.replace("_", "-")}"' in page.text


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/x", "/\\evil.example"])
def test_nobody_is_led_to_another_site_after_the_password(stale, cast: Cast, address: str):
    done = stale.post("/verify", data={"password": PASSWORD, "next": address})
    goes_to = urljoin("http://portal.test/", done.headers["Location"])
    assert urlsplit(goes_to).netloc == "portal.test"
