"""Panels about customers and money: pipeline, business, tiers, what is owed, bills, one's own commission."""

from __future__ import annotations

from decimal import Decimal

from flask import g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.billing.labels import STATEMENTS
from portal.billing.queries.sums import Named
from portal.commissions.queries.runs import own_months
from portal.customers.rules.kinds import SEGMENTS
from portal.documents.queries import firm_profile
from portal.home.links import address
from portal.insights.queries import boards, comparison
from portal.insights.rules.kinds import TIER_ORDER
from portal.insights.views.board import Panel, Stat, bars, counted
from portal.insights.views.comparison_question import rows_url
from portal.kernel import clock
from portal.receivables.rules.report_figures import change, percent
from portal.receivables.rules.report_months import Months, moved
from portal.web.bars import chart_of
from portal.web.filters import amount
from portal.web.words import name_of, say

ZERO = Decimal(0)


def pipeline() -> Panel | None:
    """Open opportunities by stage, in the firm's currency; other currencies are told apart."""
    if not g.viewer.may(P.OPPORTUNITY_SEE):
        return None
    today, code = clock.today(), _currency()
    rows = boards.stages(g.viewer)
    passed, won, lost = boards.decisions(g.viewer, today, today.replace(day=1))
    board = address("desk_opportunities.board")
    late = address("desk_opportunities.index", state="open", sort="close")
    ended = address("desk_opportunities.index", state="won")
    drawn: dict[str, tuple[int, Decimal]] = {}
    for zh, en, currency, count, value in rows:
        name = name_of(Named(zh, en))
        known = drawn.get(name, (0, ZERO))
        drawn[name] = known[0] + count, known[1] + (Decimal(value) if currency == code else ZERO)
    whole = sum((value for _count, value in drawn.values()), ZERO)
    open_ones = sum(row[3] for row in rows)
    stats = [
        Stat(
            _("Open"),
            counted(open_ones),
            address("desk_opportunities.index"),
            _("worth %(sum)s", sum=_money(whole)),
        ),
        Stat(
            _("Day has passed"),
            counted(passed),
            late,
            tone="bad" if passed else "",
        ),
        Stat(
            _("Won this month"),
            counted(won),
            ended,
            _("%(lost)s lost", lost=lost),
        ),
    ]
    some = [
        (f"{name} · {count}", value, _money(value), board) for name, (count, value) in drawn.items()
    ]
    more = address("desk_opportunities.forecast") if g.viewer.may(P.FORECAST_SEE) else board
    return Panel(
        _("Opportunities"), more, stats, bars(some), more=_("Forecast"), empty=_("No open opportunity.")
    )  # fmt: skip


def business() -> Panel | None:
    """Net revenue of the year; each month opens its customers."""
    if not g.viewer.may(P.REPORT_SEE):
        return None
    last = moved(clock.today().replace(day=1), -1)
    year = Months(last, last).back(12)
    found = comparison.totals(year, g.viewer)
    nets = {month: found.get(month, {}).get("net_amount", ZERO) for month in year}
    now, before = nets[last], nets[moved(last, -1)]
    chart = chart_of([(f"{month:%m}", net, month == last) for month, net in nets.items()])
    rate, active = change(now, before), found.get(last, {}).get(comparison.ACTIVE, ZERO)
    here = rows_url("customers", Months(last, last))
    note = "—" if rate is None else f"{rate:+,.1f} %"
    stats = [
        Stat(_("Net revenue %(month)s", month=f"{last:%Y-%m}"), _money(now), here, note,
             "bad" if rate is not None and rate < 0 else ""),
        Stat(_("Customers with an order"), f"{active:,.0f}", here),
    ]  # fmt: skip
    urls = [rows_url("customers", Months(month, month)) for month in year]
    return Panel(
        _("Business"), url_for("desk_comparisons.index"), stats, chart=(chart, urls) if chart else None,
        more=_("Compare"), empty=_("Nothing was billed in the year."),
    )  # fmt: skip


def customers() -> Panel | None:
    """Customers by tier, and whom the last run found going, growing or near the next tier."""
    if not g.viewer.may(P.INSIGHT_SEE):
        return None
    found = boards.tiers(g.viewer)
    risk, stars, near = boards.at_risk(g.viewer)
    rows = [
        (say(SEGMENTS[tier]), Decimal(found.get(tier, 0)), counted(found.get(tier, 0)),
         url_for("desk_customers.index", segment=tier.value))
        for tier in reversed(TIER_ORDER)
    ]  # fmt: skip
    tiers = address("desk_tiers.index")
    stats = [
        Stat(
            _("At risk"),
            counted(risk),
            address("desk_tiers.churn"),
            tone="bad" if risk else "",
        ),
        Stat(_("Growing"), counted(stars), address("desk_tiers.stars")),
        Stat(_("Near the next tier"), counted(near), address("desk_tiers.promotions")),
    ]
    return Panel(_("Customers by tier"), tiers, stats, bars(rows), more=_("Tiers and classes"))


def owed() -> Panel | None:
    """What is open and overdue, in each currency."""
    if not g.viewer.may(P.AGEING_SEE):
        return None
    url = url_for("desk_receivables.index")
    rows = boards.owed(g.viewer, clock.today())
    stats = [
        Stat(_("Overdue, %(currency)s", currency=code), amount(late, code), url,
             _("%(percent)s %% of %(whole)s", percent=percent(late, whole) or 0, whole=amount(whole, code)),
             "bad" if late > 0 else "")
        for code, whole, late in rows
    ]  # fmt: skip
    empty = "" if stats else _("Nobody owes anything.")
    return Panel(_("Receivables"), url, stats, more=_("Ageing"), empty=empty)


def bills() -> Panel | None:
    """Statements by where they are; disputes and usage that wait."""
    if not g.viewer.may(P.STATEMENT_RUN):
        return None
    found = boards.statements(g.viewer)
    rows = [
        (say(STATEMENTS[state].text), Decimal(count), counted(count), url_for("desk_statements.index", state=state))
        for state, count in found.items()
    ]  # fmt: skip
    disputes, unmatched = boards.disputes(g.viewer), boards.unmatched(g.viewer)
    stats = [
        Stat(
            _("Disputes to decide"),
            counted(disputes),
            url_for("desk_disputes.index"),
            tone="bad" if disputes else "",
        ),
        Stat(
            _("Usage to match"),
            counted(unmatched),
            url_for("desk_usage.queue"),
            tone="bad" if unmatched else "",
        ),
    ]
    url = url_for("desk_statements.index")
    return Panel(_("Statements"), url, stats, bars(rows), empty=_("No statement waits."))  # fmt: skip


def commission() -> Panel | None:
    """What one's own customers' payments earned, month by month."""
    if not g.viewer.may(P.COMMISSION_SEE):
        return None
    months = own_months(g.viewer)
    if not months:
        return None
    mine = lambda run: url_for("desk_commissions.person", run_id=run.id, user_id=g.viewer.user_id)  # noqa: E731
    drawn = bars(
        [
            (f"{run.month:%Y-%m}", value, amount(value, run.currency), mine(run))
            for run, value in months
        ]
    )
    return Panel(_("My commission"), url_for("desk_commissions.index"), bars=drawn)  # fmt: skip


def _currency() -> str:
    return firm_profile().currency or "CNY"


def _money(value: Decimal) -> str:
    return amount(value, _currency())
