"""Passwords as people meet them: masked, pasted, whole, never growing old; no account that everybody knows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask_security import verify_password
from sqlalchemy import select

from portal import create_app
from portal.accounts.models import User
from portal.accounts.sign_in import password_hash
from portal.config import ROOT
from portal.db.base import db
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient
from tests.security.walk import ON_SQLITE

FIELD = re.compile(r"<input[^>]*type=\"password\"[^>]*>")
GOOD = " Harbour of the MOON "


@ON_SQLITE
def test_a_password_is_masked_pasted_and_filled_in_by_a_keeper(
    client: CheckingClient, cast: Cast
) -> None:
    fields = FIELD.findall(client.get("/login").text)
    fields += FIELD.findall(client.sign_in(cast.lin).get("/change").text)
    assert len(fields) >= 4
    for field in fields:
        assert re.search(r'autocomplete="(?:current|new)-password"', field), field
        longest = re.search(r'maxlength="(\d+)"', field)
        assert longest is None or int(longest[1]) >= 128
        assert "onpaste" not in field and "readonly" not in field


def test_no_script_keeps_anybody_from_pasting() -> None:
    for path in (ROOT / "static" / "js").glob("*.js"):
        assert "paste" not in path.read_text("utf-8"), path


@ON_SQLITE
@pytest.mark.parametrize("wrong", [GOOD.strip(), GOOD.lower(), GOOD[:-2], GOOD + "x"])
def test_a_password_counts_with_its_case_its_blanks_and_its_end(
    app: PortalApp, database: None, wrong: str
) -> None:
    kept = password_hash(GOOD)
    assert verify_password(GOOD, kept) and not verify_password(wrong, kept)


@ON_SQLITE
def test_no_password_grows_old(client: CheckingClient, cast: Cast, now: datetime) -> None:
    """Years later the same password signs in, and nobody asks for another one."""
    row = db.session.get_one(User, cast.lin.id)
    row.password = password_hash(GOOD)
    db.session.commit()
    with clock.frozen(now + timedelta(days=1500)):
        answer = client.post("/login", data={"email": cast.lin.email, "password": GOOD})
        assert answer.status_code == 302 and "change" not in str(answer.location)


def test_a_new_house_has_no_account_that_anybody_knows(tmp_path: Path) -> None:
    fresh = create_app(
        {"INSTANCE": tmp_path, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'new.db'}"}
    )
    with fresh.app_context():
        db.create_all()
        assert db.session.scalars(select(User.id)).all() == []
        db.engine.dispose()


def test_nobody_is_asked_for_a_pets_name() -> None:
    named = {column.name for column in User.__table__.columns}
    assert not {name for name in named if re.search(r"hint|question|answer|maiden", name)}
    for path in (ROOT / "templates" / "security").glob("*.html"):
        assert not re.search(r"password hint|secret question", path.read_text("utf-8")), path
