"""The grid of a draft's lines as it comes back from the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.contracts.actions.lines import LineEdit
from portal.contracts.actions.values import overage_terms
from portal.contracts.models import ContractLine
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.web.fields import plain_number, read_number
from portal.web.words import say

NUMBERS = ("quantity", "rate", "discount", "overage_rate")
WORDS = ("allowance", "overage", "reason")
FIELDS = (*NUMBERS, *WORDS)
LONGEST = 300


@dataclass
class Grid:
    """The lines as typed. `was` is what the page showed, so that only what a person touched is an edit."""

    typed: dict[int, dict[str, str]] = field(default_factory=dict)
    was: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> Grid:
        """The posted fields `lines-<id>-<field>` and the hidden `was`."""
        typed: dict[int, dict[str, str]] = {}
        for name, value in posted.items():
            head, _dash, rest = name.partition("-")
            row, _dash, cell = rest.partition("-")
            if head == "lines" and row.isdecimal() and cell in FIELDS:
                typed.setdefault(int(row), {})[cell] = value.strip()
        return cls(typed, _was(posted.get("was", "")))

    def shown(self, row: ContractLine, name: str) -> str:
        """What stands in a cell: what was typed, else what is stored."""
        return self.typed.get(row.id, {}).get(name, stored(row)[name])

    def touched(self, row_id: int) -> dict[str, str]:
        """The cells of a row that a person changed."""
        before = dict(zip(FIELDS, self.was.get(str(row_id), ()), strict=False))
        return {n: v for n, v in self.typed.get(row_id, {}).items() if v != before.get(n, "")}

    def forget_untouched(self) -> None:
        """Keep only what a person changed: the rest is shown as it is stored now."""
        self.typed = {row: touched for row in self.typed if (touched := self.touched(row))}

    def edits(self, common_reason: str = "") -> list[LineEdit]:
        """One edit for each touched row; wrong figures are in `errors` afterwards."""
        found = []
        for row_id in self.typed:
            touched = self.touched(row_id)
            if touched:
                found.append(LineEdit(row_id, self._values(row_id, touched, common_reason)))
        return found

    def wrong(self, name: str, text: Text) -> None:
        """Put a message at a cell."""
        self.errors[name] = say(text)

    def _values(
        self, row_id: int, touched: Mapping[str, str], common_reason: str
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, typed in touched.items():
            values[name] = self._number(row_id, name, typed) if name in NUMBERS else typed
        if "rate" in values and values["rate"] is None:
            values.pop("rate")
        if "rate" in values and not values.get("reason"):
            values["reason"] = common_reason.strip()
        if len(values.get("reason") or "") > LONGEST:
            self.wrong(f"lines-{row_id}-reason", t("At most %(most)s characters.", most=LONGEST))
        return values

    def _number(self, row_id: int, name: str, typed: str) -> Decimal | None:
        try:
            return read_number(typed)
        except Invalid as error:
            self.wrong(f"lines-{row_id}-{name}", error.text)
            return None


def stored(row: ContractLine) -> dict[str, str]:
    """A row's cells as the page shows them."""
    beyond = overage_terms(row)
    return {
        "quantity": plain_number(row.quantity),
        "rate": plain_number(row.rate),
        "discount": plain_number(row.discount_percent) if row.discount_percent else "",
        "overage_rate": plain_number(beyond.rate) if beyond else "",
        "allowance": row.allowance,
        "overage": row.overage,
        "reason": row.manual_reason,
    }


def as_was(rows: Sequence[ContractLine]) -> str:
    """The hidden `was`: every row's cells as the page shows them."""
    cells = {str(row.id): [stored(row)[name] for name in FIELDS] for row in rows}
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def _was(text: str) -> dict[str, list[str]]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {k: [str(cell) for cell in v] for k, v in found.items() if isinstance(v, list)}
