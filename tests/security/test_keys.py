"""Passwords, keys and random marks: what they are made by, how strong they are, what a change of the key ends."""

from __future__ import annotations

import stat
from pathlib import Path

import argon2
import pytest

from portal import config, create_app
from portal.accounts.rules.passwords import MAX_LENGTH, MIN_LENGTH, listed, weakness
from portal.accounts.sign_in import PASSWORD_COST, password_hash, security
from portal.config import UnsafeSetting, load
from portal.documents.rules import codes
from portal.web.flask_app import PortalApp
from tests.security.walk import ON_SQLITE


@ON_SQLITE
def test_a_password_is_kept_as_argon2id_at_least_as_slow_as_owasp_asks(app: PortalApp) -> None:
    assert app.config["SECURITY_PASSWORD_HASH"] == "argon2"
    assert PASSWORD_COST["memory_cost"] >= 19_456 and PASSWORD_COST["time_cost"] >= 2
    with app.app_context():
        hashed = password_hash("correct horse battery")
    assert argon2.extract_parameters(hashed).type is argon2.Type.ID
    assert argon2.extract_parameters(hashed).salt_len >= 16


@ON_SQLITE
def test_a_second_application_in_the_process_leaves_the_first_ones_cost_alone(
    app: PortalApp, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = create_app({"INSTANCE": tmp_path, "SQLALCHEMY_DATABASE_URI": url})
    costs = []
    for each in (app, other):
        with each.app_context():
            costs.append(argon2.extract_parameters(password_hash("correct horse")).memory_cost)
    assert costs == [app.config["PASSWORD_COST"]["memory_cost"], PASSWORD_COST["memory_cost"]]


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_short_key_refuses_to_start(tmp_path: Path, secret: str) -> None:
    environment = {"PORTAL_INSTANCE": str(tmp_path), "PORTAL_SECRET_KEY": secret}
    if secret:
        with pytest.raises(UnsafeSetting):
            load(environment)
    else:
        assert len(load(environment)["SECRET_KEY"]) >= 43  # 256 bits


def test_https_with_an_address_without_it_refuses_to_start(tmp_path: Path) -> None:
    environment = {"PORTAL_INSTANCE": str(tmp_path), "PORTAL_HTTPS": "1"}
    with pytest.raises(UnsafeSetting, match="PORTAL_BASE_URL"):
        load({**environment, "PORTAL_BASE_URL": "http://portal.example.com"})
    assert load({**environment, "PORTAL_BASE_URL": "https://portal.example.com"})["HTTPS"] is True


def test_the_made_key_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    first = load({"PORTAL_INSTANCE": str(tmp_path)})["SECRET_KEY"]
    assert load({"PORTAL_INSTANCE": str(tmp_path)})["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_two_installations_share_no_key(tmp_path: Path) -> None:
    keys = {load({"PORTAL_INSTANCE": str(tmp_path / name)})["SECRET_KEY"] for name in "ab"}
    assert len(keys) == 2


def test_each_purpose_has_a_key_of_its_own_of_256_bits(tmp_path: Path) -> None:
    made = load({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_SECRET_KEY": "k" * 40})
    derived = [made["SECRET_KEY"], made["SECRET_SALT"], made["TOTP_SECRET"]]
    assert len(set(derived)) == 3 and all(len(each) == 64 for each in derived[1:])


def test_another_key_ends_sessions_and_derived_keys_and_leaves_passwords_good(
    tmp_path: Path,
) -> None:
    old, new = (
        load({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_SECRET_KEY": letter * 40})
        for letter in "ab"
    )
    assert old["TOTP_SECRET"] != new["TOTP_SECRET"] and old["SECRET_SALT"] != new["SECRET_SALT"]


@ON_SQLITE
def test_a_password_does_not_depend_on_the_key(app: PortalApp) -> None:
    assert app.config["SECURITY_PASSWORD_SINGLE_HASH"] == {"argon2"}


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "仓库管理员的长密码一二三",
        "aaaa bbbb cccc dddd eeee",
        "0" * 5 + "äöü ßé ñ",
        "rivers of wörds over slate, 7 times",
    ],
)
def test_a_long_enough_password_of_any_signs_may_be_used(password: str) -> None:
    assert weakness(password, email="lin@harbour.example", name="林晓雯") is None


@pytest.mark.parametrize(
    "password",
    ["short", "1234567890", "password123", "qwertyuiop", "aaaaaaaaaaaa", "woaini1314", "logistics123",
     "lin@harbour.example"],
)  # fmt: skip
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    assert weakness(password, email="lin@harbour.example", name="林晓雯") is not None


def test_passwords_of_eight_to_sixty_four_signs_and_more_are_within_the_bounds() -> None:
    assert MIN_LENGTH >= 8 and MAX_LENGTH >= 64


def test_a_code_on_paper_is_no_secret_and_cannot_be_counted_up() -> None:
    """It shows whether a paper is ours, and nothing of a customer; guessing it is throttled."""
    drawn = {codes.new_code() for _ in range(200)}
    assert len(drawn) == 200 and len(codes.ALPHABET) ** codes.DRAWN > 27_000_000_000


def test_unsafe_settings_refuse_to_start(tmp_path: Path) -> None:
    for name, value in (
        ("PORTAL_MAIL", "smoke"),
        ("PORTAL_TIMEZONE", "Mars"),
        ("PORTAL_LOCALE", "xx"),
    ):
        with pytest.raises(UnsafeSetting):
            load({"PORTAL_INSTANCE": str(tmp_path), name: value})
    assert config.SETTINGS


@ON_SQLITE
def test_no_debugging_is_switched_on(app: PortalApp) -> None:
    assert not app.debug and not app.config.get("PROPAGATE_EXCEPTIONS")
    assert not app.config.get("EXPLAIN_TEMPLATE_LOADING") and not app.config.get("SQLALCHEMY_ECHO")


def test_the_three_thousand_commonest_are_refused() -> None:
    long_enough = [word for word in listed() if len(word) >= MIN_LENGTH]
    assert len(long_enough) >= 3_000
    for word in long_enough[:3_000]:
        assert weakness(word, email="a@b.example", name="") is not None, word


@ON_SQLITE
def test_recovery_codes_and_seeds_are_long_enough(app: PortalApp) -> None:
    with app.app_context():
        seed = security._totp_factory.generate_totp_secret()
        made = security.totp_factory.generate_recovery_codes(8)
    assert len(seed) > 40 and len(set(made)) == 8
    assert all(len(each.replace("-", "")) >= 12 for each in made)


@ON_SQLITE
def test_a_one_time_code_lives_thirty_seconds(app: PortalApp) -> None:
    assert app.config["SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY"] == 30
