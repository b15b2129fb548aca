"""Picked prices, the order of lines, alternatives, re-pricing, whom it goes to."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import Viewer
from portal.catalogue.models import Price, PriceScheme, ServiceItem, SurchargeRule, Tariff
from portal.catalogue.queries.prices import lane_prices
from portal.customers.models import Contact
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.quotations.actions import arranging, drafting, grid, repricing
from portal.quotations.actions.addressing import address
from portal.quotations.actions.picking import pick
from portal.quotations.models import QuotationLine, QuotationLineCost, QuotationVersion
from portal.quotations.rules.difference import Change
from tests.cast import Cast, viewer
from tests.factories import add, flat, item, per_unit, price, scheme, tariff
from tests.offers import draft

D = Decimal


@pytest.fixture
def version(cast: Cast, now: datetime) -> QuotationVersion:
    """Golden case G1."""
    return drafting.latest_version(draft(cast, now))


@pytest.fixture
def desk(cast: Cast) -> Viewer:
    return viewer(cast.sales)


def line(version: QuotationVersion, unit: str) -> QuotationLine:
    return next(row for row in version.lines if row.unit == unit)


def offer(carrier: str, rate: str) -> Price:
    """Another carrier's 40HQ in the same tariff."""
    of = db.session.scalars(db.select(Tariff)).first()
    what = db.session.scalars(db.select(ServiceItem).where(ServiceItem.packaging == "40HQ")).one()
    return price(of, what, per_unit("40HQ", "USD", rate), carrier=carrier)


def next_tariff(rates: dict[str, str]) -> None:
    """From 2 March on other prices are in force."""
    public = db.session.scalars(db.select(PriceScheme)).one()
    public.tariffs[0].valid_to = date(2026, 3, 1)
    of = tariff(public, date(2026, 3, 2))
    for what in db.session.scalars(db.select(ServiceItem).where(ServiceItem.packaging.in_(rates))):
        new = rates[what.packaging]
        price(of, what, per_unit(what.packaging, "USD", new), carrier="COSCO", costs={"base": "1"})


