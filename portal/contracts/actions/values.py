"""Between rows and the plain values of the rules."""

from __future__ import annotations

from portal.catalogue.rules.storage import StoragePolicy
from portal.catalogue.rules.terms import PriceTerms
from portal.contracts.models import ContractLine, ContractTerms
from portal.contracts.rules.approval import Priced
from portal.contracts.rules.checks import LineFacts, TermsFacts
from portal.contracts.rules.difference import LineShown
from portal.contracts.rules.kinds import Allowance, Overage
from portal.contracts.rules.totals import Counted
from portal.kernel.units import unit_word

_AS_STORED = (
    "ends_on", "payment_days", "payment_from", "notice_days", "renews_automatically", "pickup_from", "pickup_until",
    "response_hours", "deemed_confirmation_days", "no_minimum_order", "minimum_order", "note",
)  # fmt: skip


def terms_facts(row: ContractTerms) -> TermsFacts:
    """Stored terms as a value."""
    return TermsFacts(
        **{name: getattr(row, name) for name in _AS_STORED},
        pickup_days=tuple(row.pickup_days or ()),
        clauses=tuple(row.clauses or ()),
    )


def write_terms(row: ContractTerms, facts: TermsFacts) -> None:
    """The value into a row."""
    for name in _AS_STORED:
        setattr(row, name, getattr(facts, name))
    row.pickup_days = sorted(facts.pickup_days)
    row.clauses = [dict(each) for each in facts.clauses]


def price_terms(row: ContractLine) -> PriceTerms:
    """The line's frozen price."""
    return PriceTerms.from_json(row.price_terms)


def overage_terms(row: ContractLine) -> PriceTerms | None:
    """The price beyond the quantity, where there is one."""
    return None if row.overage_terms is None else PriceTerms.from_json(row.overage_terms)


def storage_policy(row: ContractLine) -> StoragePolicy | None:
    """How stored goods are counted; None for a line that stores nothing."""
    return None if row.storage_policy is None else StoragePolicy.from_json(row.storage_policy)


def line_facts(row: ContractLine) -> LineFacts:
    """What the checks look at."""
    return LineFacts(
        row.quantity, row.discount_percent, Overage(row.overage), price_terms(row),
        overage_terms(row), storage_policy(row), row.from_on, row.until_on,
    )  # fmt: skip


def line_shown(row: ContractLine) -> LineShown:
    """What the two parties read."""
    return LineShown(
        name=row.name_zh,
        quantity=row.quantity,
        unit=unit_word(row.unit),
        discount_percent=row.discount_percent,
        price_terms=price_terms(row),
        overage=Overage(row.overage),
        overage_terms=overage_terms(row),
        storage_policy=row.storage_policy,
        carries_over=row.carries_over,
        charges_shortfall=row.charges_shortfall,
        until_on=row.until_on,
    )


def counted(row: ContractLine) -> Counted:
    """What the sum looks at."""
    return Counted(
        row.quantity, row.currency, row.discount_percent, price_terms(row), Allowance(row.allowance),
        row.from_on, row.until_on,
    )  # fmt: skip


def priced(row: ContractLine) -> Priced:
    """What the approval looks at."""
    return Priced(
        row.name_zh, row.currency, row.unit, row.quantity, row.discount_percent, row.price_terms,
        row.tax_class, row.tax_percent, row.tax_inclusive,
    )  # fmt: skip
