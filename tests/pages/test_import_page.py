"""What a dry run found, as its page words it."""

from __future__ import annotations

import pytest

from portal.catalogue.rules.sheets.rows import PriceKey
from portal.catalogue.views.import_page import shown_changes


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("4.2", "+4.2 %"), ("-3.0", "-3.0 %"), ("0.0", ""), ("-0.0", ""), (None, "")],
)
def test_a_price_that_did_not_move_shows_no_percentage(stored: str | None, shown: str) -> None:
    change = {"kind": "changed", "key": list(PriceKey(charge_code="BAF")), "old": "1400"}
    (drawn,) = shown_changes(
        [{**change, "new": "1400", "currency": "USD", "percent": stored, "row": 3}], str
    )
    assert drawn.percent == shown
