"""What a statement comes to, by branch, section, service and rate of tax; the same at both doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.access.viewer import Viewer
from portal.billing.labels import LINE_KINDS
from portal.billing.models import Statement
from portal.billing.queries.sums import Portion, Sum, added_up, measured, portions
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import LineState
from portal.billing.views.line_words import tax_words
from portal.catalogue.labels import SECTION_WORDS
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.web.filters import quantity
from portal.web.words import name_of, say

UNNAMED = t("Other charges")


@dataclass(frozen=True, slots=True)
class Cut:
    """The sums of one way of looking: (what, sum) in the order of the largest."""

    title: Text
    sums: list[tuple[str, Sum]]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is added up on a statement's page."""

    cuts: list[Cut]
    services: list[tuple[str, Sum]]
    measures: list[tuple[str, Text]]
    states: dict[str, Sum]
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def lines_in(self, state: LineState) -> int:
        """How many lines are in a state."""
        known = self.states.get(state.value)
        return known.lines if known else 0


def summary(statement: Statement, viewer: Viewer, revision: int | None = None) -> Summary:
    """Asked by one grouped statement, whatever the number of lines."""
    return summed(portions(statement.id, viewer, revision))


def summed(parts: list[Portion]) -> Summary:
    """The summary of what was asked for, or of lines that are not stored."""
    branches = _named(added_up(parts, lambda p: p.served), name_of)
    cuts = [
        Cut(t("By section"), _named(added_up(parts, _section), say)),
        Cut(t("By rate of tax"), _named(added_up(parts, _tax), say)),
    ]
    if len(branches) > 1:
        cuts.insert(0, Cut(t("By branch"), branches))
    return Summary(
        cuts=cuts,
        services=_named(added_up(parts, _service), say),
        measures=[(quantity(total), unit_word(unit)) for unit, total in measured(parts).items()],
        states={each.key: each for each in added_up(parts, lambda p: p.state)},
        choices=_choices(parts),
    )


def _choices(parts: list[Portion]) -> dict[str, list[tuple[str, str]]]:
    """What the lines can be narrowed to: `service` and `branch`, each (id, name)."""
    services = {p.item_id: name_of(p.item) for p in parts if p.item is not None}
    branches = {p.served_id: name_of(p.served) for p in parts}
    return {
        name: sorted(((str(key), words) for key, words in found.items()), key=lambda each: each[1])
        for name, found in (("service", services), ("branch", branches))
    }


def _named(sums: list[Sum], words: Any) -> list[tuple[str, Sum]]:
    return [(words(each.key), each) for each in sums]


def _section(part: Portion) -> Text:
    return SECTION_WORDS.get(part.section or "") or _kind(part)


def _service(part: Portion) -> Text | str:
    return name_of(part.item) if part.item is not None else _kind(part)


def _kind(part: Portion) -> Text:
    return LINE_KINDS.get(LineKind(part.kind), UNNAMED)


def _tax(part: Portion) -> Text:
    return tax_words(part.tax_kind, part.tax_percent)