def test_a_picked_freight_brings_what_its_sheet_charges_beside_it(
    cast: Cast, version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    picked = offer("MSC", "3999")
    beside = item(
        "CIC", "集装箱不平衡费", unit="40HQ", origin="CNSHA", destination="USNYC", packaging="40HQ"
    )
    price(picked.tariff, beside, per_unit("40HQ", "USD", "120"), carrier="MSC")
    pick(version, [picked.id], desk, now)
    assert [row.charge_code for row in version.lines if row.carrier == "MSC"] == ["O/F", "CIC"]


def test_a_price_that_may_not_be_quoted_is_not_picked(
    cast: Cast, version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    other = scheme("NW", kind="customer", customer_id=cast.nordwind.id)
    what = db.session.scalars(db.select(ServiceItem).where(ServiceItem.packaging == "40HQ")).one()
    secret = price(tariff(other, date(2026, 1, 1)), what, per_unit("40HQ", "USD", "1"))
    with pytest.raises(Invalid, match="no longer in force"):
        pick(version, [secret.id, 999999], desk, now)


def test_alternatives_have_a_total_each_and_share_the_other_charges(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    pick(version, [offer("MSC", "3999").id], desk, now, side_by_side=True)
    totals = {o["option"]: D(o["subtotals"]["CNY"]) for o in version.totals["options"]}
    assert totals == {"COSCO": D("5466.00"), "MSC": D("5466.00")}
    assert {row.option for row in version.lines if row.section == "origin"} == {""}


def test_at_most_four_stand_side_by_side(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    ids = [offer(f"C{n}", "4000").id for n in range(4)]
    with pytest.raises(Invalid, match="At most 4"):
        pick(version, ids, desk, now, side_by_side=True)


def test_a_line_moves_inside_its_section_only(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    first = arranging.in_order(version)[0]
    arranging.move(version, first.id, -1, desk, now)
    assert arranging.in_order(version)[0] is first
    arranging.move(version, first.id, 1, desk, now)
    assert arranging.in_order(version)[1] is first
    last = [row for row in arranging.in_order(version) if row.section == "freight"][-1]
    arranging.move(version, last.id, 1, desk, now)
    assert [r for r in arranging.in_order(version) if r.section == "freight"][-1] is last


def test_a_section_that_does_not_exist_is_refused(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    with pytest.raises(Invalid, match="no section"):
        arranging.put_in_section(version, version.lines[0].id, "moon", desk, now)


def test_a_discount_for_all_leaves_out_what_the_firm_does_not_earn_on(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    paid_there = line(version, "40FT")
    grid.edit_lines(version, [grid.LineEdit(paid_there.id, is_collect=True)], desk, now)
    arranging.discount_all(version, D(5), desk, now)
    assert paid_there.discount_percent == 0 and line(version, "40GP").discount_percent == 5
    with pytest.raises(Invalid):
        arranging.discount_all(version, D(101), desk, now)


def test_proposals_change_nothing(version: QuotationVersion, desk: Viewer, now: datetime) -> None:
    next_tariff({"40GP": "3600", "40HQ": "4100"})
    found = {p.row.unit: p for p in repricing.proposals(version, desk, now)}
    assert {unit: found[unit].change for unit in ("20GP", "40GP", "40HQ")} == {
        "20GP": Change.GONE, "40GP": Change.DOWN, "40HQ": Change.UP}  # fmt: skip
    assert found["40GP"].amount == D("10800.00") and found["TEU"].change is Change.SAME
    assert line(version, "40GP").rate == 3700


def test_taking_a_price_takes_its_costs_and_drops_the_price_by_hand(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    row = line(version, "40GP")
    grid.edit_lines(version, [grid.LineEdit(row.id, rate=D(3000), reason="r")], desk, now)
    next_tariff({"40GP": "3600"})
    assert repricing.reprice(version, {row.id}, desk, now) == 1
    assert (row.rate, row.is_manual, row.quantity_given, row.amount) == (
        3600,
        False,
        None,
        D("10800.00"),
    )
    costs = db.session.scalars(
        db.select(QuotationLineCost.per_unit).where(QuotationLineCost.line_id == row.id)
    )
    assert list(costs) == [D(1)]
    entry = audit.timeline(version.quotation, public_only=False)[0]
    assert entry.event == "quotation.repriced"


def test_a_surcharges_new_price_is_proposed_too(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    rules = db.session.scalars(db.select(SurchargeRule)).all()
    ams = next(rule for rule in rules if rule.item.charge_code == "AMS")
    ams.terms = flat("USD", "40").to_json()
    (found,) = [p for p in repricing.proposals(version, desk, now) if p.row.charge_code == "AMS"]
    assert (found.change, found.amount) == (Change.UP, D("40.00"))


def test_nothing_ticked_or_nothing_to_edit_is_refused(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    with pytest.raises(Invalid, match="Tick"):
        repricing.reprice(version, set(), desk, now)
    version.state = "issued"
    with pytest.raises(NotAllowedNow):
        repricing.reprice(version, {version.lines[0].id}, desk, now)


def test_a_contact_of_another_customer_is_refused(
    cast: Cast, version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    stranger = add(Contact(customer_id=cast.nordwind.id, name="Erik"))
    with pytest.raises(Invalid, match="another customer"):
        address(version.quotation, version, "t", stranger, desk, now)
    address(version.quotation, version, "纽约新标题", None, desk, now)
    assert "niuyue" in version.quotation.search_text and version.quotation.contact_id is None


def test_a_price_by_hand_on_a_percentage_is_one_amount(
    cast: Cast, version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    row = line(version, "TEU")
    row.unit = "P1"
    grid.edit_lines(version, [grid.LineEdit(row.id, rate=D(99), reason="r")], desk, now)
    assert (row.unit, row.quantity, row.amount) == ("LS", 1, D("99.00"))


def test_the_board_and_the_gate_agree_on_what_may_be_quoted(
    cast: Cast, version: QuotationVersion, desk: Viewer
) -> None:
    shown = lane_prices(desk, cast.harbour, "CNSHA", "USNYC", on=date(2026, 3, 2))
    assert {p.price_id for p in shown} >= {row.price_id for row in version.lines if row.price_id}


def test_the_alternative_that_is_moved_up_heads_the_totals(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    for unit in ("20GP", "40GP"):
        gone = grid.LineEdit(line(version, unit).id, remove=True)
        grid.edit_lines(version, [gone], desk, now)
    pick(version, [offer("MSC", "3999").id], desk, now, side_by_side=True)
    second = next(row for row in version.lines if row.option == "MSC")
    arranging.move(version, second.id, -1, desk, now)
    assert [each["option"] for each in version.totals["options"]] == ["MSC", "COSCO"]
    assert version.total_amount == D(version.totals["options"][0]["total"])
