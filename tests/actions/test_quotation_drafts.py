"""A draft from the tariff: priced, summed, judged, copied, revised."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import Viewer
from portal.catalogue.queries.prices import lane_prices
from portal.catalogue.rules.cargo import Cargo
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.text import Text
from portal.quotations.actions import drafting, grid, lines
from portal.quotations.actions.drafting import ShipmentFacts
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.queries import margin
from tests.cast import Cast, viewer
from tests.factories import golden_fcl

D = Decimal
BOXES = {"20GP": 2, "40GP": 3, "40HQ": 1}


@pytest.fixture
def desk(cast: Cast, now: datetime) -> Viewer:
    golden_fcl(now)
    return viewer(cast.sales)


def drafted(cast: Cast, desk: Viewer, now: datetime) -> Quotation:
    """Golden case G1 as a draft."""
    facts = ShipmentFacts("sea", "CNSHA", "USNYC", goods="冷冻调味品", cargo=Cargo(boxes=BOXES))
    quotation = drafting.create(cast.harbour, "上海到纽约", desk, now, facts=facts)
    version = drafting.latest_version(quotation)
    found = lane_prices(desk, cast.harbour, "CNSHA", "USNYC", on=date(2026, 3, 2))
    lines.add_prices(version, found, desk, now)
    return quotation


def amounts(version: QuotationVersion) -> dict[tuple[str, str], Decimal]:
    return {(row.charge_code, row.unit): row.amount for row in version.lines}


def test_the_golden_fcl_case_comes_out_to_the_cent(cast: Cast, desk: Viewer, now: datetime) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    assert amounts(version)["O/F", "20GP"] == D("4000.00")
    assert amounts(version)["O/F", "40GP"] == D("11100.00")
    assert amounts(version)["BAF", "TEU"] == D("1500.00")
    assert amounts(version)["THC", "40FT"] == D("3544.00")
    (option,) = version.totals["options"]
    assert {c: D(a) for c, a in option["subtotals"].items()} == {
        "USD": D("20485"),
        "CNY": D("5466"),
    }
    assert version.total_amount == D("151442.11")


def test_an_optional_surcharge_waits_to_be_asked_for(
    cast: Cast, desk: Viewer, now: datetime
) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    assert "TLX" not in {row.charge_code for row in version.lines}
    (telex,) = [s for s in lines.matching_surcharges(version, desk, now) if s.charge_code == "TLX"]
    lines.add_surcharge(version, telex.rule_id, desk, now)
    assert amounts(version)["TLX", "LS"] == D("450.00")


def test_boxes_count_in_teu_whatever_they_cost(cast: Cast, desk: Viewer, now: datetime) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    assert (version.boxes, version.teu) == (6, D(10))
    counted = sum(row.stat_quantity for row in version.lines if row.charge_code == "O/F")
    assert counted == D(10)


def test_the_list_shows_the_latest_versions_total(cast: Cast, desk: Viewer, now: datetime) -> None:
    quotation = drafted(cast, desk, now)
    assert quotation.total_amount == D("151442.11")
    assert quotation.number == "QT-2026-000001"


def test_the_margin_is_kept_apart_from_the_version(cast: Cast, desk: Viewer, now: datetime) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    kept = margin(version)
    assert kept is not None
    assert kept.cost_before_rebate - kept.cost_after_rebate == D("2137.80")  # 6 boxes × 50 × 7.1260
    assert not kept.is_complete  # the surcharges' costs are not known


def test_fewer_boxes_are_priced_again_from_the_lines_own_terms(
    cast: Cast, desk: Viewer, now: datetime
) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    facts = ShipmentFacts("sea", "CNSHA", "USNYC", cargo=Cargo(boxes={"20GP": 1}))
    drafting.change_facts(version, facts, desk, now)
    assert amounts(version)["O/F", "20GP"] == D("2000.00")
    assert amounts(version)["O/F", "40HQ"] == 0


def test_a_price_by_hand_needs_a_reason_and_is_marked(
    cast: Cast, desk: Viewer, now: datetime
) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    row = version.lines[0]
    with pytest.raises(InvalidMany) as caught:
        grid.edit_lines(version, [grid.LineEdit(row.id, rate=D(1900))], desk, now)
    assert f"lines-{row.id}-reason" in caught.value.errors
    grid.edit_lines(version, [grid.LineEdit(row.id, rate=D(1900), reason="长期合作")], desk, now)
    assert row.is_manual
    assert row.amount == D("1900") * row.quantity
    assert version.approval_reasons


def test_a_quantity_that_was_typed_can_go_back_to_the_measured_one(
    cast: Cast, desk: Viewer, now: datetime
) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    row = next(r for r in version.lines if r.unit == "40GP")
    grid.edit_lines(version, [grid.LineEdit(row.id, quantity=D(5))], desk, now)
    assert row.amount == D("18500.00")
    grid.edit_lines(version, [grid.LineEdit(row.id, measured=True)], desk, now)
    assert row.amount == D("11100.00")


def test_a_removed_line_takes_its_costs_along(cast: Cast, desk: Viewer, now: datetime) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    before = len(version.lines)
    grid.edit_lines(version, [grid.LineEdit(version.lines[-1].id, remove=True)], desk, now)
    assert len(version.lines) == before - 1


def test_a_stale_edit_is_told_who_changed_what(cast: Cast, desk: Viewer, now: datetime) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    seen = version.version
    grid.edit_lines(version, [grid.LineEdit(version.lines[0].id, note="x")], desk, now, seen)
    with pytest.raises(StaleEdit, match="Chen Li"):
        grid.edit_lines(version, [grid.LineEdit(version.lines[0].id, note="y")], desk, now, seen)


def test_a_copy_has_its_own_number_lines_and_dates(cast: Cast, desk: Viewer, now: datetime) -> None:
    quotation = drafted(cast, desk, now)
    copied = drafting.copy(quotation, cast.nordwind.id, "同样的", desk, now)
    assert copied.number == "QT-2026-000002"
    version = drafting.latest_version(copied)
    assert version.total_amount == D("151442.11")
    assert {row.customer_id for row in version.lines} == {cast.nordwind.id}


def test_only_one_draft_is_written_at_a_time(cast: Cast, desk: Viewer, now: datetime) -> None:
    with pytest.raises(NotAllowedNow):
        drafting.revise(drafted(cast, desk, now), desk, now)


def test_a_line_by_hand_names_what_is_wrong_with_it(
    cast: Cast, desk: Viewer, now: datetime
) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    wrong = grid.ManualLine("", "parsec", "XXX", D(5), D(0), "")
    with pytest.raises(InvalidMany) as caught:
        grid.add_manual(version, wrong, desk, now)
    assert set(caught.value.errors) == {"name_zh", "reason", "quantity", "currency", "unit"}


def test_a_quotation_needs_a_title(cast: Cast, desk: Viewer, now: datetime) -> None:
    with pytest.raises(Invalid):
        drafting.create(cast.harbour, "  ", desk, now)


def test_a_box_that_is_shipped_without_a_price_is_told(
    cast: Cast, desk: Viewer, now: datetime
) -> None:
    version = drafting.latest_version(drafted(cast, desk, now))
    forty = next(row for row in version.lines if row.charge_code == "O/F" and row.unit == "40GP")
    grid.edit_lines(version, [grid.LineEdit(forty.id, remove=True)], desk, now)
    told = [Text.from_json(each).render() for each in version.totals["warnings"]]
    assert any("O/F" in each and "40GP" in each for each in told), told
