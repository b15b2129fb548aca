"""What quotations and contracts do to an opportunity: their steps, what they changed, what a person does then (O9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.kernel.text import Text, t


class PaperKind(StrEnum):
    """The kinds of paper that write back."""

    QUOTATION = "quotation"
    CONTRACT = "contract"


class PaperStep(StrEnum):
    """What happened to the paper."""

    ISSUED = "issued"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SIGNED = "signed"
    AMENDED = "amended"


PAPER_KINDS: dict[str, Text] = {
    PaperKind.QUOTATION: t("Quotation"),
    PaperKind.CONTRACT: t("Contract"),
}

PAPER_STEPS: dict[str, Text] = {
    PaperStep.ISSUED: t("Issued"),
    PaperStep.ACCEPTED: t("Accepted by the customer"),
    PaperStep.DECLINED: t("Declined by the customer"),
    PaperStep.SIGNED: t("Signed"),
    PaperStep.AMENDED: t("Amended"),
}

NEXT: dict[str, tuple[str, str]] = {
    PaperStep.ACCEPTED: ("%s 客户已接受：记录赢单", "%s was accepted: record the win"),
    PaperStep.DECLINED: (
        "%s 客户已拒绝：重新报价或记录输单",
        "%s was declined: offer anew, or record the loss",
    ),
    PaperStep.SIGNED: ("%s 已签署：记录赢单", "%s is signed: record the win"),
}
"""The task that follows, Chinese and English: winning and losing are a person's steps (DOMAIN section 16)."""


def next_task(step: str, label: str, locale: str) -> str | None:
    """What the owner does then, in their language; None: nothing."""
    words = NEXT.get(step)
    return None if words is None else words[1 if locale == "en" else 0] % label


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A service item on a paper: `amount` before tax in the currency that the opportunity gets; None: not known."""

    item_id: int | None
    name: str
    quantity: Decimal
    unit: str
    rate: Decimal | None
    amount: Decimal | None


Told = dict[str, str]
"""One line of an item as it stood: quantity, the unit's code, currency and amount, both "" where it had no amount."""


def line_changes(
    before: Iterable[PaperLine], before_currency: str, after: Iterable[PaperLine], after_currency: str
) -> list[dict[str, Any]]:  # fmt: skip
    """What became different, item by item: {name, before, after}, each its lines; [] where it was not, or is no longer.

    Kept as figures and codes, so that each reader is told in their own words.
    """
    old, new = _by_name(before, before_currency), _by_name(after, after_currency)
    names = list(dict.fromkeys((*old, *new)))
    return [
        {"name": name, "before": old.get(name, []), "after": new.get(name, [])}
        for name in names
        if old.get(name) != new.get(name)
    ]


def _by_name(lines: Iterable[PaperLine], currency: str) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for line in lines:
        found.setdefault(line.name, []).append(_told(line, currency))
    return found


def _told(line: PaperLine, currency: str) -> Told:
    amount = "" if line.amount is None else f"{line.amount.normalize():f}"
    return {
        "quantity": f"{line.quantity.normalize():f}",
        "unit": line.unit,
        "currency": currency if amount else "",
        "amount": amount,
    }
