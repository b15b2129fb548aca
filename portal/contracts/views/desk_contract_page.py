"""Everything that the page of one contract shows, read in a handful of statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import g, url_for

from portal.access.permissions import Permission as P
from portal.billing.queries import billed
from portal.catalogue.rules.termwords import short
from portal.contracts.actions import approving
from portal.contracts.actions.values import counted, price_terms, terms_facts
from portal.contracts.forms.grid import Grid, as_was
from portal.contracts.labels import AMENDMENT_STATES, CONTRACT_STATES, state_of
from portal.contracts.models import Amendment, Contract, ContractLine, Entitlement
from portal.contracts.queries import standing
from portal.contracts.queries.belongings import entitlements_of
from portal.contracts.rules import difference as words
from portal.contracts.rules.checks import TermsFacts, days_of
from portal.contracts.rules.kinds import ALLOWANCE_WORDS, OVERAGE_WORDS, Allowance, Overage
from portal.contracts.rules.states import STEPS, AmendmentState, ContractState, ContractStep
from portal.contracts.rules.totals import amount_of, totals
from portal.contracts.views.desk_history import latest
from portal.documents.attached import attached_to
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.web.chain import CONTRACT, ENTITLEMENT, QUOTATION, ChainLink, linked

HISTORY_SHOWN = 6
S, A = ContractState, ContractStep
NEEDS = {
    A.SUBMIT: P.CONTRACT_EDIT,
    A.SEND: P.CONTRACT_EDIT,
    A.APPROVE: P.CONTRACT_APPROVE,
    A.RETURN: P.CONTRACT_APPROVE,
    A.SIGN: P.CONTRACT_SIGN,
    A.SUSPEND: P.CONTRACT_END,
    A.RESUME: P.CONTRACT_END,
    A.COMPLETE: P.CONTRACT_END,
    A.TERMINATE: P.CONTRACT_END,
    A.VOID: P.CONTRACT_EDIT,
}
"""Who may take which step of the lifecycle; the author may also take a contract back."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person has typed into the page that is drawn again."""

    grid: Grid = field(default_factory=Grid)
    was: str | None = None


def context(contract: Contract, shown: Shown | None = None) -> dict[str, Any]:
    """The page of a contract."""
    shown = shown or Shown()
    rows = standing.tails(contract)
    editable = contract.state == S.DRAFT and g.viewer.may(P.CONTRACT_EDIT)
    granted = entitlements_of(contract, g.viewer)
    return {
        "contract": contract,
        "editable": editable,
        "shown": shown,
        "counter": contract.version,
        "was": as_was(rows) if shown.was is None else shown.was,
        "lines": [_line(row, granted) for row in rows],
        "sums": totals(counted(row) for row in rows),
        "overages": OVERAGE_WORDS,
        "allowances": ALLOWANCE_WORDS,
        **_standing(contract),
        **_beside(contract),
        "chain": _chain(contract, granted),
    }


def _standing(contract: Contract) -> dict[str, Any]:
    """Where the contract is, what keeps it from the next step, and what this viewer may do."""
    now = clock.now()
    state = state_of(contract, clock.today())
    unsigned = contract.state in (S.DRAFT, S.PENDING_APPROVAL)
    reasons = approving.reasons(contract, now) if unsigned else ()
    return {
        "state": state,
        "label": CONTRACT_STATES[state],
        "reasons": reasons,
        "missing": _missing(contract) if contract.state == S.DRAFT else None,
        "may": _rights(contract, bool(reasons)),
        "today": clock.today(),
        "days": days_of(contract.starts_on, contract.ends_on),
        "renewed_by": standing.successor_of(contract),
    }


