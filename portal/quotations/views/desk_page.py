"""Everything that the page of one quotation shows, read in a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.places import Gazetteer
from portal.contracts.queries.standing import contract_of_quotation
from portal.kernel import clock
from portal.kernel.capitals import capital_amount
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import Text
from portal.quotations import queries
from portal.quotations.actions.arranging import in_order
from portal.quotations.actions.issuing import check_complete
from portal.quotations.actions.lines import matching_surcharges
from portal.quotations.actions.owning import may_hand_over
from portal.quotations.forms.lines import Grid, as_was
from portal.quotations.labels import SECTIONS, STATES, state_of
from portal.quotations.models import Quotation, QuotationLine, QuotationVersion
from portal.quotations.rules.shipment import cargo_from_json
from portal.quotations.rules.states import QuotationState as S
from portal.quotations.views.desk_door import today
from portal.quotations.views.desk_history import happening
from portal.quotations.views.desk_words import cargo_words, place_words, problem_of, working_of
from portal.web.chain import CONTRACT, QUOTATION, linked

HISTORY_SHOWN = 6
WRITTEN = (S.DRAFT, S.PENDING_APPROVAL, S.APPROVED)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person has typed into the page that is drawn again."""

    grid: Grid = field(default_factory=Grid)
    was: str | None = None
    is_unsaved: bool = False
    counter: int | None = None
    """The version's counter as it is stored, where the page shows something that is not."""


def context(
    quotation: Quotation, version: QuotationVersion, shown: Shown | None = None
) -> dict[str, Any]:
    """The page of a quotation with one of its versions."""
    shown = shown or Shown()
    editable = _is_editable(quotation, version)
    return {
        "quotation": quotation,
        "version": version,
        "is_latest": version.version_no == quotation.latest_no,
        "editable": editable,
        "shown": shown,
        "counter": shown.counter or version.version,
        "was": as_was(version.lines) if shown.was is None else shown.was,
        **_standing(version),
        **_charges(version),
        **_beside(quotation, version),
        **_onwards(quotation, version),
        "offered": _offered(version) if editable else [],
    }


def _is_editable(quotation: Quotation, version: QuotationVersion) -> bool:
    is_draft = version.state == S.DRAFT and version.version_no == quotation.latest_no
    return is_draft and bool(g.viewer.may(P.QUOTATION_EDIT))


def _standing(version: QuotationVersion) -> dict[str, Any]:
    """Where the version is, and what this viewer may do from there."""
    state = state_of(version, today())
    return {"state": state, "label": STATES[state], "may": _rights(version, state)}


def _rights(version: QuotationVersion, state: S) -> dict[str, bool]:
    """Which of the state's steps this viewer may take."""
    viewer = g.viewer
    own = viewer.user_id == version.author_id
    edits, issues = viewer.may(P.QUOTATION_EDIT), viewer.may(P.QUOTATION_ISSUE)
    waits = state is S.PENDING_APPROVAL
    return {
        "edit": edits,
        "issue": issues and state in (S.DRAFT, S.APPROVED),
        "approve": waits and viewer.may(P.QUOTATION_APPROVE) and not own,
        "return": waits and (viewer.may(P.QUOTATION_APPROVE) or own),
        "reopen": edits and state is S.APPROVED,
        "withdraw": issues and state in (S.DRAFT, S.APPROVED, S.ISSUED, S.EXPIRED),
        "revise": edits and state not in (*WRITTEN, S.ACCEPTED),
        "send": issues and state is S.ISSUED,
        "cost": viewer.may(P.COST_SEE),
        "hand_over": may_hand_over(version.quotation, viewer),
    }


def _charges(version: QuotationVersion) -> dict[str, Any]:
    book = all_places()
    cargo = cargo_from_json(version.cargo)
    options = (version.totals or {}).get("options", [])
    return {
        "sections": _sections(version),
        "options": list(dict.fromkeys(row.option for row in version.lines if row.option)),
        "totals": [_total(version, option) for option in options],
        "taxes": _taxes(version),
        "warnings": [Text.from_json(each) for each in (version.totals or {}).get("warnings", [])],
        "reasons": [Text.from_json(reason) for reason in version.approval_reasons or []],
        "missing": _missing(version),
        "working_of": working_of,
        "problem_of": problem_of,
        "lane": lane_of(version, book),
        "cargo": cargo_words(cargo),
        "cargo_facts": cargo,
    }


