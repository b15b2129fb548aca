"""Panels about customers and money: pipeline, business, tiers, what is owed, bills, one's own commission."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access.permissions import Permission as P
from portal.billing.labels import STATEMENTS
from portal.billing.queries.sums import Named
from portal.commissions.queries.runs import own_months
from portal.customers.rules.kinds import SEGMENTS
from portal.db.together import Inquiry, Rows
from portal.documents.queries import firm_currency
from portal.home.links import address
from portal.insights.queries import boards, comparison
from portal.insights.rules.kinds import TIER_ORDER
from portal.insights.views.board import (
    Drawing,
    Panel,
    Point,
    Stat,
    bars,
    counted,
    noticed,
    picture_of,
)
from portal.insights.views.comparison_question import rows_url
from portal.kernel import clock
from portal.receivables.rules.report_figures import change, percent
from portal.receivables.rules.report_months import Months, moved
from portal.web.filters import amount
from portal.web.filters import moved as moved_by
from portal.web.words import name_of, say

ZERO = Decimal(0)


def pipeline() -> Drawing | None:
    """Open opportunities by stage, in the firm's currency; other currencies are only counted."""
    if not g.viewer.may(P.OPPORTUNITY_SEE):
        return None
    today = clock.today()
    decided = boards.decisions(g.viewer, today, today.replace(day=1))
    return Inquiry((boards.stages(g.viewer), decided), _pipeline)


def _pipeline(stages: Rows, decided: tuple[int, ...]) -> Panel:
    board = address("desk_opportunities.board")
    some = [
        (f"{name} · {count}", value, _money(value), address("desk_opportunities.index", stage=stage_id))
        for stage_id, (name, count, value) in _by_stage(stages).items()
    ]  # fmt: skip
    more = address("desk_opportunities.forecast") if g.viewer.may(P.FORECAST_SEE) else board
    return Panel(
        _("Opportunities"), more, _pipeline_stats(stages, decided), bars(some), more=_("Forecast"),
        empty=_("No open opportunity."),
    )  # fmt: skip


def _by_stage(stages: Rows) -> dict[int, tuple[str, int, Decimal]]:
    """Id of a stage → its name, how many stand in it, and what those in the firm's currency are worth.

    Stages are told apart by their method where there are several: each has its own "first talk".
    """
    code, found = firm_currency(), dict[int, tuple[str, int, Decimal]]()
    several = len({tuple(row[1:3]) for row in stages}) > 1
    for stage_id, method_zh, method_en, zh, en, currency, count, value in stages:
        stage = name_of(Named(zh, en))
        name = f"{name_of(Named(method_zh, method_en))} · {stage}" if several else stage
        _name, known, sum_known = found.get(stage_id, (name, 0, ZERO))
        worth = value if currency == code and value is not None else ZERO
        found[stage_id] = name, known + count, sum_known + worth
    return found


def _pipeline_stats(stages: Rows, decided: tuple[int, ...]) -> list[Stat]:
    passed, won, lost = decided
    index = lambda **narrowed: address("desk_opportunities.index", **narrowed)  # noqa: E731
    count = counted(sum(row[-2] for row in stages))
    late, month = index(state="overdue", sort="close"), f"{clock.today():%Y-%m}"
    return [
        Stat(_("Open opportunities"), count, index(), _worth(stages)),
        Stat(_("Day has passed"), counted(passed), late, tone=noticed(passed)),
        Stat(_("Won this month"), counted(won), index(state="won", closed=month)),
        Stat(_("Lost this month"), counted(lost), index(state="lost", closed=month)),
    ]


def _worth(stages: Rows) -> str:
    """What those in the firm's currency come to, and how many are not in that sum."""
    code = firm_currency()
    total = sum((row[-1] for row in stages if row[-3] == code and row[-1] is not None), ZERO)
    others = sum(row[-2] for row in stages if row[-3] != code)
    worth = _("worth %(sum)s", sum=f"{code} {_money(total)}")
    apart = ngettext(
        "%(num)s in another currency is not in it", "%(num)s in other currencies are not in it", others
    )  # fmt: skip
    return f"{worth} · {apart}" if others else worth


def business() -> Drawing | None:
    """Net revenue of the year; each month opens its customers."""
    if not g.viewer.may(P.REPORT_SEE):
        return None
    last = moved(clock.today().replace(day=1), -1)
    year = Months(last, last).back(12)
    asked = comparison.totals_asked(year, g.viewer, (comparison.Measure.NET,))
    return Inquiry((asked,), partial(_business, year))


