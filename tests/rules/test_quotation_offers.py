"""Prices side by side, and cargo as a hand types it: pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.cargo import Cargo, Piece
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.errors import Invalid
from portal.quotations.rules.cargo_words import pieces_words, read_boxes, read_pieces
from portal.quotations.rules.offers import boards, offer_margin

D = Decimal
EXEMPT, SIX = TaxTerms(TaxKind.EXEMPT), TaxTerms(TaxKind.TAXED, D(6), True)
USD = {"USD": ExchangeRate("USD", "CNY", date(2026, 3, 2), D("7.1260"))}


@dataclass(frozen=True)
class Offer:
    """A price on the board."""

    price_id: int
    packaging: str
    headline: Decimal
    carrier: str = "COSCO"
    currency: str = "USD"
    unit: str = ""
    floor_margin_percent: Decimal | None = None
    scheme_id: int = 1
    scheme_kind: str = "standard"
    tariff_code: str = "T-1"
    category: str = "sea"
    load: str = "fcl"
    charge_code: str = "O/F"
    origin: str = "CNSHA"
    destination: str = "USNYC"
    qualifier: str = ""
    transit_days: int | None = 28
    free_days: int | None = 7
    valid_from: date = date(2026, 1, 1)
    valid_to: date | None = None
    level: int = 0
    terms: PriceTerms = field(init=False)

    def __post_init__(self) -> None:
        unit = self.unit or self.packaging
        terms = PriceTerms(Basis.PER_UNIT, unit, self.currency, rate=self.headline)
        object.__setattr__(self, "terms", terms)


def base(amount: str, currency: str = "USD") -> list[CostComponent]:
    return [CostComponent(CostKind.BASE, currency, per_unit=D(amount))]


THREE = [Offer(1, "20GP", D(2000)), Offer(2, "40HQ", D(3850)), Offer(3, "40GP", D(3700))]


def test_one_carriers_boxes_stand_in_one_row_in_the_order_of_the_box_table() -> None:
    (board,) = boards(THREE, Cargo(), {})
    assert board.boxes == ("20GP", "40GP", "40HQ") and len(board.rows) == 1
    assert board.rows[0].price_ids == (1, 2, 3)


def test_the_shipment_asked_for_is_added_up_and_other_boxes_are_left_out() -> None:
    (board,) = boards(THREE, Cargo(boxes={"40HQ": 2, "20GP": 1}), {})
    assert board.boxes == ("20GP", "40HQ")
    assert board.rows[0].totals == {"USD": D("9700.00")}


def test_carriers_and_services_stand_apart() -> None:
    others = [
        Offer(4, "40HQ", D(3900), carrier="MSC"),
        Offer(5, "", D("4.5"), load="lcl", unit="RT"),
    ]
    found = boards([*THREE, *others], Cargo(), {})
    assert [(board.load, len(board.rows)) for board in found] == [("fcl", 2), ("lcl", 1)]


def test_what_joins_both_ends_stands_before_what_is_done_at_one() -> None:
    local = Offer(6, "", D(45), category="delivery", load="none", destination="", unit="MTQ")
    found = boards([local, *THREE], Cargo(), {})
    assert [board.category for board in found] == ["sea", "delivery"]


def test_a_price_without_enough_cargo_has_no_amount() -> None:
    (board,) = boards([Offer(5, "", D("4.5"), load="lcl", unit="MTQ")], Cargo(), {})
    assert board.rows[0].cells[""].amount is None and board.rows[0].totals == {}


def test_a_margin_is_worked_without_tax_in_the_firms_currency() -> None:
    taxed = Offer(6, "", D(106), currency="CNY", unit="BL")
    margin = offer_margin(taxed, Cargo(), base("80", "CNY"), SIX, "CNY", {})
    assert margin is not None and margin.after_rebate == D("20.00")


def test_a_rebate_counts_after_and_not_before() -> None:
    parts = [*base("1700"), CostComponent(CostKind.REBATE, "USD", per_unit=D(50))]
    margin = offer_margin(THREE[0], Cargo(), parts, EXEMPT, "CNY", USD)
    assert margin is not None
    assert (margin.before_rebate, margin.after_rebate) == (D("15.00"), D("17.50"))


@pytest.mark.parametrize(("floor", "below"), [("15", False), ("15.01", True), (None, False)])
def test_the_floor_is_met_on_the_bound(floor: str | None, below: bool) -> None:
    offer = Offer(1, "20GP", D(2000), floor_margin_percent=None if floor is None else D(floor))
    margin = offer_margin(offer, Cargo(), base("1700"), EXEMPT, "CNY", USD)
    assert margin is not None and margin.is_below_floor is below


def test_a_small_price_keeps_its_margin_in_spite_of_rounding() -> None:
    cheap = Offer(7, "", D("0.035"), currency="CNY", unit="KGM")
    margin = offer_margin(cheap, Cargo(), base("0.028", "CNY"), EXEMPT, "CNY", {})
    assert margin is not None and margin.after_rebate == D("20.00")


@pytest.mark.parametrize("costs", [[], base("1700")])
def test_without_a_cost_or_a_rate_of_exchange_there_is_no_margin(
    costs: list[CostComponent],
) -> None:
    assert offer_margin(THREE[0], Cargo(), costs, EXEMPT, "CNY", {}) is None


@pytest.mark.parametrize(("typed", "piece"), [
    ("10 x 60*40*40 12kg", Piece(D(60), D(40), D(40), 10, D(12))),
    ("120×80×100", Piece(D(120), D(80), D(100), 1)),
    ("３件*50x50x50cm, 7.5", Piece(D(50), D(50), D(50), 3, D("7.5"))),
])  # fmt: skip
def test_pieces_are_read_as_they_are_typed(typed: str, piece: Piece) -> None:
    assert read_pieces(f"\n{typed}\n") == (piece,)
    assert read_pieces(pieces_words((piece,))) == (piece,)


@pytest.mark.parametrize(
    "typed", ["10 boxes", "1 x 2", "0 x 60*40*40", "5 x 0*40*40", "60*40*40 heavy"]
)
def test_a_line_that_is_not_read_is_named(typed: str) -> None:
    with pytest.raises(Invalid, match="Line 2"):
        read_pieces(f"120*80*100\n{typed}")


@pytest.mark.parametrize(("typed", "boxes"), [
    ("2x40HQ 1x20GP", {"40HQ": 2, "20GP": 1}), ("40OT x 1, 3 × 45HQ", {"40OT": 1, "45HQ": 3}),
    ("2x40高柜", {"40HQ": 2}), ("1x40HC 1x40HQ", {"40HQ": 2}), ("", {}),
])  # fmt: skip
def test_boxes_are_read_in_any_usual_spelling(typed: str, boxes: dict[str, int]) -> None:
    assert read_boxes(typed) == boxes


@pytest.mark.parametrize("typed", ["2x99ZZ", "40HQ two", "2x40HQ hello"])
def test_what_is_no_box_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_boxes(typed)
    assert caught.value.field == "boxes"


def test_with_the_weight_alone_the_amount_is_the_least() -> None:
    terms = {"volume_divisor": D(6000)}
    offer = Offer(8, "", D("20.60"), currency="CNY", unit="CHW", category="air", load="none")
    object.__setattr__(
        offer, "terms", PriceTerms(Basis.PER_UNIT, "CHW", "CNY", rate=D("20.60"), **terms)
    )
    (board,) = boards([offer], Cargo(gross_kg=D(320)), {})
    (row,) = board.rows
    assert row.totals == {"CNY": D("6592.00")} and row.is_least
    (whole,) = boards([offer], Cargo(gross_kg=D(320), volume_m3=D(3)), {})
    assert whole.rows[0].totals == {"CNY": D("10300.00")} and not whole.rows[0].is_least
