"""One line and what was typed into it: the same for a draft's line and for one that an amendment proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.contracts.actions.values import line_facts, price_terms, storage_policy
from portal.contracts.models import ContractLine
from portal.contracts.rules.checks import wrong_line
from portal.contracts.rules.kinds import Allowance, Overage
from portal.customers.queries import branch_ids
from portal.kernel.text import Text, t

PLAIN = frozenset(
    {
        "name_zh", "name_en", "quantity", "allowance", "overage", "carries_over", "charges_shortfall", "branch_id",
        "from_on", "until_on", "note",
    }
)  # fmt: skip
EDITABLE = PLAIN | {"rate", "reason", "discount", "overage_rate", "storage_policy"}
"""What may be written into a line. `reason` says why a `rate` is set by hand; `storage_policy` is a StoragePolicy."""


def apply(
    row: ContractLine, values: Mapping[str, Any], starts_on: date, ends_on: date
) -> dict[str, Text]:
    """Write `values` into the row and check it; field → what is wrong."""
    unknown = set(values) - EDITABLE
    if unknown:
        raise KeyError(f"not a field of a line: {sorted(unknown)}")
    errors = _wrong_words(values)
    branch = values.get("branch_id")
    if branch is not None and branch not in branch_ids(row.customer_id):
        errors["branch_id"] = t("Choose one of the customer's branches.")
    if errors:
        return errors
    for name in PLAIN & set(values):
        setattr(row, name, values[name])
    if "discount" in values:
        row.discount_percent = values["discount"] or Decimal(0)
    errors |= _set_rate(row, values)
    if "overage_rate" in values:
        _set_overage(row, values["overage_rate"])
    if row.overage != Overage.OVERAGE_PRICE:
        row.overage_terms = None
    if "storage_policy" in values:
        policy = values["storage_policy"]
        row.storage_policy = policy.to_json() if policy else None
    return errors | wrong_line(line_facts(row), starts_on, ends_on)


def by_hand(unit: str, currency: str, rate: Decimal) -> PriceTerms:
    """So much for each unit; a lump sum where nothing is counted."""
    if unit == "LS":
        return PriceTerms(Basis.FLAT, currency=currency, rate=rate)
    return PriceTerms(Basis.PER_UNIT, unit, currency, rate=rate)


def _wrong_words(values: Mapping[str, Any]) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    if "name_zh" in values and not str(values["name_zh"]).strip():
        errors["name_zh"] = t("Name the service.")
    for name, words in (("allowance", Allowance), ("overage", Overage)):
        if name in values and values[name] not in set(words):
            errors[name] = t("Choose one of the list.")
    return errors


def _set_rate(row: ContractLine, values: Mapping[str, Any]) -> dict[str, Text]:
    """A price by hand needs a reason; the storage policy's price goes along."""
    reason = str(values.get("reason") or "").strip()[:300]
    rate = values.get("rate")
    if rate is None or rate == row.rate:
        if reason and row.manual_reason:
            row.manual_reason = reason
        return {}
    if rate < 0:
        return {"rate": t("A price cannot be negative.")}
    if not (reason or row.manual_reason):
        return {"reason": t("Say why the price is set by hand.")}
    old, policy = price_terms(row), storage_policy(row)
    new = by_hand(row.unit, row.currency, rate)
    if policy is not None and policy.terms == old:
        row.storage_policy = replace(policy, terms=new).to_json()
    row.price_terms, row.rate = new.to_json(), rate
    row.manual_reason = reason or row.manual_reason
    return {}


def _set_overage(row: ContractLine, rate: Decimal | None) -> None:
    row.overage_terms = None if rate is None else by_hand(row.unit, row.currency, rate).to_json()
