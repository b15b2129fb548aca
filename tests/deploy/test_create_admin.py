"""`portal create-admin`: an administrator by name, from the server's command line."""

from __future__ import annotations

import re

from sqlalchemy import select

from portal.access.permissions import Role
from portal.accounts.queries import by_email
from portal.cli.admin import create_admin
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient

WHO = ["boss@example.com", "Li Wei"]


def said(app: PortalApp, *words: str, code: int = 0) -> str:
    done = app.test_cli_runner().invoke(create_admin, list(words))
    assert done.exit_code == code, done.output
    return str(done.output)


def link(text: str) -> str:
    found = re.search(r"https?://[^/]+(/join/\S+)", text)
    assert found is not None
    return found[1]


def test_the_link_that_is_printed_makes_an_administrator_once(
    app: PortalApp, client: CheckingClient, now: object
) -> None:
    first, second = link(said(app, *WHO)), link(said(app, *WHO, "--language", "en"))
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    user = by_email(WHO[0])
    assert user is not None and user.role_set == {Role.ADMINISTRATOR} and not user.has_joined


def test_the_link_goes_by_mail_instead_when_that_is_asked_for(
    app: PortalApp, database: None, now: object
) -> None:
    assert "/join/" not in said(app, *WHO, "--mail")
    letters = db.session.scalars(select(OutboxMessage)).all()
    assert [(each.recipient, each.template) for each in letters] == [(WHO[0], "invitation")]


def test_somebody_of_the_staff_gets_the_role_and_keeps_the_sign_in(
    app: PortalApp, cast: Cast
) -> None:
    text = said(app, cast.sales.email, "whatever")
    assert "signs in already" in text
    db.session.expire_all()
    user = by_email(cast.sales.email)
    assert user is not None and {Role.ADMINISTRATOR, Role.SALES} <= user.role_set


def test_a_customers_user_and_a_word_that_is_no_address_are_refused(
    app: PortalApp, cast: Cast
) -> None:
    said(app, cast.lin.email, "whatever", code=1)
    said(app, "boss", "Li Wei", code=2)
