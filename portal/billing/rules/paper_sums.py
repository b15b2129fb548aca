"""Sums of paper lines under words: by service, by tax label, by original currency (DOMAIN F2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from portal.billing.rules.statement_paper import NamedSums, PaperLine
from portal.billing.rules.totals import ZERO, CurrencySums, Sums
from portal.documents.rules.words import Words


def summed(lines: Iterable[PaperLine]) -> Sums:
    """How many, and their net, tax and gross; gross is net + tax."""
    count, net, tax = 0, ZERO, ZERO
    for line in lines:
        count, net, tax = count + 1, net + line.net, tax + line.tax
    return Sums(count, net, tax, net + tax)


def named_by(
    lines: Iterable[PaperLine], name: Callable[[PaperLine], Words]
) -> tuple[NamedSums, ...]:
    """Sums under each name, in the order in which the lines bring them up."""
    groups: dict[Words, list[PaperLine]] = {}
    for line in lines:
        groups.setdefault(name(line), []).append(line)
    return tuple(NamedSums(words, summed(group)) for words, group in groups.items())


def originals(lines: Iterable[PaperLine]) -> tuple[CurrencySums, ...]:
    """Sums by the currency that was charged in, each beside what it was converted to."""
    groups: dict[str, list[PaperLine]] = {}
    for line in lines:
        groups.setdefault(line.currency, []).append(line)
    return tuple(
        CurrencySums(
            currency,
            len(group),
            sum((line.amount for line in group), ZERO),
            sum((line.converted for line in group), ZERO),
        )
        for currency, group in groups.items()
    )
