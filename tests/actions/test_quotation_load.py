"""How the goods are loaded: said by the clerk or the price, kept by every later version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from portal.access.viewer import Viewer
from portal.catalogue.rules.cargo import Cargo
from portal.quotations.actions import drafting
from portal.quotations.actions.drafting import ShipmentFacts
from portal.quotations.models import QuotationVersion
from tests.cast import Cast, viewer

FACTS = ShipmentFacts("sea", "CNSHA", "USNYC", load="fcl", cargo=Cargo(boxes={"40HQ": 1}))


@pytest.fixture
def desk(cast: Cast) -> Viewer:
    return viewer(cast.sales)


def drafted(cast: Cast, desk: Viewer, now: datetime) -> QuotationVersion:
    return drafting.latest_version(
        drafting.create(cast.harbour, "上海到纽约", desk, now, facts=FACTS)
    )


def test_what_the_clerk_says_is_kept(cast: Cast, desk: Viewer, now: datetime) -> None:
    assert drafted(cast, desk, now).load == "fcl"


def test_a_copy_is_loaded_as_its_source(cast: Cast, desk: Viewer, now: datetime) -> None:
    source = drafted(cast, desk, now)
    copied = drafting.copy(source.quotation, cast.harbour.id, "再来一次", desk, now)
    assert drafting.latest_version(copied).load == "fcl"


def test_other_goods_on_the_same_way_keep_the_load(cast: Cast, desk: Viewer, now: datetime) -> None:
    version = drafted(cast, desk, now)
    drafting.change_facts(version, replace(FACTS, load="", goods="玩具"), desk, now)
    assert version.load == "fcl"


def test_another_way_forgets_the_load(cast: Cast, desk: Viewer, now: datetime) -> None:
    version = drafted(cast, desk, now)
    drafting.change_facts(version, replace(FACTS, category="air", load=""), desk, now)
    assert version.load == ""
