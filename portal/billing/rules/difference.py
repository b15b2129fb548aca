"""What a later revision of a statement changed, line by line (DESIGN section 4).

Lines that say the same in both are left out. What replaces a line is the one that names it, else the one that comes
from the same cause: the same draw, fee, credit or storage month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.billing.rules.content import canonical_line, line_values
from portal.billing.rules.totals import Sums, sums_of
from portal.kernel.text import Text, t

FIELD_WORDS: Mapping[str, Text] = {
    "served_id": t("Served"),
    "name_zh": t("Service"),
    "reference": t("Reference"),
    "starts_on": t("First day"),
    "ends_on": t("Last day"),
    "quantity": t("Quantity"),
    "unit": t("Unit"),
    "rate": t("Price"),
    "line_currency": t("Currency"),
    "amount": t("Amount"),
    "exchange_rate": t("Rate of exchange"),
    "tax_percent": t("Tax rate"),
    "tax_kind": t("Tax"),
    "net_amount": t("Net"),
    "tax_amount": t("Tax amount"),
    "gross_amount": t("Gross"),
    "note": t("Note"),
}
"""The fields that a reader compares, in the order in which they are shown."""


class ChangeKind(StrEnum):
    """What became of a line."""

    ADDED = "added"
    ENDED = "ended"
    REPLACED = "replaced"


CHANGE_WORDS: Mapping[ChangeKind, Text] = {
    ChangeKind.ADDED: t("Added"),
    ChangeKind.ENDED: t("No longer part of it"),
    ChangeKind.REPLACED: t("Replaced"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a replaced line: what it said and what it says."""

    name: str
    word: Text
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One line that is not the same in both revisions; `old` None: added, `new` None: ended."""

    kind: ChangeKind
    old: Any | None
    new: Any | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def gross_change(self) -> Decimal:
        """By how much the statement's gross changes with it."""
        before, after = (Decimal(0) if x is None else x.gross_amount for x in (self.old, self.new))
        return after - before


@dataclass(frozen=True, slots=True)
class RevisionDifference:
    """Two revisions side by side; the changes of the lines add up to the change of the sums."""

    before: Sums
    after: Sums
    lines: tuple[LineDifference, ...]


def compare(old: Iterable[Any], new: Iterable[Any]) -> RevisionDifference:
    """Two revisions with their sums."""
    before, after = list(old), list(new)
    return RevisionDifference(sums_of(before), sums_of(after), tuple(differences(before, after)))


def differences(old: Iterable[Any], new: Iterable[Any]) -> list[LineDifference]:
    """The lines that differ: replaced and ended ones in the old order, then the added ones in the new."""
    before, after = _unlike(list(old), list(new))
    partners = _partners(before, after)
    taken = {id(line) for line in partners.values()}
    found = []
    for line in before:
        successor = partners.get(id(line))
        if successor is None:
            found.append(LineDifference(ChangeKind.ENDED, line, None))
        else:
            changes = _changes(line, successor)
            found.append(LineDifference(ChangeKind.REPLACED, line, successor, changes))
    added = (line for line in after if id(line) not in taken)
    return [*found, *(LineDifference(ChangeKind.ADDED, None, line) for line in added)]


def _unlike(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    """The lines of each side that have no equal on the other; of equal ones as many as there are more."""
    said_before = [canonical_line(line_values(line)) for line in old]
    said_after = [canonical_line(line_values(line)) for line in new]
    both = Counter(said_before) & Counter(said_after)
    return _without(old, said_before, both), _without(new, said_after, both)


def _without(lines: list[Any], said: list[str], same: Counter[str]) -> list[Any]:
    left = Counter(same)
    found = []
    for line, text in zip(lines, said, strict=True):
        if left[text]:
            left[text] -= 1
        else:
            found.append(line)
    return found


def _partners(old: list[Any], new: list[Any]) -> dict[int, Any]:
    """Which new line replaces which old one: by name first, then by cause; each at most once."""
    found: dict[int, Any] = {}
    by_name = {line.id: line for line in old if getattr(line, "id", None) is not None}
    left = []
    for line in new:
        named = by_name.pop(getattr(line, "replaces_id", None), None)
        if named is None:
            left.append(line)
        else:
            found[id(named)] = line
    by_cause: dict[tuple[Any, ...], list[Any]] = {}
    for line in old:
        if id(line) not in found:
            by_cause.setdefault(_cause(line), []).append(line)
    for line in left:
        alike = by_cause.get(_cause(line))
        if alike:
            found[id(alike.pop(0))] = line
    return found


def _cause(line: Any) -> tuple[Any, ...]:
    ids = (line.usage_id, line.entitlement_id, line.part, line.credit_id, line.receivable_id)
    return line.kind, line.reverses_id, line.item_id, line.contract_line_id, line.starts_on, *ids


def _changes(old: Any, new: Any) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in FIELD_WORDS)
    return tuple(FieldChange(name, FIELD_WORDS[name], a, b) for name, a, b in pairs if a != b)
