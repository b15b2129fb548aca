"""The lists of a run: all classes, who is at risk, who may be promoted, who grows; and the runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import g, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select

from portal.customers.models import Customer
from portal.customers.queries.finding import found_by
from portal.customers.rules.kinds import CUSTOMER_STATES, SEGMENTS, STRUCTURES
from portal.insights.actions.overriding import COLUMN_OF
from portal.insights.labels import AT_RISK, LABELS_OF, NEAR, RUNS, STAR, TIERS
from portal.insights.models import Classification, ClassificationRun
from portal.insights.queries.classes import HAND, with_last_words
from portal.insights.rules.kinds import ABC_WORDS, SIGNALS, WORDS_OF, Aspect
from portal.insights.views.tier_door import next_steps, texts
from portal.kernel.clock import business_day
from portal.kernel.text import Text, t
from portal.web.chips import chip
from portal.web.filters import amount, instant
from portal.web.icons import icon
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

C = Classification
ANY = ("", t("Any"))
NO_RUN = t("The month that ended is classified by itself; “Classify a month” does it now.")


def rows_of(run: ClassificationRun | None) -> Select[Any]:
    """(found, last complaint, last dispute, owner, set by hand) of a run's customers that the viewer may see."""
    return with_last_words(run.id if run else 0, g.viewer)


def _chosen(key: str, label: Text, words: Mapping[str, Text], column: Any) -> Filter:
    return Filter(
        key, label, lambda: [ANY, *words.items()],
        lambda statement, value: statement.where(column == value) if value in words else statement,
    )  # fmt: skip


def _marked(key: str, label: Text, marks: Mapping[str, tuple[Text, Any]]) -> Filter:
    return Filter(
        key, label, lambda: [ANY, *((name, words) for name, (words, _) in marks.items())],
        lambda statement, value: statement.where(marks[value][1]) if value in marks else statement,
    )  # fmt: skip


def _searched(statement: Select[Any], words: str) -> Select[Any]:
    criteria = found_by(words[:80])
    return statement.where(*criteria) if criteria else statement


def _hand(row: Any, aspect: Aspect) -> Any:
    """A pencil where a person set the class, with what the run found."""
    if not (row[4] or 0) & HAND[aspect.value]:
        return ""
    found = WORDS_OF[aspect].get(getattr(row[0], aspect.value), Text("—"))
    words = say(t("set by hand; the run found %(tier)s", tier=found))
    return Markup(' <span class="muted" title="{}">{}</span>').format(words, icon("pencil", words))


def _chip_of(aspect: Aspect) -> Callable[[Any], Any]:
    """The class that counts, as a chip, with a pencil where it is set by hand."""
    labels, column = LABELS_OF[aspect], COLUMN_OF[aspect]
    return lambda row: chip(labels[getattr(row[0].customer, column)]) + _hand(row, aspect)


def _money(name: str) -> Callable[[Any], str]:
    return lambda row: amount(getattr(row[0], name))


def _marks_of(found: Classification) -> list[Label]:
    pairs = ((found.is_at_risk, AT_RISK), (found.is_star, STAR), (bool(found.promotes_to), NEAR))
    return [label for is_so, label in pairs if is_so]


def _marks(row: Any) -> Any:
    return Markup(" ").join(chip(each) for each in _marks_of(row[0]))


def _marks_in_files(row: Any) -> str:
    return ", ".join(say(each.text) for each in _marks_of(row[0]))


def _said(aspect: str) -> Callable[[Any], str]:
    return lambda row: " ".join(say(each) for each in texts(row[0].causes.get(aspect)))


def warnings_of(found: Classification) -> list[tuple[Text, int, Text]]:
    """(signal, points, cause) of each signal that a row keeps."""
    return [
        (SIGNALS[signal], points, Text.from_json(cause))
        for signal, points, cause in found.causes.get("churn", ())
    ]


