"""What pages keep between requests is never older than the last change that was committed."""

from __future__ import annotations

import pytest

from portal.catalogue.models import FirmPlace
from portal.catalogue.queries.places import firm_places
from portal.db import kept
from portal.db.base import db
from tests.cast import Cast
from tests.client import CheckingClient

pytestmark = pytest.mark.usefixtures("database")


def _add(code: str) -> None:
    db.session.add(FirmPlace(code=code, name_zh="园区"))


def _codes() -> list[str]:
    return [place.code for place in firm_places()]


def test_what_is_kept_is_read_once():
    reads: list[int] = []
    kept_once = kept.Kept(lambda: reads.append(1), FirmPlace)
    kept_once.get()
    kept_once.get()
    assert reads == [1]


def test_a_session_sees_what_it_is_about_to_write():
    assert _codes() == []
    _add("CN-A")
    assert _codes() == ["CN-A"]
    db.session.flush()
    assert _codes() == ["CN-A"]


def test_a_commit_ends_the_keeping():
    assert _codes() == []
    _add("CN-A")
    db.session.commit()
    assert _codes() == ["CN-A"]


def test_what_was_taken_back_was_never_kept():
    _add("CN-A")
    assert _codes() == ["CN-A"]
    db.session.rollback()
    assert _codes() == []


def test_what_another_process_changed_is_seen_after_a_moment(monkeypatch):
    assert _codes() == []
    _add("CN-A")
    monkeypatch.setattr(kept, "changed", lambda: None)
    db.session.commit()
    assert _codes() == []
    monkeypatch.setattr(kept, "SECONDS", -1)
    assert _codes() == ["CN-A"]


def test_the_second_page_asks_for_neither_look_nor_places(client: CheckingClient, cast: Cast):
    client.sign_in(cast.sales)
    client.get("/desk/customers")
    client.get("/desk/customers")
    assert not [each for each in client.queries if "firm_profile" in each]
