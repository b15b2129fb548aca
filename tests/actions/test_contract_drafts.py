"""Contracts as drafts: from an accepted quotation and by hand, lines, terms, two people on one draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.models import Assignment
from portal.catalogue.queries.prices import lane_prices
from portal.catalogue.rules.storage import Method, StoragePolicy
from portal.contracts.actions import carrying, drafting, lines
from portal.contracts.actions.drafting import Basics
from portal.contracts.actions.lines import LineEdit, ManualLine
from portal.contracts.actions.values import terms_facts
from portal.contracts.models import ClauseTemplate
from portal.contracts.queries import standing
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.quotations.actions import drafting as quoting
from portal.quotations.actions import grid
from tests.cast import Cast, customer, viewer
from tests.contracts import accepted, by_hand, service
from tests.factories import add, golden_fcl
from tests.offers import draft as draft_quotation
from tests.offers import quick_press  # noqa: F401 - a fixture

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")
YEAR = Basics("年度仓储", date(2026, 3, 2), date(2027, 3, 1))


def test_each_accepted_charge_of_an_item_becomes_a_line_with_its_own_price(
    cast: Cast, now: datetime
) -> None:
    version = accepted(cast, now)
    contract = drafting.draft_from(version, viewer(cast.sales), now)
    assert contract.number == "CT-2026-000001" and contract.customer_id == cast.harbour.id
    carried = {row.quotation_line_id: row for row in contract.lines}
    assert len(carried) == len(version.lines) == 9
    for row in version.lines:
        same = carried[row.id]
        assert (same.price_terms, same.quantity, same.rate) == (row.terms, row.quantity, row.rate)
        assert (same.currency, same.tax_percent) == (row.currency, row.tax_percent)


def test_a_box_counts_its_teu_and_stands_in_its_lines_name(cast: Cast, now: datetime) -> None:
    contract = drafting.draft_from(accepted(cast, now), viewer(cast.sales), now)
    boxes = {row.unit: (row.name_zh, row.stat_factor) for row in contract.lines[:3]}
    assert boxes == {
        "20GP": ("海运费 20GP", D(1)), "40GP": ("海运费 40GP", D(2)), "40HQ": ("海运费 40HQ", D(2)),
    }  # fmt: skip


def test_a_version_makes_one_contract(cast: Cast, now: datetime) -> None:
    version = accepted(cast, now)
    drafting.draft_from(version, viewer(cast.sales), now)
    with pytest.raises(NotAllowedNow, match="CT-2026-000001"):
        drafting.draft_from(version, viewer(cast.sales), now)


def test_only_what_was_accepted_becomes_a_contract(cast: Cast, now: datetime) -> None:
    version = quoting.latest_version(draft_quotation(cast, now))
    with pytest.raises(NotAllowedNow):
        drafting.draft_from(version, viewer(cast.sales), now)


def test_what_the_customer_pays_at_destination_or_has_no_price_or_item_is_left_out(
    cast: Cast, now: datetime
) -> None:
    version, desk = quoting.latest_version(draft_quotation(cast, now)), viewer(cast.sales)
    ids = [row.id for row in version.lines]
    edits = [grid.LineEdit(ids[0], is_collect=True), grid.LineEdit(ids[1], is_on_request=True)]
    grid.edit_lines(version, edits, desk, now)
    line = grid.ManualLine("另收", "BL", "CNY", D(10), D(1), "x")
    grid.add_manual(version, line, desk, now)
    assert {row.id for row in carrying.left_out(version)} == {*ids[:2], version.lines[-1].id}
    assert len(carrying.accepted_lines(version)) == 7


def test_only_the_chosen_alternative_is_carried(cast: Cast, now: datetime) -> None:
    version, desk = quoting.latest_version(draft_quotation(cast, now)), viewer(cast.sales)
    ids = [row.id for row in version.lines]
    edits = [grid.LineEdit(ids[0], option="A"), grid.LineEdit(ids[1], option="B")]
    grid.edit_lines(version, edits, desk, now)
    version.accepted_option = "B"
    carried = [row.id for row in carrying.accepted_lines(version)]
    assert ids[0] not in carried and ids[1] in carried


def test_the_firms_clauses_are_copied_so_that_later_edits_change_no_contract(
    cast: Cast, now: datetime
) -> None:
    clause = add(ClauseTemplate(title_zh="保密", body_zh="双方保密。", position=1))
    add(ClauseTemplate(title_zh="旧条款", body_zh="…", active=False))
    contract = drafting.draft_by_hand(cast.harbour, YEAR, viewer(cast.sales), now)
    clause.body_zh = "另一句。"
    kept = standing.last_terms(contract).clauses
    assert [(each["title_zh"], each["body_zh"]) for each in kept] == [("保密", "双方保密。")]


def test_an_inactive_customer_gets_no_contract(cast: Cast, now: datetime) -> None:
    cast.harbour.active = False
    with pytest.raises(Invalid):
        drafting.draft_by_hand(cast.harbour, YEAR, viewer(cast.sales), now)


def test_wrong_days_and_a_missing_title_are_told_together(cast: Cast, now: datetime) -> None:
    wrong = replace(YEAR, title=" ", ends_on=date(2026, 3, 1))
    with pytest.raises(InvalidMany) as refused:
        drafting.draft_by_hand(cast.harbour, wrong, viewer(cast.sales), now)
    assert set(refused.value.errors) == {"title", "ends_on"}


def test_a_price_of_the_tariff_becomes_a_line_without_limit_until_one_is_written(
    cast: Cast, now: datetime
) -> None:
    golden_fcl(now)
    desk = viewer(cast.sales)
    contract = drafting.draft_by_hand(cast.harbour, YEAR, desk, now)
    price = lane_prices(desk, cast.harbour, "CNSHA", "USNYC", on=date(2026, 3, 2))[0]
    row = lines.pick(contract, [price.price_id], desk, now)[0]
    assert (row.quantity, row.price_id, row.price_terms) == (
        None, price.price_id, price.terms.to_json(),
    )  # fmt: skip
    assert (row.from_on, row.until_on, row.root_id) == (YEAR.starts_on, YEAR.ends_on, row.id)


def test_a_price_that_may_not_be_quoted_is_refused(cast: Cast, now: datetime) -> None:
    contract = drafting.draft_by_hand(cast.harbour, YEAR, viewer(cast.sales), now)
    with pytest.raises(Invalid, match="no longer in force"):
        lines.pick(contract, [4711], viewer(cast.sales), now)


def test_a_price_by_hand_needs_a_service_a_unit_a_price_and_a_reason(
    cast: Cast, now: datetime
) -> None:
    contract = drafting.draft_by_hand(cast.harbour, YEAR, viewer(cast.sales), now)
    wrong = ManualLine(4711, "XX", "YY", None, " ", quantity=D(0))
    with pytest.raises(InvalidMany) as refused:
        lines.add_manual(contract, wrong, viewer(cast.sales), now)
    assert set(refused.value.errors) == {"item", "unit", "currency", "rate", "reason", "quantity"}


def test_the_total_is_what_can_be_told_for_every_period(cast: Cast, now: datetime) -> None:
    contract = by_hand(cast, now, "10", allowance="month", ends_on=date(2026, 4, 30))
    assert contract.total_amount == D(240)
    edit = LineEdit(contract.lines[0].id, {"quantity": None})
    lines.edit(contract, [edit], viewer(cast.sales), now)
    assert contract.total_amount is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": D(0)}, "quantity"),
        ({"discount": D(101)}, "discount"),
        ({"rate": D(3)}, "reason"),
        ({"rate": D(-3), "reason": "x"}, "rate"),
        ({"until_on": date(2030, 1, 1)}, "until_on"),
        ({"from_on": date(2025, 1, 1)}, "from_on"),
        ({"overage": "overage_price"}, "overage_rate"),
        ({"overage": "sometimes"}, "overage"),
        ({"name_zh": ""}, "name_zh"),
        ({"branch_id": 4711}, "branch_id"),
        ({"storage_policy": StoragePolicy(Method.DAILY, "MTQ")}, "storage"),
    ],
)
def test_a_wrong_cell_is_told_at_its_field(
    cast: Cast, now: datetime, values: dict[str, object], field: str
) -> None:
    desk, contract = viewer(cast.sales), by_hand(cast, now)
    row = contract.lines[0]
    row.manual_reason = ""
    with pytest.raises(InvalidMany) as refused:
        lines.edit(contract, [LineEdit(row.id, values)], desk, now)
    assert set(refused.value.errors) == {f"lines-{row.id}-{field}"}


def test_a_price_beyond_the_quantity_is_kept_while_it_is_wanted(cast: Cast, now: datetime) -> None:
    desk = viewer(cast.sales)
    contract = by_hand(cast, now, overage="overage_price", overage_rate=D("15.5"))
    row = contract.lines[0]
    assert row.overage_terms["rate"] == "15.5"
    lines.edit(contract, [LineEdit(row.id, {"overage": "stop"})], desk, now)
    assert row.overage_terms is None


def test_a_line_may_be_one_branchs_alone(cast: Cast, now: datetime) -> None:
    branch = customer("HARBOUR-N", "海港宁波", "", kind="branch", parent_id=cast.harbour.id)
    contract = by_hand(cast, now, branch_id=branch.id)
    assert contract.lines[0].branch_id == branch.id


def test_a_storage_price_brings_its_usual_policy_and_a_new_price_goes_along(
    cast: Cast, now: datetime
) -> None:
    what = service("STO", "仓储费", unit="MTQ.DAY", category="storage")
    contract = by_hand(cast, now, None, what=what, rate="0.9")
    row = contract.lines[0]
    assert row.storage_policy["method"] == "daily"
    edit = LineEdit(row.id, {"rate": D("0.8"), "reason": "大客户"})
    lines.edit(contract, [edit], viewer(cast.sales), now)
    assert row.storage_policy["terms"] == row.price_terms and row.rate == D("0.8")


def test_lines_that_last_as_long_as_the_contract_still_do(cast: Cast, now: datetime) -> None:
    contract = by_hand(cast, now)
    terms = terms_facts(standing.last_terms(contract))
    moved = Basics("改期", date(2026, 4, 1), date(2026, 12, 31))
    drafting.change(contract, moved, terms, viewer(cast.sales), now)
    row = contract.lines[0]
    assert (row.from_on, row.until_on) == (date(2026, 4, 1), date(2026, 12, 31))
    assert standing.last_terms(contract).ends_on == date(2026, 12, 31)


def test_the_later_of_two_editors_is_told_who_was_first(cast: Cast, now: datetime) -> None:
    contract = by_hand(cast, now)
    seen = contract.version
    edit = LineEdit(contract.lines[0].id, {"quantity": D(5)})
    lines.edit(contract, [edit], viewer(cast.sales), now, seen)
    with pytest.raises(StaleEdit, match="Chen Li changed CT-2026-000001"):
        lines.edit(contract, [edit], viewer(cast.sales_manager), now, seen)


def test_a_contract_in_another_state_is_not_edited(cast: Cast, now: datetime) -> None:
    contract = by_hand(cast, now)
    contract.state = "pending_approval"
    with pytest.raises(NotAllowedNow, match="Pending approval"):
        lines.edit(contract, [], viewer(cast.sales), now)


def test_a_contract_is_the_customers_of_its_quotation(cast: Cast, now: datetime) -> None:
    add(Assignment(user_id=cast.sales_manager.id, customer_id=cast.nordwind.id, part="team"))
    contract = drafting.draft_from(
        accepted(cast, now, cast.nordwind), viewer(cast.sales_manager), now
    )
    owners = {row.customer_id for row in (contract, *contract.lines, *contract.terms)}
    assert owners == {cast.nordwind.id}
