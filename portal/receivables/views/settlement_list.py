"""Applications, lifts of holds and customers on hold, as lists."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from portal.customers.models import CreditStanding
from portal.customers.rules.credit import reason_words
from portal.kernel.text import t
from portal.receivables import labels
from portal.receivables.models import HoldLift, SettlementApplication
from portal.receivables.queries.decisions import pending_count
from portal.receivables.rules.kinds import DecisionState
from portal.receivables.views.desk_door import Tab
from portal.receivables.views.list_parts import ANY, narrowed_to, searched, whole
from portal.web.chips import chip
from portal.web.filters import day, instant, money
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

A, L, S = SettlementApplication, HoldLift, CreditStanding


def tabs(here: str) -> list[Tab]:
    """The parts of this room, each with how much waits there."""
    applied, lifts = pending_count(A, g.viewer), pending_count(L, g.viewer)
    parts = [
        ("index", _("Applications"), applied), ("lifts", _("Lifts of holds"), lifts), ("held", _("On hold"), 0),
    ]  # fmt: skip
    return [
        (words, url_for(f"desk_settlement.{name}"), name == here, f"{count:,}" if count else None)
        for name, words, count in parts
    ]


def _states() -> list[tuple[str, Any]]:
    return [ANY, *((state, label.text) for state, label in labels.DECISIONS.items())]


def _muted(row: Any) -> str:
    return "" if row.state == DecisionState.PENDING else "row-muted"


_CUSTOMER = Column(
    "customer", t("Customer"), lambda r: r.customer.label, value=lambda r: r.customer.name_zh
)
_STATE = Column("state", t("State"), lambda r: chip(labels.DECISIONS[r.state]),
                value=lambda r: say(labels.DECISIONS[r.state].text))  # fmt: skip

APPLICATIONS_LIST = ListSpec(
    key="settlement_applications",
    columns=(
        Column("number", t("Number"), lambda a: a.number, sort=A.number),
        _CUSTOMER,
        Column("applied", t("Applied on"), lambda a: whole(instant(a.applied_at)), sort=A.applied_at,
               value=lambda a: a.applied_at),
        Column("reason", t("Why"), lambda a: a.reason),
        _STATE,
    ),
    row_id=A.id,
    sort="-number",
    url=lambda a: url_for("desk_settlement.application", application_id=a.id),
    filters=(Filter("state", t("State"), _states, narrowed_to(A.state, list(labels.DECISIONS))),),
    search=searched(A.number),
    search_hint=t("Number, customer, pinyin, code …"),
    row_classes=_muted,
    empty=Empty(
        t("No applications yet"),
        t("Customers, or sales for them, apply for monthly settlement; it is decided here."),
    ),
)  # fmt: skip

LIFTS_LIST = ListSpec(
    key="hold_lifts",
    columns=(
        Column("proposed", t("Proposed on"), lambda r: whole(instant(r.proposed_at)), sort=L.id,
               value=lambda r: r.proposed_at),
        _CUSTOMER,
        Column("until", t("Until"), lambda r: day(r.until_on), value=lambda r: r.until_on),
        Column("reason", t("Why"), lambda r: r.reason),
        _STATE,
    ),
    row_id=L.id,
    sort="-proposed",
    url=lambda r: url_for("desk_settlement.customer", customer_id=r.customer_id, _anchor="lifts"),
    filters=(Filter("state", t("State"), _states, narrowed_to(L.state, list(labels.DECISIONS))),),
    search=searched(L.reason),
    search_hint=t("Customer, reason …"),
    row_classes=_muted,
    empty=Empty(
        t("Nobody proposed to lift a hold"),
        t("On the page of a customer on hold one person proposes it, another approves it."),
    ),
)  # fmt: skip


def _hold_label(row: CreditStanding) -> Label:
    return labels.BLACKLISTED if row.blacklisted_on is not None else labels.ON_HOLD


def _why(row: CreditStanding) -> str:
    if row.blacklisted_on is not None:
        return row.blacklist_reason
    return say(reason_words(row.hold_reason))


HELD_LIST = ListSpec(
    key="on_hold",
    columns=(
        _CUSTOMER,
        Column("state", t("State"), lambda s: chip(_hold_label(s)), value=lambda s: say(_hold_label(s).text)),
        Column("since", t("Since"), lambda s: day(s.blacklisted_on or s.held_since), sort=S.held_since,
               value=lambda s: s.blacklisted_on or s.held_since),
        Column("why", t("Why"), _why),
        Column("lifted", t("Lifted until"), lambda s: day(s.lifted_until) if s.lifted_until else "",
               value=lambda s: s.lifted_until),
        Column("exposure", t("Exposure"), lambda s: money(s.exposure_amount, s.currency), align="num",
               sort=S.exposure_amount, value=lambda s: s.exposure_amount, total=True, total_by="currency"),
        Column("overdue", t("Overdue"), lambda s: money(s.overdue_amount, s.currency) if s.overdue_amount else "",
               align="num", value=lambda s: s.overdue_amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda s: s.currency, only_in_files=True),
        Column("days", t("Days overdue"), lambda s: s.overdue_days or "", align="num", sort=S.overdue_days,
               value=lambda s: s.overdue_days),
    ),
    row_id=S.id,
    sort="-days",
    url=lambda s: url_for("desk_settlement.customer", customer_id=s.customer_id),
    search=searched(S.hold_reason),
    search_hint=t("Customer, pinyin, code …"),
    empty=Empty(t("Nobody is on hold"), t("Whoever exceeds the limit, or pays too late, comes here by itself.")),
)  # fmt: skip