def lane_of(version: QuotationVersion, book: Gazetteer) -> tuple[str, str]:
    """Both ends of the lane in words."""
    return place_words(version.origin, book), place_words(version.destination, book)


def _beside(quotation: Quotation, version: QuotationVersion) -> dict[str, Any]:
    issued = quotation.issued_no > 0
    return {
        "margin": queries.margin(version) if g.viewer.may(P.COST_SEE) else None,
        "entries": [happening(e) for e in queries.history(quotation, HISTORY_SHOWN)],
        "questions": queries.questions(quotation) if issued else [],
        "sent_links": queries.links(quotation)
        if issued and g.viewer.may(P.QUOTATION_ISSUE)
        else [],
        "now": clock.now(),
    }


def _onwards(quotation: Quotation, version: QuotationVersion) -> dict[str, Any]:
    """The contract that was made of it, or whether one may be made now."""
    if version.state != S.ACCEPTED:
        return {"chain": [], "makes_contract": False}
    contract = contract_of_quotation(quotation.id)
    if contract is None:
        return {"chain": [], "makes_contract": g.viewer.may(P.CONTRACT_EDIT)}
    here = linked(QUOTATION, quotation.number, "", P.QUOTATION_SEE, here=True)
    endpoint, number = "desk_contracts.show", contract.number
    made = linked(CONTRACT, number, endpoint, P.CONTRACT_SEE, contract_id=contract.id)
    return {"chain": [here, made], "makes_contract": False}


def _offered(version: QuotationVersion) -> list[Any]:
    """Optional surcharges that apply here and are not on the quotation yet."""
    present = {row.surcharge_rule_id for row in version.lines}
    matching = matching_surcharges(version, g.viewer, clock.now())
    return [each for each in matching if each.rule_id not in present]


def _sections(version: QuotationVersion) -> list[tuple[str, Text, list[QuotationLine]]]:
    """(code, name, lines) of each section in use."""
    found: dict[str, list[QuotationLine]] = {}
    for row in in_order(version):
        found.setdefault(row.section, []).append(row)
    return [(code, SECTIONS.get(code, Text(code)), rows) for code, rows in found.items()]


def _total(version: QuotationVersion, stored: Mapping[str, Any]) -> dict[str, Any]:
    """One option's sums as Decimals, with the total in capitals."""
    total = None if stored["total"] is None else Decimal(stored["total"])
    return {
        "option": stored["option"],
        "conversions": [
            {
                "currency": each["currency"],
                "amount": Decimal(each["amount"]),
                "converted": Decimal(each["converted"]),
                "rate": Decimal(each["rate"]) if each["rate"] else None,
                "on": each["on"],
            }
            for each in stored["conversions"]
        ],
        "subtotals": {code: Decimal(amount) for code, amount in stored["subtotals"].items()},
        "total": total,
        "capitals": capital_amount(total, version.total_currency) if total is not None else "",
    }


def _taxes(version: QuotationVersion) -> list[dict[str, Any]]:
    """Net, tax and gross by currency and rate of what counts in one alternative: the accepted, else the first."""
    first = version.accepted_option or next((row.option for row in version.lines if row.option), "")
    found: dict[tuple[str, str, str, Decimal], dict[str, Decimal]] = {}
    for row in version.lines:
        if row.gross is None or row.is_collect or row.option not in ("", first):
            continue
        sums = found.setdefault(
            (row.currency, row.tax_label_zh, row.tax_label_en, row.tax_percent),
            {"net": Decimal(0), "tax": Decimal(0), "gross": Decimal(0)},
        )
        for name in sums:
            sums[name] += getattr(row, name) or Decimal(0)
    return [
        {"currency": key[0], "name_zh": key[1], "name_en": key[2], **sums}
        for key, sums in sorted(found.items())
    ]


def _missing(version: QuotationVersion) -> Text | None:
    """The first thing that stops the version from being issued."""
    if version.state not in (S.DRAFT, S.APPROVED):
        return None
    try:
        check_complete(version, clock.now())
    except (Invalid, NotAllowedNow) as error:
        return error.text
    return None
