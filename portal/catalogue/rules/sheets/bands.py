"""Bands of one schedule: in order, without overlap; gaps and rising rates are told, not repaired.

Source: DOMAIN P9 (bounds), section 15 ("a price list with gaps or non-falling breaks is normal: warn").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from portal.catalogue.rules.terms import ZERO, Bound, Break
from portal.kernel.errors import Problem
from portal.kernel.text import Text, t

Band = tuple[Break, int]
"""A band and the row it stands on."""
_GAP_WITHIN = Decimal(1)


def settle_bands(
    bands: Sequence[Band], bound: Bound, has_starts: bool, label: str | None
) -> tuple[list[Break], list[Problem]]:
    """The bands in order, and their problems: overlaps are errors, the rest warnings.

    A band that repeats another exactly is dropped with a warning. Without `has_starts` each band begins
    where the one before ends.
    """
    ordered = sorted(bands, key=lambda one: (one[0].over, one[0].up_to is None, one[0].up_to or 0))
    if not has_starts:
        ordered = _with_starts(ordered)
    problems: list[Problem] = []
    kept: list[Band] = []
    for one in ordered:
        if kept and kept[-1][0] == one[0]:
            expected = t("each band once; row %(row)s is the same", row=kept[-1][1])
            problems.append(_warning(one, label, expected))
            continue
        if kept:
            problems += _beside(kept[-1], one, bound, label)
        elif one[0].over > _allowed_gap(bound):
            expected = t("a band from 0 on; below %(over)s there is no price", over=one[0].over)
            problems.append(_warning(one, label, expected))
        kept.append(one)
    return [band for band, _ in kept], problems


def _with_starts(ordered: Sequence[Band]) -> list[Band]:
    start = ZERO
    filled: list[Band] = []
    for band, row in ordered:
        filled.append((replace(band, over=start), row))
        start = band.up_to if band.up_to is not None else start
    return filled


def _beside(before: Band, one: Band, bound: Bound, label: str | None) -> list[Problem]:
    problems = []
    (lower, lower_row), (band, row) = before, one
    if overlaps(lower, band, bound):
        expected = t(
            "bands that do not overlap; row %(row)s has %(band)s", row=lower_row, band=span(lower)
        )
        problems.append(Problem(row, label, span(band), expected))
    elif lower.up_to is not None and band.over - lower.up_to > _allowed_gap(bound):
        expected = t("a band for what lies between %(start)s and %(end)s", start=lower.up_to,
                     end=band.over)  # fmt: skip
        problems.append(_warning(one, label, expected))
    if _is_rate(lower) and _is_rate(band) and (band.rate or ZERO) > (lower.rate or ZERO):
        expected = t("a rate that falls or stays; row %(row)s has %(rate)s", row=lower_row,
                     rate=str(lower.rate))  # fmt: skip
        problems.append(Problem(row, label, str(band.rate), expected, "warning"))
    return problems


def _is_rate(band: Break) -> bool:
    return band.flat is None and band.rate is not None


def _allowed_gap(bound: Bound) -> Decimal:
    """Bands that name both ends (250.00-499.99) leave a little between; that is their nature."""
    return _GAP_WITHIN if bound is Bound.WITHIN else ZERO


def _warning(one: Band, label: str | None, expected: Text) -> Problem:
    return Problem(one[1], label, span(one[0]), expected, "warning")


def overlaps(lower: Break, band: Break, bound: Bound) -> bool:
    """Whether two bands, `lower` starting first, share a quantity."""
    if lower.over == band.over or lower.up_to is None:
        return True
    return band.over <= lower.up_to if bound is Bound.WITHIN else band.over < lower.up_to


def span(band: Break) -> str:
    """The band's ends as they are written: `45-100`, `3000-`."""
    return f"{band.over:f}-{'' if band.up_to is None else format(band.up_to, 'f')}"


def split_offers(bands: Sequence[Band], bound: Bound) -> list[list[Band]]:
    """Bands of one key that overlap, dealt into offers without overlap, in the file's order."""
    offers: list[list[Band]] = []
    for one in bands:
        for offer in offers:
            if any(band == one[0] for band, _ in offer) or not any(
                _touch(band, one[0], bound) for band, _ in offer
            ):
                offer.append(one)
                break
        else:
            offers.append([one])
    return offers


def _touch(one: Break, other: Break, bound: Bound) -> bool:
    lower, upper = sorted((one, other), key=lambda band: band.over)
    return overlaps(lower, upper, bound)
