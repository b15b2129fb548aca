"""How a figure arose, kept with the figure: data that a bill line stores and a person can read.

Source: DOMAIN P19, DESIGN section 4 (working).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.catalogue.rules.working_text import Step, sentences_of
from portal.kernel.text import Text

__all__ = ["Step", "Working"]


@dataclass(frozen=True, slots=True)
class Working:
    """The steps of one calculation in their order: (kind, values)."""

    steps: tuple[Step, ...] = ()

    def sentences(self) -> tuple[Text, ...]:
        """One sentence for each step."""
        return sentences_of(self.steps)

    def values(self, kind: str) -> Mapping[str, Any]:
        """The values of the first step of this kind; empty when it did not happen."""
        return next((values for name, values in self.steps if name == kind), {})

    def to_json(self) -> list[Any]:
        """JSON-ready: [[kind, {name: value}], …], Decimals as strings."""
        return [[kind, _plain(values)] for kind, values in self.steps]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> Working:
        """The working that `to_json` wrote: numbers as strings, the sentences the same."""
        return cls(tuple((kind, values) for kind, values in stored))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value
