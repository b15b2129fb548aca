"""What a file of usage would do: by customer and service, by unit, and what would wait in the queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.usage.rules.accounts import Outcome
from portal.usage.rules.reading import UsageRow

SHOWN = 500


@dataclass(slots=True)
class Line:
    """One customer and service in one unit."""

    rows: int = 0
    quantity: Decimal = Decimal(0)
    queued: int = 0
    over: Decimal = Decimal(0)


@dataclass(slots=True)
class Preview:
    """Sums over the rows that are new; `known` counts those that are recorded already."""

    known: int = 0
    matched: int = 0
    queued: int = 0
    over: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    units: dict[str, Decimal] = field(default_factory=dict)
    lines: dict[tuple[int, str, str], Line] = field(default_factory=dict)

    def add(self, row: UsageRow, outcome: Outcome) -> None:
        """Count one row and what would become of it."""
        line = self.lines.setdefault((row.customer_id, row.item_code, row.unit), Line())
        line.rows += 1
        line.quantity += row.quantity
        self.units[row.unit] = self.units.get(row.unit, Decimal(0)) + row.quantity
        if outcome.mismatch is not None:
            line.queued += 1
            self.queued += 1
            why = outcome.mismatch.value
            self.reasons[why] = self.reasons.get(why, 0) + 1
            return
        self.matched += 1
        if outcome.over:
            line.over += outcome.over
            self.over += 1

    def to_json(self) -> dict[str, Any]:
        """Ready to be stored: figures, and the first lines with the most rows."""
        most = sorted(self.lines.items(), key=lambda each: (-each[1].rows, each[0]))
        return {
            "known": self.known,
            "matched": self.matched,
            "queued": self.queued,
            "over": self.over,
            "reasons": self.reasons,
            "units": {unit: str(total) for unit, total in sorted(self.units.items())},
            "line_count": len(self.lines),
            "lines": [
                [*key, line.rows, str(line.quantity), line.queued, str(line.over)]
                for key, line in most[:SHOWN]
            ],
        }
