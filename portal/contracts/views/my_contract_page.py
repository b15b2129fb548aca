"""What a customer reads of one contract: what counts today, what is left of it, its papers and its course."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, url_for

from portal.access.permissions import Permission as P
from portal.catalogue.rules.terms import PriceTerms
from portal.catalogue.rules.termwords import short
from portal.contracts.actions.values import storage_policy, terms_facts
from portal.contracts.labels import AMENDMENT_STATES, label_of
from portal.contracts.models import Amendment, Contract, ContractLine, Entitlement
from portal.contracts.queries import standing
from portal.contracts.queries.belongings import entitlements_of
from portal.contracts.rules.kinds import ALLOWANCE_WORDS, Allowance
from portal.contracts.rules.paper_words import articles
from portal.contracts.rules.states import AmendmentState
from portal.db import audit
from portal.documents.attached import attached_to
from portal.documents.rules.words import Words
from portal.kernel import clock
from portal.kernel.units import unit_word
from portal.service_requests.queries import mine
from portal.web.chain import CONTRACT, ENTITLEMENT, QUOTATION, ChainLink, linked
from portal.web.timeline import Happening
from portal.web.words import locale_code


def context(contract: Contract) -> dict[str, Any]:
    """Everything that the page shows."""
    today = clock.today()
    day = min(max(today, contract.starts_on), contract.ends_on)
    granted = entitlements_of(contract, g.viewer)
    terms = terms_facts(standing.terms_of(contract, day))
    return {
        "contract": contract,
        "label": label_of(contract, today),
        "w": reading(),
        "articles": articles(contract.starts_on, terms),
        "lines": [_line(row, granted) for row in standing.lines_of(contract, day)],
        "amendments": [(each, _label(each)) for each in standing.sent_amendments(contract)],
        "files": attached_to(contract, g.viewer),
        "course": _course(contract),
        "asked": mine.about("contract", contract.id, g.viewer),
        "chain": chain_of(contract, granted),
        "today": today,
    }


def reading() -> Callable[[Words], str]:
    """Words in the reader's language."""
    first = 1 if locale_code() == "en" else 0
    return lambda words: (words.zh, words.en)[first] or words.zh or words.en


def chain_of(contract: Contract, granted: dict[int, list[Entitlement]]) -> list[ChainLink]:
    """Quotation, this contract, and what it granted."""
    links = []
    version = contract.quotation_version
    if version is not None:
        links.append(
            linked(
                QUOTATION,
                version.quotation.number,
                "my_quotations.show",
                P.QUOTATION_SEE,
                quotation_id=version.quotation_id,
            )
        )
    links.append(linked(CONTRACT, contract.number, "", P.CONTRACT_SEE, here=True))
    count = sum(map(len, granted.values()))
    if count:
        url = url_for("my_entitlements.index", contract=contract.id)
        links.append(ChainLink(ENTITLEMENT, str(count), url))
    return links


def _course(contract: Contract) -> list[Happening]:
    """What the customer may know of its history, newest first."""
    return [
        Happening(entry.at, entry.actor_name, entry.label, entry.reason, public=True)
        for entry in audit.timeline(contract, public_only=True)
    ]


def _label(amendment: Amendment) -> Any:
    return AMENDMENT_STATES[AmendmentState(amendment.state)]


def _line(row: ContractLine, granted: dict[int, list[Entitlement]]) -> dict[str, Any]:
    """One line with what is left of it today."""
    today = clock.today()
    own = granted.get(row.root_id or row.id, [])
    current = next((each for each in own if each.starts_on <= today <= each.ends_on), None)
    return {
        "row": row,
        "unit": unit_word(row.unit),
        "allowance": ALLOWANCE_WORDS[Allowance(row.allowance)],
        "price": short(PriceTerms.from_json(row.price_terms)),
        "policy": storage_policy(row),
        "entitlement": current,
    }