def _rights(contract: Contract, has_reasons: bool) -> dict[str, bool]:
    """Which steps of the lifecycle this viewer may take from here."""
    viewer, state = g.viewer, ContractState(contract.state)
    own = viewer.user_id == contract.author_id
    may = {each.value: STEPS.allows(state, each) and viewer.may(NEEDS[each]) for each in A}
    may["approve"] = may["approve"] and not own
    may["return"] = may["return"] or (STEPS.allows(state, A.RETURN) and own)
    may["submit"] = may["submit"] and has_reasons
    may["send"] = may["send"] and not has_reasons
    open_amendment = any(each.state not in ("in_force", "void") for each in contract.amendments)
    running = state in (S.ACTIVE, S.SUSPENDED)
    may["amend"] = running and viewer.may(P.CONTRACT_EDIT) and not open_amendment
    may["renew"] = running and viewer.may(P.CONTRACT_EDIT)
    if state_of(contract, clock.today()) is S.EXPIRED:
        may["suspend"] = may["amend"] = False
    may["scan"] = contract.signed_on is not None and viewer.may(P.CONTRACT_SIGN)
    may["hand_over"] = viewer.may(P.CUSTOMER_ASSIGN) and state is not S.VOID
    return may


def _beside(contract: Contract) -> dict[str, Any]:
    day = min(max(clock.today(), contract.starts_on), contract.ends_on)
    return {
        "promises": promises(terms_facts(standing.terms_of(contract, day))),
        "amendments": [(each, amendment_label(each)) for each in contract.amendments],
        "files": attached_to(contract, g.viewer),
        "entries": latest(contract, HISTORY_SHOWN),
        "billed": billed.of_contract(contract.id, g.viewer),
    }


def promises(terms: TermsFacts) -> list[tuple[Text, Any]]:
    """(what, how) of everything that was promised beside the lines."""
    return [
        (t("Payment"), words.payment_words(terms.payment_days, terms.payment_from)),
        (t("Notice"), t("%(days)s days", days=terms.notice_days)),
        (t("Renews by itself"), words.YES if terms.renews_automatically else words.NO),
        (t("Pick-up window"), words.pickup_words(terms.pickup_from, terms.pickup_until)),
        (t("Pick-up days"), words.days_words(terms.pickup_days)),
        (t("Response time"), words.hours_words(terms.response_hours)),
        (t("Deemed confirmed"), words.deemed_words(terms.deemed_confirmation_days)),
        (t("Minimum order"), words.minimum_words(terms.no_minimum_order, terms.minimum_order)),
        (t("Clauses"), str(len(terms.clauses))),
    ]


def amendment_label(amendment: Amendment) -> Any:
    """The chip of an amendment."""
    return AMENDMENT_STATES[AmendmentState(amendment.state)]


def _missing(contract: Contract) -> Text | None:
    """The first thing that stops the contract from being signed."""
    try:
        approving.check_complete(contract, clock.now())
    except Invalid as error:
        return error.text
    return None


def line_words(row: ContractLine) -> dict[str, Any]:
    """One line as both parties read it."""
    return {
        "row": row,
        "unit": unit_word(row.unit),
        "price": short(price_terms(row)),
        "allowance": ALLOWANCE_WORDS[Allowance(row.allowance)],
        "overage": OVERAGE_WORDS[Overage(row.overage)],
        "amount": amount_of(counted(row)),
    }


def _line(row: ContractLine, granted: dict[int, list[Entitlement]]) -> dict[str, Any]:
    """One line with what is left of it today."""
    today, own = clock.today(), granted.get(row.root_id or row.id, [])
    current = next((each for each in own if each.starts_on <= today <= each.ends_on), None)
    return {**line_words(row), "entitlement": current or (own[0] if own else None)}


def _chain(contract: Contract, granted: dict[int, list[Entitlement]]) -> list[ChainLink]:
    """Quotation, this contract, and what it granted."""
    links = []
    version = contract.quotation_version
    if version is not None:
        number, of = version.quotation.number, version.quotation_id
        endpoint = "desk_quotations.show"
        links.append(linked(QUOTATION, number, endpoint, P.QUOTATION_SEE, quotation_id=of))
    links.append(linked(CONTRACT, contract.number, "", P.CONTRACT_SEE, here=True))
    count = sum(map(len, granted.values()))
    if count and g.viewer.may(P.ENTITLEMENT_SEE):
        url = url_for("desk_entitlements.index", q=contract.number)
        links.append(ChainLink(ENTITLEMENT, str(count), url))
    return links
