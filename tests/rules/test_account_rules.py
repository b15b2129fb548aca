"""Rules of sign-in: passwords that anybody would try, when a sign-in is over, what a browser is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules.browsers import browser_of, system_of
from portal.accounts.rules.passkeys import challenge, put_at
from portal.accounts.rules.passwords import MAX_LENGTH, MIN_LENGTH, listed, weakness
from portal.accounts.rules.sign_ins import Lifetimes, Standing, Why, told, why_over

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LIFETIMES = Lifetimes(timedelta(hours=8), timedelta(hours=24), timedelta(days=14))
KEBAB = "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 "


def refused(password: str) -> bool:
    return weakness(password, email="wang.wei@farhaven.example", name="王伟") is not None


@pytest.mark.parametrize("password", [
    "qwertyuiop", "1q2w3e4r5t", "password123", "PASSWORD123", "manchester", "christopher", "woaini1314",
    "sunshine2026!", "!!dragon2026", "20260101monkey", "aaaaaaaaaaaa", "abcdefghij", "5201314520",
    "wang.wei@farhaven.example", "farhaven.example1", "short", "x" * 129,
])  # fmt: skip
def test_what_anybody_would_try_is_refused(password: str):
    assert refused(password)


@pytest.mark.parametrize("password", [
    "correct horse battery", "four plain words here", "春江潮水连海平海上明月共潮生", "sunshine over the harbour",
    "       x  y  z 9", "ümläuts are létters", "Tr0ub4dor&3xyz", "dragon and 7 pearls", "x1" + "q" * 40 + "!",
])  # fmt: skip
def test_length_is_enough_and_every_character_may_be_used(password: str):
    assert not refused(password)


def test_the_list_holds_far_more_than_the_three_thousand_that_a_standard_asks_for():
    assert sum(len(each) >= MIN_LENGTH for each in listed()) > 3000
    assert all(each == each.casefold() for each in listed())


@given(st.text(min_size=MIN_LENGTH, max_size=MAX_LENGTH))
def test_a_password_is_judged_whatever_it_is_made_of(password: str):
    assert weakness(password, email="a@b.example", name="") is None or refused(password)


def standing(**changes) -> Standing:
    return Standing(
        **{"seen_at": NOW, "ends_at": NOW + timedelta(hours=24), "kept": False, **changes}
    )


@pytest.mark.parametrize(("facts", "later", "why"), [
    ({}, timedelta(hours=8), None),
    ({}, timedelta(hours=8, seconds=1), Why.IDLE),
    ({"kept": True}, timedelta(hours=24), None),
    ({"kept": True}, timedelta(hours=24, seconds=1), Why.TOO_LONG),
    ({}, timedelta(hours=25), Why.TOO_LONG),
    ({"ended_at": NOW, "ended_why": "roles"}, timedelta(0), Why.ROLES),
    ({"ended_at": NOW}, timedelta(0), Why.LEFT),
])  # fmt: skip
def test_when_a_sign_in_is_over(facts, later: timedelta, why: Why | None):
    assert why_over(standing(**facts), LIFETIMES, NOW + later) is why


@pytest.mark.parametrize("why", list(Why))
def test_only_what_one_does_oneself_and_a_block_are_not_explained(why: Why):
    silent = {Why.LEFT, Why.RENEWED, Why.BLOCKED}
    assert (told(why, LIFETIMES) is None) == (why in silent)


def test_a_kept_device_has_its_own_end():
    assert LIFETIMES.end(NOW, kept=True) == NOW + timedelta(days=14)
    assert LIFETIMES.end(NOW, kept=False) == NOW + timedelta(hours=24)


@pytest.mark.parametrize(("agent", "browser", "system"), [
    (KEBAB + "Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome", "Android"),
    (KEBAB + "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android"),
    (KEBAB + "Chrome/116 MQQBrowser/6.2 MicroMessenger/8.0.49 Mobile Safari/537.36", "WeChat", "Android"),
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0.0.0", "Edge", "Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox", "Linux"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari", "macOS"),
    ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) CriOS/126.0 Safari/604.1", "Chrome", "iPad"),
    ("curl/8.5.0", "", ""), ("", "", ""),
])  # fmt: skip
def test_a_browser_has_the_name_that_its_owner_knows(agent: str, browser: str, system: str):
    assert (browser_of(agent), system_of(agent)) == (browser, system)


@given(st.text())
def test_a_name_never_is_what_a_stranger_wrote(agent: str):
    assert len(browser_of(agent)) <= 40 and browser_of(agent).isascii()


def test_a_challenge_knows_when_it_was_put_and_is_never_the_same():
    moment = NOW + timedelta(microseconds=123_456)
    assert put_at(challenge(moment)) == moment
    assert len({challenge(NOW) for _ in range(100)}) == 100
    assert put_at("forged") == datetime(1970, 1, 1, tzinfo=UTC)
