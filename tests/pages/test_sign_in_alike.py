"""Known or unknown, an address gets the same answer after the same work: passwords hashed are counted, not seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from passlib.context import CryptContext

from portal.access.permissions import Role
from portal.accounts.sign_in import security
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.cast import PASSWORD, Cast, staff

STRANGER = "nobody@farhaven.example"


@pytest.fixture
def hashed(app: PortalApp, monkeypatch) -> Callable[[], int]:
    """How often a password was hashed, or held against a hash, since it was asked last."""
    done: list[str] = []
    for name in ("hash", "verify"):
        plain = getattr(CryptContext, name)

        def counted(self, *args, plain=plain, name=name, **kwargs):  # type: ignore[no-untyped-def]
            if self is security.pwd_context:
                done.append(name)
            return plain(self, *args, **kwargs)

        monkeypatch.setattr(CryptContext, name, counted)

    def count() -> int:
        number = len(done)
        done.clear()
        return number

    return count


@pytest.fixture
def addresses(cast: Cast) -> dict[str, str]:
    """One of each kind of person."""
    blocked, invited = staff("Gone Away", Role.SALES), staff("New Person", Role.SALES)
    blocked.active, invited.password = False, None
    db.session.commit()
    return {
        "staff": cast.sales.email,
        "customer": cast.lin.email,
        "blocked": blocked.email,
        "invited": invited.email,
        "stranger": STRANGER,
    }


@pytest.mark.parametrize("who", ["staff", "customer", "blocked", "invited", "stranger"])
def test_a_wrong_password_costs_one_hash_whoever_is_tried(client, addresses, hashed, who: str):
    hashed()
    page = client.post("/login", data={"email": addresses[who], "password": "wrong one here"})
    assert (page.status_code, hashed()) == (422, 1)


def test_the_right_one_of_somebody_blocked_costs_and_says_the_same(client, addresses, hashed):
    hashed()
    told = []
    for who, password in (
        ("blocked", PASSWORD),
        ("stranger", PASSWORD),
        ("staff", "wrong one here"),
    ):
        page = client.post("/login", data={"email": addresses[who], "password": password})
        told.append((hashed(), page.status_code, page.text.replace(addresses[who], "")))
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("who", ["staff", "customer", "blocked", "invited", "stranger"])
def test_asking_for_a_link_costs_one_hash_and_says_the_same(client, addresses, hashed, who: str):
    hashed()
    client.post("/reset", data={"email": addresses["stranger"]})
    stranger = hashed()
    page = client.post("/reset", data={"email": addresses[who]})
    assert (page.status_code, hashed(), stranger) == (200, 1, 1)


def test_a_second_factor_is_asked_for_only_after_the_right_password(client, cast: Cast):
    cast.sales.tf_primary_method, cast.sales.tf_totp_secret = "authenticator", "x"
    db.session.add(cast.sales)
    db.session.commit()
    page = client.post("/login", data={"email": cast.sales.email, "password": "wrong one here"})
    assert page.status_code == 422 and "tf-validate" not in page.text
