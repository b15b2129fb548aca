"""Everything that the page of one amendment shows."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import g, url_for

from portal.access.permissions import Permission as P
from portal.contracts.actions import amended, amending
from portal.contracts.models import Amendment
from portal.contracts.queries import standing
from portal.contracts.rules.difference import Row
from portal.contracts.rules.states import AMENDMENT_STEPS, AmendmentState, ContractStep
from portal.contracts.views.desk_contract_page import NEEDS, amendment_label, line_words
from portal.contracts.views.desk_history import happening
from portal.db import audit
from portal.documents.attached import attached_to
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.chain import CONTRACT, ChainLink
from portal.web.words import say

A = ContractStep


def context(amendment: Amendment) -> dict[str, Any]:
    """The page of an amendment."""
    contract = amendment.contract
    changes = amending.changes(amendment)
    editable = amendment.state == AmendmentState.DRAFT and g.viewer.may(P.CONTRACT_EDIT)
    return {
        "amendment": amendment,
        "contract": contract,
        "label": amendment_label(amendment),
        "editable": editable,
        "groups": difference_of(changes),
        "lines": _lines(amendment) if editable else [],
        "reasons": amended.reasons(amendment, clock.now()) if _is_open(amendment) else (),
        "may": _rights(amendment, bool(changes)),
        "files": attached_to(amendment, g.viewer),
        "entries": [happening(e) for e in audit.timeline(amendment, public_only=False)],
        "chain": _chain(amendment),
    }


def _chain(amendment: Amendment) -> list[ChainLink]:
    """The contract, and this change of it."""
    url = url_for("desk_contracts.show", contract_id=amendment.contract_id)
    return [
        ChainLink(CONTRACT, amendment.contract.number, url),
        ChainLink(t("Amendment"), amendment.number, None, True),
    ]


def difference_of(changes: tuple[Row, ...]) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """(line's name, rows for the table of differences); what is no line's has no name."""
    return [
        (name, [_drawn(row) for row in rows])
        for name, rows in groupby(changes, key=lambda row: row.line)
    ]


def _drawn(row: Row) -> tuple[Any, ...]:
    old, new = (None if side is None else say(side) for side in (row.old, row.new))
    return say(row.label), old, new, row.change.value


def _is_open(amendment: Amendment) -> bool:
    return amendment.state in (AmendmentState.DRAFT, AmendmentState.PENDING_APPROVAL)


def _rights(amendment: Amendment, has_changes: bool) -> dict[str, bool]:
    """Which steps of the lifecycle this viewer may take from here."""
    viewer, state = g.viewer, AmendmentState(amendment.state)
    own = viewer.user_id == amendment.author_id
    may = {
        each.value: AMENDMENT_STEPS.allows(state, each) and viewer.may(NEEDS[each])
        for each in (A.SUBMIT, A.APPROVE, A.RETURN, A.SIGN, A.VOID)
    }
    may["submit"] = may["submit"] and has_changes
    may["approve"] = may["approve"] and not own
    may["return"] = may["return"] or (AMENDMENT_STEPS.allows(state, A.RETURN) and own)
    may["scan"] = amendment.signed_on is not None and viewer.may(P.CONTRACT_SIGN)
    return may


def _lines(amendment: Amendment) -> list[dict[str, Any]]:
    """Every line that may be changed, with what is proposed for it, then the new ones."""
    _terms, before = standing.standing_before(amendment)
    proposed = {row.replaces_id: row for row in standing.proposed_lines(amendment)}
    found = [
        {**line_words(row), "proposal": proposed.get(row.id), "is_new": False} for row in before
    ]
    new = [row for row in standing.proposed_lines(amendment) if row.replaces_id is None]
    return found + [{**line_words(row), "proposal": row, "is_new": True} for row in new]
