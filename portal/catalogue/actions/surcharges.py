"""Surcharge rules: what attaches itself to which shipments, at which price (DOMAIN section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.access.viewer import Viewer
from portal.catalogue.actions.editing import change, create
from portal.catalogue.models import SurchargeRule
from portal.catalogue.rules.terms import PriceTerms
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

FIELD_OF = {
    "unit": "unit",
    "currency": "currency",
    "rate": "rate",
    "percent": "percent",
    "minimum": "minimum",
    "maximum": "maximum",
}
"""A part of the terms → the field of the form that holds it."""


def create_surcharge(values: Mapping[str, Any], actor: Viewer, now: datetime) -> SurchargeRule:
    """A rule; `values` by column, its terms as JSON. InvalidMany by field."""
    _check(values)
    row: SurchargeRule = create(SurchargeRule(), values, "surcharge.created", actor, now)
    return row


def change_surcharge(
    row: SurchargeRule, values: Mapping[str, Any], seen: int, actor: Viewer, now: datetime
) -> SurchargeRule:
    """Change a rule that was read at version `seen`; quotations keep their copies. InvalidMany, EditClash."""
    _check(values)
    change(row, values, seen, "surcharge.changed", actor, now)
    return row


def _check(values: Mapping[str, Any]) -> None:
    errors: dict[str, Text] = {}
    for problem in PriceTerms.from_json(values["terms"]).check():
        if problem.severity == "error":
            field = FIELD_OF.get(problem.column or "", "rate")
            errors.setdefault(field, t("Expected: %(what)s", what=problem.expected))
    last, first = values.get("valid_to"), values["valid_from"]
    if last is not None and last < first:
        errors["valid_to"] = t("a day on or after %(start)s", start=first.isoformat())
    if errors:
        raise InvalidMany(errors)
