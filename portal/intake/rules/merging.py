"""How two customers become one: what is chosen, and what happens to rows that cannot stand beside each other.

Every unique key that holds a customer's id has its rule here; a test fails for one without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.customers.rules.profile import FIELDS as PROFILE
from portal.kernel.text import Text, t

Row = Mapping[str, Any]


class Unite(StrEnum):
    """What happens to a row of the duplicate whose place the survivor's row has already."""

    JOIN = "join"  # the survivor's row takes over what the other adds; that one is set aside, whole
    KEEP = "keep"  # the survivor's row stays as it is; the other is set aside, whole
    END = "end"  # the other is ended, and moves
    RENAME = "rename"  # the other gets a name of its own, and moves
    MARK = "mark"  # the other is marked as the duplicate's, and moves
    APART = "apart"  # cannot be: another column of the key belongs to one customer alone
    STAY = "stay"  # the row speaks of the customers as they were, and stays


RULES: Mapping[tuple[str, tuple[str, ...]], Unite] = {
    ("assignment", ("user_id", "customer_id")): Unite.JOIN,
    ("class_override", ("customer_id", "aspect")): Unite.END,
    ("classification", ("customer_id", "month")): Unite.KEEP,
    ("classification", ("run_id", "customer_id")): Unite.KEEP,
    ("credit_standing", ("customer_id",)): Unite.JOIN,
    ("customer_merge", ("merged_id",)): Unite.STAY,
    ("customer_month", ("customer_id", "month")): Unite.JOIN,
    ("dunning_notice", ("customer_id", "currency", "step_day", "oldest_id")): Unite.APART,
    ("duplicate_pair", ("first_id", "second_id")): Unite.STAY,
    ("index_sum", ("month", "customer_id", "category", "origin", "destination", "name", "key")): Unite.JOIN,
    ("interest", ("campaign_id", "customer_id")): Unite.KEEP,
    ("interest", ("offer_id", "customer_id")): Unite.KEEP,
    ("membership", ("user_id", "customer_id")): Unite.JOIN,
    ("points_account", ("customer_id",)): Unite.JOIN,
    ("settlement_terms", ("customer_id",)): Unite.KEEP,
    ("statement", ("customer_id", "currency", "starts_on", "ends_on")): Unite.MARK,
    ("stock_billed", ("customer_id",)): Unite.JOIN,
    ("stock_item", ("customer_id", "sku")): Unite.JOIN,
    ("stock_lot", ("customer_id", "warehouse_id", "lot", "sku")): Unite.RENAME,
}  # fmt: skip
STAYING = frozenset({
    ("customer", "merged_into_id"), ("customer", "parent_id"), ("customer_merge", "merged_id"),
    ("duplicate_pair", "first_id"), ("duplicate_pair", "second_id"), ("statement", "merged_from_id"),
})  # fmt: skip
"""Places that are not moved with the others: they are set one by one, or speak of the customers as they were."""
PRINTED = (("statement", "customer_id"), ("statement_line", "served_id"))
"""Places under the fingerprint of a published paper: what stood there is remembered."""
FREE = {"audit_entry": "customer_id", "user": "last_customer_id", "classification_run": "last_customer_id"}  # fmt: skip
"""Columns that hold a customer's id without a foreign key: history stays as it was written and is found by the
survivor; the user's choice follows; a run's bookmark is only a number in a sequence."""
FIELDS: Mapping[str, Text] = {
    **{name: text for name, text in PROFILE.items() if name not in ("code", "kind", "parent_id")},
    "market": t("Market"),
    "area": t("Area"),
    "reach": t("Reach"),
    "nature": t("Nature"),
    "source": t("Source"),
}
"""What is chosen field by field; the code and the kind are the survivor's."""
TERMS = "settlement_terms"