def _warnings(row: Any) -> Any:
    causes = (escape(say(cause)) for _, _, cause in warnings_of(row[0]))
    return Markup('<div class="causes">{}</div>').format(Markup("<br>").join(causes))


def _warnings_in_files(row: Any) -> str:
    return " ".join(say(cause) for _, _, cause in warnings_of(row[0]))


def _days_since(row: Any) -> Any:
    return row[0].inputs.get("last_order_on") or ""


def _day(at: Any) -> str:
    return "" if at is None else f"{business_day(at)}"


def _steps(row: Any, *, more: bool = False) -> Any:
    """What may be planned with the customer; `more`: it may buy more, so an opportunity too."""
    drawn = '<a class="btn btn-plain btn-sm" href="{}" title="{}">{}<span class="visually-hidden">{}</span></a>'
    found = (
        Markup(drawn).format(url, words, icon(mark), words)
        for mark, words, url in next_steps(row[0].customer, more=more)
    )
    return Markup('<span class="nowrap">{}</span>').format(Markup(" ").join(found))


def _structure(row: Any) -> str:
    structure = row[0].customer.structure
    return say(STRUCTURES[structure]) if structure else ""


def _structure_drawn(row: Any) -> Any:
    return escape(_structure(row)) + _hand(row, Aspect.STRUCTURE)


def _abc_drawn(row: Any) -> Any:
    return escape(row[0].customer.abc) + _hand(row, Aspect.ABC)


CUSTOMER = Column(
    "customer", t("Customer"), lambda r: name_of(r[0].customer), sort=Customer.name_zh
)
CODE = Column("code", t("Code"), lambda r: r[0].customer.code, only_in_files=True)
OWNER = Column("owner", t("Account manager"), lambda r: r[3] or "")
TIER = Column(
    "tier", t("Tier"), _chip_of(Aspect.TIER), value=lambda r: say(SEGMENTS[r[0].customer.segment])
)
STATE = Column(
    "state", t("State"), _chip_of(Aspect.STATE),
    value=lambda r: say(CUSTOMER_STATES[r[0].customer.state]),
)  # fmt: skip
MEAN = Column(
    "mean", t("Mean month"), _money("tier_amount"), sort=C.tier_amount, align="num", value=lambda r: r[0].tier_amount,
)  # fmt: skip
PERIOD = Column(
    "period", t("Worth in the period"), _money("period_amount"), sort=C.period_amount, align="num",
    value=lambda r: r[0].period_amount, total=True,
)  # fmt: skip
LAST_ORDER = Column("last_order", t("Last order"), _days_since)
STEPS = Column("steps", t("Next step"), _steps, only_on_page=True)
STEPS_TO_MORE = replace(STEPS, cell=lambda r: _steps(r, more=True))
NOTHING = Empty(t("Nobody on this list"), NO_RUN)
FILTERS = (
    _chosen("tier", t("Tier"), SEGMENTS, Customer.segment),
    _chosen("state", t("State"), CUSTOMER_STATES, Customer.state),
    _chosen("abc", t("ABC class"), ABC_WORDS, Customer.abc),
    _chosen("structure", t("Structure class"), STRUCTURES, Customer.structure),
)


def _spec(
    key: str, columns: tuple[Column, ...], sort: str, filters: tuple[Filter, ...] = FILTERS
) -> ListSpec:
    return ListSpec(
        key=key, columns=columns, row_id=C.id, sort=sort, filters=filters, search=_searched, empty=NOTHING,
        search_hint=t("Customer, pinyin, code …"),
        url=lambda r: url_for("desk_tiers.customer", customer_id=r[0].customer_id),
    )  # fmt: skip


