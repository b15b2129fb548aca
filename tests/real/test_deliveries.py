"""Real deliveries (USAID SCMS): our rule finds the same number on time as the file's own dates."""

from __future__ import annotations

from datetime import date

import pytest

from portal.insights.rules.index_table import INDICES
from portal.insights.rules.indices import Count, Facts, on_time
from tests.real.real_data import rows

pytestmark = pytest.mark.real


def test_of_the_real_deliveries_2302_are_on_time() -> None:
    facts = Facts()
    for row in rows("service/deliveries_scms_sample.csv"):
        kept = on_time(date.fromisoformat(row["scheduled"]), date.fromisoformat(row["delivered"]))
        facts.count(Count.DELIVERED)
        facts.count(Count.PROMISED, kept is not None)
        facts.count(Count.ON_TIME, bool(kept))
    figure = INDICES["on_time"].figure(facts)
    assert (facts.of(Count.ON_TIME), figure.base, figure.left_out) == (2302, 2581, 0)
    assert f"{figure.value}" == "89.19"
