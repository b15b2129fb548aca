"""The customer's side: its own users, switching, and nothing of anybody else's."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.access.permissions import Power
from portal.customers.models import Customer, Membership
from portal.db.base import db
from tests.cast import EVERY_POWER, Cast, customer, member
from tests.client import CheckingClient

SEE = {"powers": ["see_quotations"]}


@pytest.fixture
def lin(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.lin)


def settle() -> None:
    """Commit, and keep every row readable when a request has closed the session."""
    db.session.commit()
    for row in list(db.session):
        db.session.refresh(row)


def place(user_id: int) -> Membership:
    return db.session.query(Membership).filter_by(user_id=user_id).order_by(Membership.id).first()  # type: ignore[return-value]


def test_an_administrator_sees_the_own_users_and_no_others(lin: CheckingClient) -> None:
    page = lin.get("/my/users").text
    assert "Lin Xiaowen" in page and "Clerk Ho" in page and "Erik" not in page
    assert len(lin.queries) <= 6


def test_somebody_without_the_power_is_told_so(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.clerk)
    mine = place(cast.clerk.id).id
    pages = ["/my/users", "/my/users/new", f"/my/users/{mine}"]
    assert {client.get(url).status_code for url in pages} == {403}
    assert client.post(f"/my/users/{mine}", data={"powers": ["administer"]}).status_code == 403


def test_a_colleague_is_invited_and_gets_powers(lin: CheckingClient, cast: Cast) -> None:
    form = {"name": "周平", "email": "zhou@harbour.cn", "locale": "zh_CN", **SEE}
    assert lin.post("/my/users/new", data=form).status_code == 302
    page = lin.get("/my/users").text
    assert "zhou@harbour.cn" in page and "Invited" in page
    new = db.session.query(Membership).order_by(Membership.id.desc()).first()
    assert new is not None and new.customer_id == cast.harbour.id
    assert lin.post(f"/my/users/{new.id}/invite").status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "nowhere"}, "not a mail address"),
        ({"email": ""}, "required"),
        ({"email": "clerk.ho@harbour.example"}, "user of this customer already"),
        ({"powers": []}, "at least one power"),
        ({"powers": ["rule_the_world"]}, "not a valid choice"),
        ({"ends_on": "2026-03-01"}, "This day is past"),
        ({"ends_on": "tomorrow"}, "Not a valid date"),
    ],
)
def test_a_wrong_invitation_is_told_at_its_field(
    lin: CheckingClient, typed: dict[str, object], said: str
) -> None:
    form = {"name": "周 <平>", "email": "zhou@harbour.cn", "locale": "en", **SEE, **typed}
    response = lin.post("/my/users/new", data=form)
    assert response.status_code == 422
    assert said in response.text and "周 &lt;平&gt;" in response.text


def test_an_invitation_for_another_customer_is_not_sent(lin: CheckingClient, cast: Cast) -> None:
    form = {"name": "X", "email": "x@y.cn", "locale": "en", **SEE, "customer_id": cast.nordwind.id}
    lin.post("/my/users/new", data=form)
    assert db.session.query(Membership).filter_by(customer_id=cast.nordwind.id).count() == 1


def test_powers_are_changed_and_access_is_ended(lin: CheckingClient, cast: Cast) -> None:
    url = f"/my/users/{place(cast.clerk.id).id}"
    assert "Clerk Ho" in lin.get(url).text
    lin.post(url, data={"powers": ["book", "see_bills"], "version": "1"})
    assert place(cast.clerk.id).power_set == {Power.BOOK, Power.SEE_BILLS}
    assert lin.post(f"{url}/end").status_code == 302
    assert lin.get(url).status_code == 404


def test_a_stale_edit_of_powers_is_told(lin: CheckingClient, cast: Cast) -> None:
    url = f"/my/users/{place(cast.clerk.id).id}"
    lin.post(url, data={"powers": ["book"], "version": "1"})
    refused = lin.post(url, data={"powers": ["see_bills"], "version": "1"})
    assert refused.status_code == 422 and "Lin Xiaowen saved this" in refused.text
    assert place(cast.clerk.id).power_set == {Power.BOOK}


def test_the_last_administrator_keeps_the_power(lin: CheckingClient, cast: Cast) -> None:
    url = f"/my/users/{place(cast.lin.id).id}"
    refused = lin.post(url, data={**SEE, "version": "1"})
    assert refused.status_code == 422 and "Somebody must be left" in refused.text
    assert lin.post(f"{url}/end").status_code == 422


def test_who_gives_up_administering_lands_at_home(lin: CheckingClient, cast: Cast) -> None:
    place(cast.clerk.id).powers = sorted(EVERY_POWER)
    settle()
    response = lin.post(f"/my/users/{place(cast.lin.id).id}", data={**SEE, "version": "1"})
    assert response.headers["Location"] == "/"


def test_another_customer_s_user_is_not_found_at_any_address(
    lin: CheckingClient, cast: Cast
) -> None:
    foreign = f"/my/users/{place(cast.erik.id).id}"
    assert lin.get(foreign).status_code == 404
    steps = [foreign, f"{foreign}/end", f"{foreign}/invite"]
    assert {lin.post(url, data=SEE).status_code for url in steps} == {404}
    assert place(cast.erik.id).power_set == EVERY_POWER


def branches(cast: Cast, *codes: str) -> list[Customer]:
    harbour = db.session.merge(cast.harbour)
    harbour.kind = "group"
    db.session.flush()
    found = [customer(c, f"海港{c}", "", kind="branch", parent_id=harbour.id) for c in codes]
    settle()
    return found


def test_a_branch_s_administrator_manages_that_branch_alone(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    east, west = branches(cast, "EAST", "WEST")
    boss, other = (
        member(name, of, EVERY_POWER, now) for name, of in (("Bo East", east), ("Bo West", west))
    )
    settle()
    client.sign_in(boss)
    page = client.get("/my/users").text
    assert "Bo East" in page and "Bo West" not in page and "Lin" not in page
    for user in (other, cast.lin):
        url = f"/my/users/{place(user.id).id}"
        assert (client.get(url).status_code, client.post(f"{url}/end").status_code) == (404, 404)


def test_a_group_s_administrator_with_all_branches_invites_for_any_of_them(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    (east,) = branches(cast, "EAST")
    place(cast.lin.id).covers_branches = True
    settle()
    client.sign_in(cast.lin)
    form = {
        "name": "周平",
        "email": "zhou@harbour.cn",
        "locale": "en",
        **SEE,
        "customer_id": east.id,
    }
    assert client.post("/my/users/new", data=form).status_code == 302
    page = client.get("/my/users").text
    assert "海港EAST" in page and "zhou@harbour.cn" in page
    assert (
        client.post("/my/users/new", data={**form, "customer_id": cast.nordwind.id}).status_code
        == 422
    )


def test_a_reach_that_the_form_does_not_show_stays_what_it_is(
    client: CheckingClient, cast: Cast
) -> None:
    branches(cast, "EAST")
    place(cast.clerk.id).covers_branches = True
    settle()
    client.sign_in(cast.lin)
    url = f"/my/users/{place(cast.clerk.id).id}"
    assert "covers_branches" not in client.get(url).text
    version = str(place(cast.clerk.id).version)
    assert client.post(url, data={"powers": ["book"], "version": version}).status_code == 302
    assert place(cast.clerk.id).covers_branches and place(cast.clerk.id).power_set == {Power.BOOK}


def test_somebody_with_two_customers_switches_and_sees_the_other_s(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    db.session.add(
        Membership(
            user_id=cast.lin.id,
            customer_id=cast.nordwind.id,
            powers=sorted(EVERY_POWER),
            created_at=now,
        )
    )
    settle()
    client.sign_in(cast.lin)
    assert "Erik" not in client.get("/my/users").text
    assert client.post("/my/customer", data={"customer_id": cast.nordwind.id}).status_code == 302
    assert "Erik" in client.get("/my/users").text


@pytest.mark.parametrize("wrong", ["nordwind", "nothing", "words"])
def test_switching_to_a_customer_without_a_place_there_is_not_found(
    lin: CheckingClient, cast: Cast, wrong: str
) -> None:
    chosen = {"nordwind": cast.nordwind.id, "nothing": "", "words": "x' OR 1"}[wrong]
    assert lin.post("/my/customer", data={"customer_id": chosen}).status_code == 404
    assert "Erik" not in lin.get("/my/users").text


def test_a_customer_set_inactive_lets_nobody_in(lin: CheckingClient, cast: Cast) -> None:
    db.session.merge(cast.harbour).active = False
    settle()
    assert lin.get("/my/users").status_code == 403
