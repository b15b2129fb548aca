"""What may be assessed, offered, paid and recovered: each at most what stands before it (DOMAIN T9, R5)."""

from __future__ import annotations

from decimal import Decimal

from portal.claims.rules.states import RecourseState
from portal.kernel.errors import Invalid
from portal.kernel.money import format_money, round_money
from portal.kernel.text import Text, t

FIRST_LEVEL = 1
SECOND_LEVEL = 2
NOTHING = Decimal(0)


def money_checked(amount: Decimal | None, currency: str, field: str) -> Decimal:
    """An amount of money that was typed; Invalid at `field` when it is missing, not above zero or too fine."""
    if amount is None or amount <= 0:
        raise Invalid(t("The amount must be above zero."), field)
    if amount != round_money(amount, currency):
        raise Invalid(t("%(currency)s has no such small unit.", currency=currency), field)
    return amount


def most_assessed(claimed: Decimal, limit: Decimal | None, *, is_lifted: bool) -> Decimal:
    """The most that may be assessed: what is claimed, within the limit of liability unless that is lifted."""
    return claimed if limit is None or is_lifted else min(claimed, limit)


def assessed_checked(
    assessed: Decimal | None, claimed: Decimal, limit: Decimal | None, currency: str, *, is_lifted: bool
) -> Decimal:  # fmt: skip
    """The amount that we answer for; Invalid at "assessed_amount"."""
    amount = money_checked(assessed, currency, "assessed_amount")
    if amount > claimed:
        raise Invalid(
            t("At most what is claimed: %(amount)s.", amount=format_money(claimed, currency)),
            "assessed_amount",
        )
    most = most_assessed(claimed, limit, is_lifted=is_lifted)
    if amount > most:
        raise Invalid(_over_limit(most, currency), "assessed_amount")
    return amount


def offer_checked(offered: Decimal | None, assessed: Decimal | None, currency: str) -> Decimal:
    """The amount offered, at most what was assessed; Invalid at "offered_amount"."""
    amount = money_checked(offered, currency, "offered_amount")
    most = NOTHING if assessed is None else assessed
    if amount > most:
        raise Invalid(
            t("At most what was assessed: %(amount)s.", amount=format_money(most, currency)),
            "offered_amount",
        )
    return amount


def needs_second_person(in_firm_currency: Decimal | None, limit: Decimal, level: int) -> bool:
    """Whether somebody else approves an offer: above the limit, at the second level, or worth nobody knows what."""
    return in_firm_currency is None or in_firm_currency > limit or level >= SECOND_LEVEL


def recovery_state(claimed: Decimal | None, recovered: Decimal) -> RecourseState:
    """Where a recourse is that has brought `recovered` of `claimed`."""
    if recovered <= 0:
        return RecourseState.CLAIMED
    is_whole = claimed is not None and recovered >= claimed
    return RecourseState.RECOVERED if is_whole else RecourseState.PARTLY_RECOVERED


def recovery_checked(
    amount: Decimal | None, recovered: Decimal, claimed: Decimal, currency: str
) -> Decimal:
    """Money that came back, or, negative, its correction; Invalid at "amount": never under 0 nor over the recourse."""
    if not amount:
        raise Invalid(t("Write the amount."), "amount")
    if amount != round_money(amount, currency):
        raise Invalid(t("%(currency)s has no such small unit.", currency=currency), "amount")
    if recovered + amount < 0:
        said = t("At most %(amount)s can be taken back.", amount=format_money(recovered, currency))
        raise Invalid(said, "amount")
    if recovered + amount > claimed:
        left = format_money(claimed - recovered, currency)
        raise Invalid(t("At most %(amount)s is still to come.", amount=left), "amount")
    return amount


def _over_limit(most: Decimal, currency: str) -> Text:
    return t(
        "The limit of liability is %(amount)s. Lift it only for intent or gross negligence.",
        amount=format_money(most, currency),
    )
