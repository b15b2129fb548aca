"""What other systems tell: usage, movements of stock, milestones, receipts, each row with its own reference."""

from __future__ import annotations

from portal.api.rules.records import Field, Listed, Record
from portal.api.rules.shapes import (
    Count,
    Day,
    Decimals,
    Flag,
    Instant,
    Maybe,
    Money,
    OneOf,
    Sentence,
    Words,
)
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.receivables.rules.kinds import ReceiptKind
from portal.warehouse.rules.unit_days import MovementKind

MOST_ROWS = 200
ROWS_OF_MONEY = 100
"""So few that a call is done within a few seconds: on SQLite everybody else waits to write meanwhile."""
CUSTOMER = Words(24, 1, example="HARBOUR")
REFERENCE = Words(80, 1, example="WMS-2026-03-0001")
MEASURE = Decimals(signed=True, whole=10, example="40")
CLOCK = Words(5, pattern="(([01][0-9]|2[0-3]):[0-5][0-9])?", example="18:58")

WHOSE = Field("customer", CUSTOMER, t("The customer's code."))
UNDER = Field(
    "reference", REFERENCE, t("Your own number of this row. Told again with the same content it changes nothing.")
)  # fmt: skip

USAGE = Record(
    "Usage",
    t("So much of a service was used on a day."),
    (
        UNDER,
        WHOSE,
        Field("item", Words(120, 1, example="FCL-SHA-NYC-40HQ"), t("The code of the service item.")),
        Field("quantity", Decimals(example="2"), t("How much, above zero.")),
        Field(
            "unit",
            Words(24, example="40HQ"),
            t("The unit, by code or usual name. Without it the service's own unit counts."),
            needed=False,
            absent="",
        ),
        Field("used_on", Day(), t("The day of the usage, at the latest today.")),
        Field("note", Words(500, example="夜班"), t("A remark."), needed=False, absent=""),
        Field(
            "shipment", Words(40, example="SH-2026-000012"), t("The number of the shipment it belongs to."),
            needed=False, absent="",
        ),
    ),
)  # fmt: skip


def _measure(name: str, text: Text) -> Field:
    return Field(name, Maybe(MEASURE), text, needed=False)


MOVEMENT = Record(
    "Movement",
    t(
        "Goods came in, went out, or a difference was found. In and out state what moved as numbers above zero, an "
        "adjustment has a sign. What is not stated follows from the goods' size or the lot's own proportion."
    ),
    (
        UNDER,
        WHOSE,
        Field("warehouse", Words(24, 1, example="YS1"), t("The code of the warehouse.")),
        Field("kind", OneOf(tuple(MovementKind)), t("In, out or adjust.")),
        Field("moved_on", Day(), t("The day of the movement, at the latest today.")),
        Field(
            "clock", CLOCK, t("The time of day; it orders the movements of a day."), needed=False, absent=""
        ),
        Field("lot", Words(60, example="L-0907"), t("The lot."), needed=False, absent=""),
        Field(
            "sku", Words(60, example="KB-104"), t("The goods. Lot, SKU or both."), needed=False, absent=""
        ),
        _measure("pieces", t("Pieces, whole.")),
        _measure("m3", t("Cubic metres.")),
        _measure("kg", t("Kilograms.")),
        _measure("pallets", t("Pallets.")),
        _measure("teu", t("TEU.")),
        Field(
            "reason", Words(300, example="盘点"), t("Why; an adjustment needs it."), needed=False, absent=""
        ),
        Field("note", Words(300, example=""), t("A remark."), needed=False, absent=""),
    ),
)  # fmt: skip

