"""The list of pairs that may be duplicates."""

from __future__ import annotations

from functools import reduce

from flask import url_for
from markupsafe import Markup

from portal.customers.models import Customer
from portal.intake.models import DuplicatePair
from portal.intake.queries.duplicates import having_words
from portal.intake.rules.kinds import PAIR_STATES, PairState
from portal.intake.rules.likeness import REASONS
from portal.kernel.text import Text, t
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say


def reasons(pair: DuplicatePair) -> str:
    """Why they may be one, in words."""
    texts = [REASONS[each] for each in pair.reasons if each in REASONS]
    joined = reduce(lambda one, other: t("%(one)s; %(other)s", one=one, other=other), texts or [Text("")])  # fmt: skip
    return say(joined)


def _customer(customer: Customer) -> Markup:
    return Markup('{} <span class="muted">{}</span>').format(name_of(customer), customer.code)


PAIRS = ListSpec(
    key="duplicate_pairs",
    columns=(
        Column(
            "first",
            t("Customer"),
            lambda p: _customer(p.first),
            value=lambda p: f"{p.first.code} {p.first.name_zh}",
        ),
        Column(
            "second",
            t("Perhaps the same"),
            lambda p: _customer(p.second),
            value=lambda p: f"{p.second.code} {p.second.name_zh}",
        ),
        Column("score", t("Points"), lambda p: p.score, sort=DuplicatePair.score, align="num"),
        Column("why", t("Why"), reasons),
        Column(
            "found",
            t("Found on"),
            lambda p: instant(p.found_at),
            sort=DuplicatePair.found_at,
            value=lambda p: p.found_at,
        ),
    ),
    row_id=DuplicatePair.id,
    sort="-score",
    url=lambda p: url_for("desk_duplicates.show", pair_id=p.id),
    filters=(
        Filter(
            "state",
            t("State"),
            lambda: [("", PAIR_STATES[PairState.OPEN]), (PairState.DISMISSED.value, PAIR_STATES[PairState.DISMISSED])],
            lambda statement, _value: statement,
        ),
    ),
    search=having_words,
    search_hint=t("Name, pinyin, initials, code"),
    empty=Empty(
        t("No duplicates in sight"),
        t("Customers are compared every day by name, code, telephone, mail and bank account."),
    ),
)  # fmt: skip
