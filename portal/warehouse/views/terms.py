"""What a customer's contract says about storage, in words, and the chain that leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import g

from portal.access.permissions import Permission as P
from portal.catalogue.rules.storage import StoragePolicy
from portal.catalogue.rules.storagewords import words
from portal.contracts.models import Contract, ContractLine
from portal.customers.models import Customer
from portal.kernel.text import Text
from portal.warehouse.queries import stock
from portal.web.chain import CONTRACT, QUOTATION, STOCK, ChainLink, linked, reached
from portal.web.words import name_of


@dataclass(frozen=True, slots=True)
class Terms:
    """What one line of a contract says about storage, in words, with where it is written."""

    name: str
    url: str | None
    number: str
    sentences: tuple[Text, ...]
    policy: StoragePolicy
    contract: Contract


def is_own() -> bool:
    """Whether the customer looks at its own stock."""
    return bool(g.viewer.kind == "customer")


def terms_of(customer: Customer, on: date) -> tuple[Terms, ...]:
    """What is agreed about storage, for those who may read contracts; prices are part of it."""
    if not g.viewer.may(P.CONTRACT_SEE):
        return ()
    return tuple(_terms(line) for line in stock.storage_lines(customer.id, on, g.viewer))


def _terms(line: ContractLine) -> Terms:
    policy = StoragePolicy.from_json(line.storage_policy or {})
    door = "my_contracts" if is_own() else "desk_contracts"
    url = reached(f"{door}.show", P.CONTRACT_SEE, contract_id=line.contract_id)
    number = line.contract.number
    return Terms(name_of(line), url, number, words(policy), policy, line.contract)


def chain_of(customer: Customer, terms: tuple[Terms, ...]) -> list[ChainLink]:
    """From what was offered to this stock; nothing where no contract speaks of storage."""
    if not terms:
        return []
    here = ChainLink(STOCK, customer.label, here=True)
    return [*_quotation(terms[0].contract), _contract(terms[0]), here]


def _contract(terms: Terms) -> ChainLink:
    return ChainLink(CONTRACT, terms.number, terms.url)


def _quotation(contract: Contract) -> list[ChainLink]:
    version = contract.quotation_version
    if version is None:
        return []
    quotation, door = version.quotation, "my" if is_own() else "desk"
    endpoint, may = f"{door}_quotations.show", P.QUOTATION_SEE
    return [linked(QUOTATION, quotation.number, endpoint, may, quotation_id=quotation.id)]
