"""What must be there before an opportunity may enter a stage, and what is missing (REQUIREMENTS O4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.kernel.text import Text, t
from portal.opportunities.rules.kinds import ENTRY_RULES, EntryRule

FIELDS: dict[EntryRule, str] = {
    EntryRule.AMOUNT: "amount",
    EntryRule.CLOSE_ON: "close_on",
    EntryRule.CONTACT: "contact_id",
    EntryRule.DECIDER: "decider",
    EntryRule.SITE: "site_id",
    EntryRule.ITEMS: "lines",
    EntryRule.COMPETITOR: "competitors",
    EntryRule.QUOTATION: "quotation",
    EntryRule.PROPOSAL: "proposal",
    EntryRule.TASKS_DONE: "tasks",
}
"""The field (or the card of the page) at which a missing thing is told."""


@dataclass(frozen=True, slots=True)
class StageFacts:
    """A stage as the rules see it: its place in its method, and what it asks for."""

    id: int
    method_id: int
    position: int
    name: str
    rules: tuple[EntryRule, ...] = ()
    active: bool = True


def rules_of(stored: Iterable[str] | None) -> tuple[EntryRule, ...]:
    """The rules that a stage keeps, in the order of the catalogue; unknown words are passed over."""
    kept = set(stored or ())
    return tuple(rule for rule in EntryRule if rule.value in kept)


def asked_on_the_way(
    stages: Sequence[StageFacts], start: StageFacts, target: StageFacts
) -> dict[EntryRule, StageFacts]:
    """What the stages from `start` (left out) to `target` ask for, each with the first stage that does.

    Who jumps over a stage meets its rules too; a way back, and a stage that is no longer used, asks for nothing. Coming
    from another method every stage up to the target counts.
    """
    begins = start.position if start.method_id == target.method_id else None
    asked: dict[EntryRule, StageFacts] = {}
    for stage in sorted(stages, key=lambda each: (each.position, each.id)):
        if stage.method_id != target.method_id or stage.position > target.position:
            continue
        if begins is not None and stage.position <= begins:
            continue
        if stage.active or stage.id == target.id:
            for rule in stage.rules:
                asked.setdefault(rule, stage)
    return asked


def missing(
    asked: dict[EntryRule, StageFacts], there: frozenset[EntryRule]
) -> dict[EntryRule, Text]:
    """What is asked for and is not there, as sentences."""
    return {
        rule: t("“%(stage)s” needs %(what)s.", stage=stage.name, what=ENTRY_RULES[rule])
        for rule, stage in asked.items()
        if rule not in there
    }


def at_fields(wanting: dict[EntryRule, Text]) -> dict[str, Text]:
    """The same by field, for a form."""
    return {FIELDS[rule]: text for rule, text in wanting.items()}
