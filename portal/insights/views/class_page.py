"""What the pages of tiers and classes are drawn from: the overview, one customer, one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.billing.rules.states import RunState
from portal.customers.models import Customer
from portal.customers.rules.kinds import SEGMENTS, STRUCTURES, Segment
from portal.db import lately
from portal.documents.queries import firm_currency
from portal.insights.actions.overriding import COLUMN_OF
from portal.insights.labels import AT_RISK, LABELS_OF, RUNS, STATES, TIERS
from portal.insights.models import (
    Classification,
    ClassificationRun,
    ClassOverride,
    CustomerMonth,
    TierCard,
)
from portal.insights.queries import classes as queries
from portal.insights.queries import tiers
from portal.insights.rules.inputs import Inputs
from portal.insights.rules.kinds import ASPECTS, SERVICE_LEVELS, TIER_ORDER, WORDS_OF, Aspect
from portal.insights.rules.rfm import Rfm
from portal.insights.rules.tiers import is_above, next_tier
from portal.insights.views.class_lists import warnings_of
from portal.insights.views.tier_door import newest, next_steps, said, texts
from portal.jobs import classes as jobs
from portal.kernel.clock import business_day
from portal.kernel.text import Text
from portal.receivables.rules.report_months import moved
from portal.service_requests.rules.ranking import TIERS as QUEUE
from portal.web.bars import Chart, chart_of
from portal.web.labels import Label

SHOWN_MONTHS = 24
YEAR = 12


@dataclass(frozen=True, slots=True)
class TierShown:
    """One tier of the overview. `loads`: (person, customers, over the card's capacity, where they are)."""

    card: TierCard
    label: Label
    count: int
    upper: Decimal | None
    place: int
    loads: list[tuple[str, int, bool, str]]
    menu: list[tuple[Text, list[Any]]]


def overview(viewer: Viewer) -> dict[str, Any]:
    """The tiers from the highest, the newest run, its structure classes."""
    run = newest()
    return {
        "tiers": _tiers(viewer),
        "run": run,
        "found": _found_in(run, viewer) if run else None,
        "shares": _shares(run) if run and viewer.sees_all else [],
        "currency": firm_currency(),
        "settings": tiers.insight_settings(),
        "said": said,
    }


@dataclass(frozen=True, slots=True)
class FoundInRun:
    """What a run found of the customers whom somebody may see: as many as the lists behind these figures have."""

    customers: int
    up: int
    down: int
    at_risk: int
    new_risk: int
    promotions: int
    stars: int


def _found_in(run: ClassificationRun, viewer: Viewer) -> FoundInRun:
    rows = queries.tallies(run.id, viewer)
    risen = [each for each in rows if is_above(Segment(each.tier), Segment(each.before))]
    fallen = [each for each in rows if is_above(Segment(each.before), Segment(each.tier))]
    return FoundInRun(
        customers=sum(each.customers for each in rows),
        up=sum(each.customers for each in risen),
        down=sum(each.customers for each in fallen),
        at_risk=sum(each.at_risk for each in rows),
        new_risk=queries.new_at_risk(run, viewer),
        promotions=sum(each.promotions for each in rows),
        stars=sum(each.stars for each in rows),
    )


def _tiers(viewer: Viewer) -> list[TierShown]:
    cards, counts, loads = tiers.cards(), tiers.counts(viewer), tiers.loads(viewer)
    return [
        TierShown(
            card, TIERS[tier], counts.get(tier.value, 0), _upper(tier, cards), QUEUE.index(tier) + 1,
            [_load(each, card) for each in loads if each.segment == tier],
            menu_of(card),
        )
        for tier, card in reversed(cards.items())
    ]  # fmt: skip


def _load(load: tiers.Load, card: TierCard) -> tuple[str, int, bool, str]:
    url = url_for("desk_customers.index", segment=load.segment, owner=load.user_id)
    return load.name, load.customers, _is_over(load.customers, card), url


def menu_of(card: TierCard) -> list[tuple[Text, list[Any]]]:
    """The lines of a tier's menu by level, those that are on it now."""
    found = [
        (words, [each for each in card.services if each.active and each.level == level])
        for level, words in SERVICE_LEVELS.items()
    ]
    return [(words, lines) for words, lines in found if lines]


@dataclass(frozen=True, slots=True)
class AspectShown:
    """One class of one customer: what counts, what the run found and why, and what is set by hand.

    `since`: the day from which it counts, and why, where it became so after the run.
    """

    name: Text
    label: Label | None
    found: Text | None
    causes: list[Text]
    by_hand: ClassOverride | None
    since: tuple[date, Text] | None = None


def context(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """One customer's classes."""
    history = queries.history_of(customer.id, viewer)
    overrides = queries.overrides_of(customer.id, viewer)
    found = history[0] if history else None
    live = {row.aspect: row for row in overrides if row.ended_at is None}
    months = queries.months_of(customer.id, viewer, SHOWN_MONTHS)
    return {
        "customer": customer,
        "aspects": _aspects(customer, found, live),
        "months": months,
        "chart": _chart(months),
        "history": [(row, TIERS[row.tier], STATES[row.state]) for row in history],
        "overrides": [(row, ASPECTS[row.aspect], WORDS_OF[row.aspect][row.value]) for row in overrides],
        "currency": firm_currency(),
        "steps": next_steps(customer),
        "rating_url": _rating_url(customer, viewer),
        **(_found(found) if found else {"found": None}),
    }  # fmt: skip


def _found(found: Classification) -> dict[str, Any]:
    """What the newest run said beside the classes."""
    causes = found.causes
    return {
        "found": found,
        "warnings": warnings_of(found),
        "growth": texts(causes.get("growth")),
        "promotion": texts(causes.get("promotion")),
        "rfm": Rfm(found.recency, found.frequency, found.money),
        "rfm_cause": texts(causes.get("rfm")),
        "inputs": Inputs.from_json(found.inputs),
        "tier_words": SEGMENTS,
        "risk_label": AT_RISK,
    }


def run_context(run: ClassificationRun, viewer: Viewer) -> dict[str, Any]:
    """How far a run is, and what it found."""
    held = jobs.is_at_work(run.id) or lately.has_moved(run)
    is_working = run.state == RunState.WAITING or (run.state == RunState.RUNNING and held)
    stopped = run.state == RunState.FAILED or (run.state == RunState.RUNNING and not held)
    counts = run.counts or {}
    return {
        "run": run,
        "label": RUNS[run.state],
        "is_working": is_working,
        "has_stopped": stopped and not is_working,
        "counts": counts,
        "tiers": [(TIERS[tier], counts.get(f"tier_{tier.value}", 0)) for tier in reversed(TIER_ORDER)],
        "states": [(label, counts.get(f"state_{state}", 0)) for state, label in STATES.items()],
        "shares": _shares(run) if viewer.sees_all else [],
        "currency": (run.rules or {}).get("currency", "CNY"),
        "may_run": viewer.may(P.INSIGHT_RUN),
    }  # fmt: skip


def _chart(months: list[CustomerMonth]) -> Chart | None:
    """Net revenue of a year up to the newest month that is known; months without facts are nothing."""
    if not months:
        return None
    known = {row.month: row.net_amount for row in months}
    last = months[0].month
    shown = [moved(last, back - YEAR + 1) for back in range(YEAR)]
    return chart_of([(f"{m:%m}", known.get(m, Decimal(0)), m == last) for m in shown])


def _aspects(
    customer: Customer, found: Classification | None, live: Mapping[str, ClassOverride]
) -> list[AspectShown]:
    """The state is worked out daily, the others by the month's run."""
    changed = queries.last_state_change(customer.id)
    shown = {each: _aspect(each, customer, found, live) for each in Aspect}
    if changed is not None and "why" in changed[1]:
        at, after = changed
        since = business_day(at), Text.from_json(after["why"])
        shown[Aspect.STATE] = replace(shown[Aspect.STATE], since=since)
    return list(shown.values())


def _aspect(
    aspect: Aspect, customer: Customer, found: Classification | None, live: Mapping[str, ClassOverride]
) -> AspectShown:  # fmt: skip
    worked_out = getattr(found, aspect.value) if found else ""
    return AspectShown(
        ASPECTS[aspect],
        LABELS_OF[aspect].get(getattr(customer, COLUMN_OF[aspect])),
        WORDS_OF[aspect].get(worked_out),
        texts(found.causes.get(aspect.value)) if found else [],
        live.get(aspect.value),
    )


def _upper(tier: Any, cards: Mapping[Any, TierCard]) -> Decimal | None:
    above = next_tier(tier)
    return cards[above].lower_amount if above in cards else None


def _is_over(count: int, card: TierCard) -> bool:
    return card.capacity_to is not None and count > card.capacity_to


def _shares(run: ClassificationRun) -> list[tuple[Text, int, str, Decimal, str | None]]:
    """(class, customers, the book's percent, amount, the real percent) as the run found them."""
    return [
        (STRUCTURES[kind], count, f"{Decimal(percent).normalize():f}", Decimal(amount), real)
        for kind, count, percent, amount, real in (run.portfolio or {}).get("structure", ())
    ]


def _rating_url(customer: Customer, viewer: Viewer) -> str | None:
    if not viewer.may(P.AGEING_SEE):
        return None
    return url_for("desk_settlement.rating", customer_id=customer.id)