def usual(survivor: Mapping[str, Any], duplicate: Mapping[str, Any]) -> dict[str, bool]:
    """Field → whether the duplicate's value is taken unless somebody chooses: where the survivor has none."""
    return {name: not survivor.get(name) and bool(duplicate.get(name)) for name in FIELDS}


def joined_assignment(ours: Row, theirs: Row) -> dict[str, Any]:
    """Who owned either of them; the owner of the survivor stays the only one."""
    return {"part": ours["part"]}


def joined_membership(ours: Row, theirs: Row) -> dict[str, Any]:
    """The powers of both, the wider reach, the later end (none: open)."""
    ends = ours["ends_on"], theirs["ends_on"]
    return {
        "powers": sorted({*ours["powers"], *theirs["powers"]}),
        "covers_branches": ours["covers_branches"] or theirs["covers_branches"],
        "ends_on": None if None in ends else max(ends),
    }


def joined_standing(ours: Row, theirs: Row) -> dict[str, Any]:
    """The stricter of both: held if either is, blacklisted if either is. What is owed is worked out anew."""
    found: dict[str, Any] = {}
    names: tuple[str, ...]
    if ours["held_since"] is None and theirs["held_since"] is not None:
        names = ("held_since", "hold_reason", "held_by", "lifted_until", "lift_reason")
        found |= {name: theirs[name] for name in names}
    if ours["blacklisted_on"] is None and theirs["blacklisted_on"] is not None:
        names = ("blacklisted_on", "blacklisted_until", "blacklist_reason", "blacklisted_by")
        found |= {name: theirs[name] for name in names}
    return found


def added_up(ours: Row, theirs: Row, key: Iterable[str]) -> dict[str, Any]:
    """Figures of both as sums, first days the earlier, last days the later; words stay the survivor's."""
    left = {"id", "customer_id", "version", "position", *key}
    summed = {
        name: _added(name, ours[name], theirs[name])
        for name in ours
        if name not in left and not name.endswith("_id")
        if isinstance(theirs[name], int | Decimal | date | dict)
    }
    return {name: value for name, value in summed.items() if value != ours[name]}


def _added(name: str, ours: Any, theirs: Any) -> Any:
    if ours is None:
        return theirs
    if isinstance(theirs, date | datetime):
        return min(ours, theirs) if name.startswith(("first", "next")) else max(ours, theirs)
    if isinstance(theirs, dict):
        return {each: _sum(ours.get(each), theirs.get(each)) for each in {**ours, **theirs}}
    return ours + theirs


def _sum(ours: Any, theirs: Any) -> str:
    return str(Decimal(str(ours or 0)) + Decimal(str(theirs or 0)))


JOINERS: Mapping[str, Callable[[Row, Row], dict[str, Any]]] = {
    "assignment": joined_assignment,
    "credit_standing": joined_standing,
    "membership": joined_membership,
    "stock_billed": lambda ours, theirs: {
        "through_on": max(ours["through_on"], theirs["through_on"])
    },
    "stock_item": lambda _ours, _theirs: {},
}
"""How the rows of a table are joined; those of other tables are added up."""


def kinds_problem(
    survivor: Mapping[str, Any], duplicate: Mapping[str, Any], *, has_branches: bool
) -> Text | None:
    """Why these two cannot become one, by what they are; None when they can. Values: id, kind, parent_id, merged."""
    if survivor["id"] == duplicate["id"]:
        return t("Choose two different customers.")
    if survivor["merged"] or duplicate["merged"]:
        return t("One of them was merged into another customer already.")
    if survivor["parent_id"] == duplicate["id"]:
        return t("The one that stays is a branch of the other: let the group stay.")
    if has_branches and survivor["kind"] in ("branch", "person"):
        return t("The duplicate has branches: let it stay, and merge the other one into it.")
    return None


def renamed(name: str, code: str, longest: int) -> str:
    """A name of its own for what the survivor has one of already: with the duplicate's code behind it."""
    mark = f"({code})"
    return f"{name[: longest - len(mark) - 1]} {mark}".strip()
