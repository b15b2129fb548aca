"""What is written about what happens: who was refused what, without secrets, one line an entry."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from portal import gunicorn_conf
from portal.accounts.models import User
from portal.config import ROOT
from portal.db.base import db
from portal.web.flask_app import PortalApp
from portal.web.logs import FORM, NAME, OneLine, install
from tests.cast import Cast
from tests.client import CheckingClient
from tests.security.walk import ON_SQLITE, QuickClient

PASSWORD = "a very long password 77"


def formatted(message: str, *, fault: BaseException | None = None) -> str:
    """An entry as the portal writes it."""
    info = (type(fault), fault, fault.__traceback__) if fault else None
    record = logging.LogRecord("portal.x", logging.WARNING, "x.py", 1, message, None, info)
    return OneLine(FORM).format(record)


def test_an_entry_is_one_line_and_begins_with_its_instant_in_utc() -> None:
    line = formatted("a\nb")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}Z WARNING portal\.x: a\\x0ab", line)


def test_the_lines_of_a_traceback_are_moved_in() -> None:
    try:
        raise ValueError("x\n2026-01-01 00:00:00,000Z INFO portal: forged /join/secret-token")
    except ValueError as error:
        written = formatted("fault", fault=error)
    assert len([line for line in written.splitlines() if not line.startswith("  ")]) == 1
    assert "secret-token" not in written


@ON_SQLITE
def test_a_refusal_is_noted_with_who_what_and_from_where(
    client: CheckingClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    client.sign_in(cast.sales).get("/desk/staff/invite")
    client.get("/desk/keys")
    noted = [each.getMessage() for each in caplog.records if each.name == "portal.security"]
    assert noted and f"user {cast.sales.id} from 127.0.0.1, GET " in noted[0]


@ON_SQLITE
def test_a_forged_form_and_a_wrong_method_are_noted(
    client: CheckingClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    client.sign_in(cast.lin).post("/language", data={"locale": "en", "next": "x"}, csrf=False)
    client.open("/login", method="TRACE")
    noted = " ".join(each.getMessage() for each in caplog.records if each.name == "portal.security")
    assert "csrf" in noted and "405" in noted and "locale" not in noted


@ON_SQLITE
def test_signing_in_well_and_badly_is_noted(
    app: PortalApp, client: CheckingClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    install(app)
    client.post("/login", data={"email": cast.lin.email, "password": PASSWORD})
    assert f"failed sign-in: user {cast.lin.id}" in caplog.text and PASSWORD not in caplog.text
    assert logging.getLogger("portal.accounts").isEnabledFor(logging.INFO)
    assert logging.getLogger("portal.security").isEnabledFor(logging.INFO)


def _breaks() -> Any:
    user = db.session.scalars(select(User)).first()
    assert user is not None
    user.name = "half done"
    db.session.flush()
    raise RuntimeError("inside: secret-of-the-house")


@pytest.fixture
def faulty(app: PortalApp, monkeypatch: pytest.MonkeyPatch) -> PortalApp:
    """A view that does something and then breaks, in an application that answers as it is served."""
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "accounts.language", _breaks)
    return app


@ON_SQLITE
def test_a_fault_is_noted_and_its_page_tells_nothing_of_it(
    faulty: PortalApp, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    answer = QuickClient(faulty).sign_in(cast.lin).post("/language", data={"locale": "en"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 500 and "secret-of-the-house" in caplog.text
    for inner in (
        "Traceback",
        "secret-of-the-house",
        "RuntimeError",
        "portal/",
        "sqlalchemy",
        "SELECT",
    ):
        assert inner not in shown, inner


@ON_SQLITE
def test_what_a_faulty_request_did_is_taken_back(faulty: PortalApp, cast: Cast) -> None:
    QuickClient(faulty).sign_in(cast.lin).post("/language", data={"locale": "en"})
    assert db.session.scalar(select(User.id).where(User.name == "half done")) is None


@ON_SQLITE
def test_a_fault_tells_no_values_of_the_database(app: PortalApp, database: None) -> None:
    with pytest.raises(StatementError) as told:
        db.session.execute(
            text("SELECT missing FROM nowhere WHERE x = :x"), {"x": "lin@harbour.example"}
        )
    db.session.rollback()
    assert "lin@harbour.example" not in str(told.value)


def test_the_servers_own_logs_have_the_same_form_and_no_query() -> None:
    form = gunicorn_conf.access_log_format
    assert "%(q)s" not in form and "%(r)s" not in form and "%(f)s" not in form and "%(t)s" in form
    assert gunicorn_conf.logger_class.__name__ == "logger_class"


def test_the_log_is_set_up_once_and_writes_to_the_servers_error_stream() -> None:
    app = Flask("portal")
    install(app)
    install(app)
    handlers = [each for each in logging.getLogger("portal").handlers if each.name == NAME]
    assert len(handlers) == 1 and isinstance(handlers[0], logging.StreamHandler)


def test_nothing_else_is_written_to() -> None:
    """Neither files nor sockets of logging; two processes of ours write their faults beside what they work on."""
    pattern = re.compile(
        r"(?:FileHandler|SocketHandler|SysLogHandler|HTTPHandler|SMTPHandler|sentry|basicConfig)"
    )
    users = {
        path.name
        for path in (ROOT / "portal").rglob("*.py")
        if pattern.search(path.read_text("utf-8"))
    }
    assert users == set()
