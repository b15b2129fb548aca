"""The customer's service promise: its tier's words, menu and targets, and nothing of the house's own."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from portal.db.base import db
from portal.insights.actions import indices
from tests.cast import Cast
from tests.client import CheckingClient
from tests.insights import FEBRUARY, classified_in, months_of, seeded
from tests.insights_boards import the_case
from tests.offers import keep

INSIDE = re.compile(r"churn|ABC|contribution|capacity|strategy|bound|At risk|10,000", re.IGNORECASE)


@pytest.fixture
def mine(client: CheckingClient, cast: Cast, now: datetime) -> CheckingClient:
    seeded(now)
    cast.harbour.segment = "vip"
    keep(cast)
    return client.sign_in(cast.lin)


def content(text: str) -> str:
    found = re.search(r"<main.*?</main>", text, re.DOTALL)
    assert found
    return found[0]


def test_it_tells_the_tiers_promise_menu_and_targets(mine: CheckingClient):
    text = content(mine.get("/my/promise").text)
    assert "A specialist of your own, space and trucks first, quicker answers" in text
    assert "Space and trucks first" in text and "Logistics processes made to measure" not in text
    assert "30 min" in text and "1 day" in text and "Chen Li" in text


def test_no_word_of_the_houses_own_stands_on_it(mine: CheckingClient, cast: Cast, now: datetime):
    months_of(cast.harbour, ["12000"] * 12)
    classified_in(FEBRUARY, now)
    keep(cast)
    text = content(mine.get("/my/promise").text)
    assert INSIDE.search(text) is None


def test_each_customer_reads_its_own(mine: CheckingClient, cast: Cast):
    text = content(mine.sign_in(cast.erik).get("/my/promise").text)
    assert "Nordwind" in text and "specialist" not in text and "Reliable standard services" in text


def test_without_cards_it_still_tells_the_targets(client: CheckingClient, cast: Cast):
    text = content(client.sign_in(cast.lin).get("/my/promise").text)
    assert "Nothing is promised in writing yet" in text and "4 h" in text
    db.session.rollback()


def test_it_shows_how_the_promise_was_kept_once_something_was_counted(
    mine: CheckingClient, cast: Cast, now: datetime
):
    assert "How we kept it" not in content(mine.get("/my/promise").text)
    the_case(cast.harbour)
    indices.measure(FEBRUARY, now)
    keep(cast)
    text = content(mine.get("/my/promise").text)
    assert "How we kept it with you" in text and "87.50 %" in text and "of 8 shipments" in text
    assert "How we kept it" not in content(mine.sign_in(cast.erik).get("/my/promise").text)