MILESTONE = Record(
    "Milestone",
    t("Where a shipment is. The same told again changes nothing; what is left out stays as it is."),
    (
        Field(
            "shipment", Words(40, example="SH-2026-000012"),
            t("The shipment's number; or name it by bill of lading or box."), needed=False, absent="",
        ),
        Field("bill", Words(40, example=""), t("The bill of lading."), needed=False, absent=""),
        Field("box", Words(20, example=""), t("The box number."), needed=False, absent=""),
        Field(
            "milestone", Words(80, 1, example="departed"), t("The milestone: its code, or its name in either language.")
        ),
        Field("planned_at", Maybe(Instant()), t("When it is planned."), needed=False),
        Field("actual_at", Maybe(Instant()), t("When it was reached; not in the future."), needed=False),
        Field("place", Words(80, example="上海 Shanghai"), t("Where."), needed=False, absent=""),
        Field("note", Words(300, example=""), t("A remark, which the customer reads."), needed=False, absent=""),
    ),
)  # fmt: skip

RECEIPT = Record(
    "Receipt",
    t("Money came in. Under one account and reference it is recorded once."),
    (
        Field(
            "reference", REFERENCE, t("The bank's reference, or your own number of the receipt.")
        ),
        WHOSE,
        Field("received_on", Day(), t("The day on which it arrived.")),
        Field("currency", OneOf(tuple(sorted(CURRENCIES))), t("ISO 4217.")),
        Field("amount", Money(), t("What arrived on your account, above zero.")),
        Field(
            "bank_charge", Money(example="0.00"),
            t("What the bank kept before, which you bear: the customer is credited with both."),
            needed=False, absent=None,
        ),
        Field(
            "kind", OneOf(tuple(ReceiptKind)), t("A payment, or a deposit."), needed=False,
            absent=ReceiptKind.PAYMENT.value,
        ),
        Field("account", Words(80, example="6222 0000 0000 0001"), t("Your account."), needed=False, absent=""),
        Field("payer_name", Words(160, example="海港食品有限公司"), t("Who paid."), needed=False, absent=""),
        Field("note", Words(500, example=""), t("A remark."), needed=False, absent=""),
        Field(
            "allocate", Flag(), t("Whether it pays at once for what is owed, oldest due first; usually true."),
            needed=False, absent=True,
        ),
    ),
)  # fmt: skip


def _call(name: str, member: str, row: Record, most: int) -> Record:
    rows = Field(member, Listed(row, 1, most), t("The rows; each is taken or refused by itself."))
    return Record(name, t("Many rows in one call."), (rows,))


USAGE_CALL = _call("UsageCall", "records", USAGE, MOST_ROWS)
MOVEMENT_CALL = _call("MovementCall", "movements", MOVEMENT, MOST_ROWS)
MILESTONE_CALL = _call("MilestoneCall", "milestones", MILESTONE, MOST_ROWS)
RECEIPT_CALL = _call("ReceiptCall", "receipts", RECEIPT, ROWS_OF_MONEY)

ROW_PROBLEM = Record(
    "RowProblem",
    t("What is wrong with one row."),
    (
        Field("pointer", Maybe(Words()), t("Where in the call: a JSON pointer.")),
        Field("detail", Sentence(), t("What is wrong, in words.")),
    ),
)
ROW = Record(
    "RowAnswer",
    t("What became of one row."),
    (
        Field("row", Count(), t("Its place in the call, from 0.")),
        Field("reference", Words(), t("Its reference, as you told it.")),
        Field(
            "status",
            OneOf(("taken", "known", "refused")),
            t("Taken; known already with the same content; or refused: nothing of it was saved."),
        ),
        Field("id", Maybe(Count()), t("The record's id here; null for a refused row.")),
        Field(
            "remark",
            Maybe(Sentence()),
            t("What is worth knowing: usage that waits in the queue, say."),
        ),
        Field("problems", Listed(ROW_PROBLEM), t("Why it was refused.")),
    ),
)
OUTCOME = Record(
    "Outcome",
    t("What became of the rows of a call."),
    (
        Field("taken", Count(), t("How many are new.")),
        Field("known", Count(), t("How many were there already.")),
        Field("refused", Count(), t("How many were refused.")),
        Field("rows", Listed(ROW), t("Each row, in the order of the call.")),
    ),
)
