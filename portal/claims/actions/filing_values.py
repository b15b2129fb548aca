"""What somebody says of a loss, and what of it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.claims.rules.amounts import money_checked
from portal.claims.rules.kinds import Loss
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.service_requests.rules.clock_kinds import Mode
from portal.service_requests.rules.kinds import Channel

LONGEST_TEXT = 2000
MOST_PACKAGES = 1_000_000
MOST_KG = Decimal(1_000_000_000)
AMOUNTS = ("goods_value", "declared_value", "freight_amount")


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A loss as notified. Amounts in `currency`; `noticed_on` None: today; `freight_amount`: paid for the carriage.

    `request_id`: the request that it belongs to, where there is one already.
    """

    customer_id: int
    loss: str
    mode: str
    claimed_amount: Decimal
    text: str
    currency: str = "CNY"
    title: str = ""
    waybill: str = ""
    delivered_on: date | None = None
    noticed_on: date | None = None
    in_container: bool = False
    goods_value: Decimal | None = None
    declared_value: Decimal | None = None
    freight_amount: Decimal | None = None
    packages: int | None = None
    gross_kg: Decimal | None = None
    shipment_id: int | None = None
    statement_line_id: int | None = None
    contract_id: int | None = None
    request_id: int | None = None
    channel: Channel = Channel.PORTAL
    requester_id: int | None = None
    requester_name: str = ""
    requester_phone: str = ""
    requester_email: str = ""


def checked(new: NewClaim, today: date) -> NewClaim:
    """Itself; InvalidMany by field for what cannot be."""
    wrong: dict[str, Text] = {**_words(new), **_days(new, today), **_measures(new)}
    if new.currency not in CURRENCIES:
        raise InvalidMany({**wrong, "currency": t("Unknown currency.")})
    for name in ("claimed_amount", *AMOUNTS):
        value = getattr(new, name)
        if value is None and name in AMOUNTS:
            continue
        try:
            money_checked(value, new.currency, name)
        except Invalid as error:
            wrong[name] = error.text
    if wrong:
        raise InvalidMany(wrong)
    return new


def _words(new: NewClaim) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if new.loss not in set(Loss):
        wrong["loss"] = t("Choose what happened.")
    if new.mode not in set(Mode):
        wrong["mode"] = t("Choose how the goods travelled.")
    if len(new.text.strip()) < 2:
        wrong["text"] = t("Say what happened to the goods.")
    elif len(new.text.strip()) > LONGEST_TEXT:
        wrong["text"] = t("At most %(most)s characters.", most=LONGEST_TEXT)
    return wrong


def _days(new: NewClaim, today: date) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    noticed = new.noticed_on or today
    if noticed > today:
        wrong["noticed_on"] = t("A day up to today.")
    if new.delivered_on is not None and new.delivered_on > noticed:
        wrong["delivered_on"] = t("Goods are delivered before their damage is notified.")
    return wrong


def _measures(new: NewClaim) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if new.packages is not None and not 1 <= new.packages <= MOST_PACKAGES:
        wrong["packages"] = t("From 1 to %(most)s.", most=f"{MOST_PACKAGES:,}")
    if new.gross_kg is not None and not 0 < new.gross_kg <= MOST_KG:
        wrong["gross_kg"] = t("The weight must be above zero.")
    return wrong