def _business(year: Months, found: comparison.Totals) -> Panel:
    last = year.last
    nets = {month: found.get(month, {}).get("net_amount", ZERO) for month in year}
    now, before = nets[last], nets[moved(last, -1)]
    points = [
        Point(f"{month:%m}", f"{month:%Y-%m}", net, _money(net), rows_url("customers", Months(month, month)))
        for month, net in nets.items()
    ]  # fmt: skip
    active = found.get(last, {}).get(comparison.ACTIVE, ZERO)
    return Panel(
        _("Business"), url_for("desk_comparisons.index"), _business_stats(last, now, before, active),
        picture=picture_of(points, _("Net revenue")), more=_("Compare"), empty=_("Nothing was billed in the year."),
    )  # fmt: skip


def _business_stats(month: date, now: Decimal, before: Decimal, active: Decimal) -> list[Stat]:
    here, rate = rows_url("customers", Months(month, month)), change(now, before)
    note = f"{firm_currency()} · {'—' if rate is None else moved_by(rate)}"
    title = _("Net revenue %(month)s", month=f"{month:%Y-%m}")
    return [
        Stat(title, _money(now), here, note, noticed(rate is not None and rate < 0)),
        Stat(
            _("Customers with an order"),
            f"{active:,.0f}",
            rows_url("customers", Months(month, month), ordered="yes"),
        ),
    ]


def customers() -> Drawing | None:
    """Customers by tier, and whom the last run found going, growing or near the next tier."""
    if not g.viewer.may(P.INSIGHT_SEE):
        return None
    return Inquiry((boards.tiers(g.viewer), boards.at_risk(g.viewer)), _customers)


def _customers(found: Mapping[str, int], watched: tuple[int, ...]) -> Panel:
    risk, stars, near = watched
    rows = [
        (say(SEGMENTS[tier]), Decimal(found.get(tier, 0)), counted(found.get(tier, 0)),
         url_for("desk_customers.index", segment=tier.value))
        for tier in reversed(TIER_ORDER)
    ]  # fmt: skip
    tiers = address("desk_tiers.index")
    stats = [
        Stat(
            _("At risk"), counted(risk), address("desk_tiers.churn", risk="yes"), tone=noticed(risk)
        ),
        Stat(_("Growing"), counted(stars), address("desk_tiers.stars")),
        Stat(_("Near the next tier"), counted(near), address("desk_tiers.promotions")),
    ]
    return Panel(_("Customers by tier"), tiers, stats, bars(rows), more=_("Tiers and classes"))


def owed() -> Drawing | None:
    """What is open and overdue, in each currency."""
    if not g.viewer.may(P.AGEING_SEE):
        return None
    return Inquiry((boards.owed(g.viewer, clock.today()),), _owed)


def _owed(rows: Rows) -> Panel:
    url = url_for("desk_receivables.index")
    stats = [
        Stat(_("Overdue, %(currency)s", currency=code), amount(late, code),
             url_for("desk_receivables.index", currency=code),
             _("%(percent)s %% of %(whole)s", percent=percent(late, whole) or 0, whole=amount(whole, code)),
             "bad" if late > 0 else "")
        for code, whole, late in rows
    ]  # fmt: skip
    empty = "" if stats else _("Nobody owes anything.")
    return Panel(_("Receivables"), url, stats, more=_("Ageing"), empty=empty)


def bills() -> Drawing | None:
    """Statements by where they are; disputes and usage that wait."""
    if not g.viewer.may(P.STATEMENT_RUN):
        return None
    asks = boards.statements(g.viewer), boards.disputes(g.viewer), boards.unmatched(g.viewer)
    return Inquiry(asks, _bills)


def _bills(found: Mapping[str, int], disputes: int, unmatched: int) -> Panel:
    index = lambda **narrowed: url_for("desk_statements.index", **narrowed)  # noqa: E731
    rows = [
        (say(STATEMENTS[state].text), Decimal(count), counted(count), index(state=state))
        for state, count in found.items()
    ]
    waiting = (
        (_("Disputes to decide"), disputes, url_for("desk_disputes.index", state="open")),
        (_("Usage to match"), unmatched, url_for("desk_usage.queue")),
    )
    stats = [Stat(words, counted(count), url, tone=noticed(count)) for words, count, url in waiting]
    return Panel(_("Statements"), index(), stats, bars(rows), empty=_("No statement waits."))


def commission() -> Drawing | None:
    """What one's own customers' payments earned, month by month; nothing before the first."""
    if not g.viewer.may(P.COMMISSION_SEE):
        return None
    return Inquiry((own_months(g.viewer),), _commission)


def _commission(months: Rows) -> Panel | None:
    if not months:
        return None
    mine = partial(url_for, "desk_commissions.person", user_id=g.viewer.user_id)
    drawn = bars(
        [
            (f"{month:%Y-%m}", value, amount(value, currency), mine(run_id=run_id))
            for run_id, month, currency, value in months
        ]
    )
    return Panel(_("My commission"), url_for("desk_commissions.index"), bars=drawn)  # fmt: skip


def _money(value: Decimal) -> str:
    return amount(value, firm_currency())