CLASSES = _spec(
    "classes",
    (
        CUSTOMER, CODE, TIER, STATE,
        Column("abc", t("ABC"), _abc_drawn, value=lambda r: r[0].customer.abc),
        Column("structure", t("Structure"), _structure_drawn, value=_structure),
        MEAN, PERIOD,
        Column("rank", t("Rank"), lambda r: r[0].rank or "", value=lambda r: r[0].rank, only_in_files=True),
        Column("rfm", t("RFM"), lambda r: _rfm(r[0]), value=lambda r: _rfm(r[0])),
        Column("marks", t("Marks"), _marks, value=_marks_in_files),
        replace(OWNER, only_in_files=True),
    ),
    "-period",
    (
        *FILTERS,
        _marked("mark", t("Mark"), {"risk": (t("At risk"), C.is_at_risk.is_(True)),
                                    "star": (t("Tomorrow's star"), C.is_star.is_(True)),
                                    "promotion": (t("Promotion candidate"), C.promotes_to != "")}),
        _marked("moved", t("Moved"), {"yes": (t("Tier changed"), C.tier != C.tier_before)}),
    ),
)  # fmt: skip
CHURN = _spec(
    "churn",
    (
        CUSTOMER, CODE,
        Column("points", t("Points"), lambda r: r[0].churn_points, sort=C.churn_points, align="num",
               value=lambda r: r[0].churn_points),
        Column("causes", t("Causes"), _warnings, value=_warnings_in_files),
        LAST_ORDER,
        Column("complaint", t("Complaint"), lambda r: _day(r[1])),
        Column("dispute", t("Dispute"), lambda r: _day(r[2])),
        OWNER,
        replace(TIER, only_in_files=True),
        replace(PERIOD, only_in_files=True),
        STEPS,
    ),
    "-points",
    (
        *FILTERS,
        _marked("risk", t("Risk"), {"yes": (t("At risk"), C.is_at_risk.is_(True))}),
    ),
)  # fmt: skip
PROMOTIONS = _spec(
    "promotions",
    (
        CUSTOMER, CODE, TIER,
        Column("to", t("Next tier"), lambda r: chip(TIERS[r[0].promotes_to]),
               value=lambda r: say(SEGMENTS[r[0].promotes_to])),
        MEAN,
        Column("missing", t("Why"), _said("promotion")),
        PERIOD, OWNER, STEPS_TO_MORE,
    ),
    "-mean",
)  # fmt: skip
STARS = _spec(
    "stars",
    (
        CUSTOMER, CODE, TIER, STATE,
        Column("growth", t("Growth %"), lambda r: f"{r[0].growth_percent:+.1f}", sort=C.growth_percent, align="num",
               value=lambda r: r[0].growth_percent),
        Column("why", t("Why"), _said("growth")),
        PERIOD, OWNER, STEPS_TO_MORE,
    ),
    "-growth",
)  # fmt: skip
RUNS_LIST = ListSpec(
    key="classification_runs",
    columns=(
        Column("month", t("Month"), lambda r: f"{r.month:%Y-%m}", sort=ClassificationRun.month,
               value=lambda r: r.month),
        Column("state", t("State"), lambda r: chip(RUNS[r.state]), value=lambda r: say(RUNS[r.state].text)),
        Column("customers", t("Customers"), lambda r: r.counts.get("customers", 0), align="num"),
        Column("changed", t("Brought up to date"), lambda r: r.counts.get("changed", 0), align="num"),
        Column("up", t("Up"), lambda r: r.counts.get("up", 0), align="num"),
        Column("down", t("Down"), lambda r: r.counts.get("down", 0), align="num"),
        Column("risk", t("At risk"), lambda r: r.counts.get("at_risk", 0), align="num"),
        Column("rounds", t("Times done"), lambda r: r.rounds, align="num"),
        Column("finished", t("Finished"), lambda r: instant(r.finished_at), value=lambda r: r.finished_at),
    ),
    row_id=ClassificationRun.id,
    sort="-month",
    url=lambda r: url_for("desk_tiers.run", run_id=r.id),
    empty=Empty(t("No month is classified yet"), NO_RUN),
)  # fmt: skip


def _rfm(found: Classification) -> str:
    return f"{found.recency}-{found.frequency}-{found.money}" if found.recency else "–"
