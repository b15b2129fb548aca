"""Everything that the desk's pages about terms, applications and holds show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.customers.models import Customer, SettlementTerms
from portal.customers.queries import contacts
from portal.db import audit
from portal.kernel import clock
from portal.receivables import labels
from portal.receivables.actions.settlement import facts_of
from portal.receivables.forms.settlement import BlacklistForm, LiftForm, TermsForm, filled
from portal.receivables.models import HoldLift, SettlementApplication
from portal.receivables.queries.decisions import applications_of, lifts_of
from portal.receivables.rules.kinds import DecisionState
from portal.receivables.rules.settlement import TermsFacts
from portal.receivables.rules.terms_words import ASKED, Term, changes, in_words
from portal.receivables.standing_labels import Credit, credit_of
from portal.receivables.views.desk_door import people
from portal.web.timeline import happenings
from portal.web.words import say

HISTORY_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Steps:
    """What this viewer may do about a customer's credit; None, or False, for what is not to be done now."""

    lift: LiftForm | None
    blacklist: BlacklistForm | None
    hold: bool
    release: bool
    clear: bool
    edit: bool
    apply: bool


def steps(credit: Credit, lifts: list[HoldLift], applied: list[SettlementApplication]) -> Steps:
    """The steps from here."""
    may, standing = g.viewer.may, credit.standing
    by_hand = standing is not None and standing.held_by is not None
    pending = any(each.state == DecisionState.PENDING for each in lifts)
    waiting = any(each.state == DecisionState.PENDING for each in applied)
    return Steps(
        lift=LiftForm(prefix="lift-") if credit.is_held and not pending and may(P.HOLD_SET) else None,
        blacklist=BlacklistForm(prefix="black-") if not credit.is_blacklisted and may(P.HOLD_APPROVE) else None,
        hold=may(P.HOLD_SET) and not (credit.is_held and by_hand),
        release=may(P.HOLD_APPROVE) and credit.is_held and by_hand,
        clear=may(P.HOLD_APPROVE) and credit.is_blacklisted,
        edit=may(P.SETTLEMENT_APPROVE),
        apply=may(P.SETTLEMENT_APPLY) and not waiting,
    )  # fmt: skip


def context(customer: Customer, refused: dict[str, Any] | None = None) -> dict[str, Any]:
    """The page of a customer's terms and holds; `refused`: forms that were sent and not accepted, by their step."""
    credit = credit_of(customer.id, clock.today(), g.viewer)
    lifts, applied = lifts_of(customer.id, g.viewer), applications_of([customer.id], g.viewer)
    taken = steps(credit, lifts, applied)
    return {
        "customer": customer,
        "credit": credit,
        "terms": in_words(facts_of(credit.terms), _names(customer)),
        "has_terms": credit.terms is not None,
        "steps": taken,
        "forms_of": {"lift": taken.lift, "blacklist": taken.blacklist, **(refused or {})},
        "lifts": [(row, labels.DECISIONS[row.state], _may_decide(row)) for row in lifts],
        "applications": [(row, labels.DECISIONS[row.state]) for row in applied],
        "names": people(_who(credit, lifts)),
        "entries": happenings(_entries(customer)),
    }  # fmt: skip


def _who(credit: Credit, lifts: list[HoldLift]) -> list[int | None]:
    """Everybody whom the page names."""
    found = [each for row in lifts for each in (row.proposed_by, row.decided_by)]
    return found + ([credit.standing.held_by] if credit.standing else [])


def _may_decide(row: HoldLift) -> str:
    """`decide`, `withdraw` or nothing, for this viewer and this proposal."""
    if row.state != DecisionState.PENDING:
        return ""
    if row.proposed_by == g.viewer.user_id:
        return "withdraw"
    return "decide" if g.viewer.may(P.HOLD_APPROVE) else ""


ABOUT_CREDIT = (
    "customer.held", "customer.released", "customer.blacklisted", "customer.cleared", "customer.settlement_changed"
)  # fmt: skip


def _entries(customer: Customer) -> list[Any]:
    found = audit.timeline(customer, public_only=False)
    return [each for each in found if each.event in ABOUT_CREDIT][:HISTORY_SHOWN]


def _names(customer: Customer) -> dict[int, str]:
    return {each.id: each.name for each in contacts(customer.id, g.viewer)}


def asked_of(row: SettlementApplication, current: SettlementTerms | None) -> TermsFacts:
    """The terms as they would be if everything was granted today."""
    asked = TermsFacts.from_json(row.asked)
    return replace(facts_of(current), **{name: getattr(asked, name) for name in ASKED})


def terms_form(customer: Customer, row: SettlementTerms | None, facts: TermsFacts) -> TermsForm:
    """All terms, to be changed."""
    version = str(row.version) if row is not None else ""
    form: TermsForm = filled(TermsForm, facts, contacts(customer.id, g.viewer), version=version)
    return form


def what_changes(
    customer: Customer, before: TermsFacts, after: TermsFacts
) -> list[tuple[Any, ...]]:
    """Rows for the difference: name, before, after."""
    return drawn(changes(before, after, _names(customer)))


def drawn(found: list[Term]) -> list[tuple[Any, ...]]:
    """Changed terms as the macro for differences wants them."""
    return [(say(each.name), say(each.before), say(each.after), "changed", None) for each in found]


def application_context(
    row: SettlementApplication, current: SettlementTerms | None, form: TermsForm | None
) -> dict[str, Any]:
    """The page of an application that was fetched for the viewer."""
    before, asked = facts_of(current), asked_of(row, current)
    pending, own = row.state == DecisionState.PENDING, row.applied_by == g.viewer.user_id
    may = pending and not own and g.viewer.may(P.SETTLEMENT_APPROVE)
    return {
        "row": row,
        "label": labels.DECISIONS[row.state],
        "rows": what_changes(row.customer, before, asked),
        "asked": in_words(asked, _names(row.customer), only_asked=True),
        "credit": credit_of(row.customer_id, clock.today(), g.viewer),
        "customer": row.customer,
        "may": may,
        "own": own and pending,
        "form": form if may else None,
        "names": people([row.applied_by, row.decided_by]),
        "entries": happenings(audit.timeline(row, public_only=False)),
    }
