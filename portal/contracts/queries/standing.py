"""What a contract says on a day: its own rows and those of its amendments in force (DOMAIN E1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select

from portal.contracts.models import Amendment, Contract, ContractLine, ContractTerms
from portal.contracts.rules import chains
from portal.contracts.rules.states import AmendmentState
from portal.db.base import db
from portal.quotations.models import QuotationVersion


def counting_terms(contract: Contract) -> list[ContractTerms]:
    """The terms that were agreed, oldest first; of a draft, the ones being written."""
    kept = _agreed(contract)
    rows = [each for each in contract.terms if each.amendment_id in kept]
    return sorted(rows, key=lambda row: (row.from_on, row.id))


def counting_lines(contract: Contract) -> list[ContractLine]:
    """The lines that were agreed, chains in their order, and inside a chain the older first."""
    kept = _agreed(contract)
    rows = [each for each in contract.lines if each.amendment_id in kept]
    return sorted(rows, key=lambda row: (row.position, row.id))


def terms_of(contract: Contract, day: date) -> ContractTerms:
    """The terms on `day`; before the first day the first ones."""
    agreed = counting_terms(contract)
    return chains.terms_on(agreed, day) or agreed[0]


def last_terms(contract: Contract) -> ContractTerms:
    """The terms agreed last, whenever they begin."""
    return chains.last_terms(counting_terms(contract))


def lines_of(contract: Contract, day: date) -> list[ContractLine]:
    """The lines that count on `day`."""
    return chains.lines_on(counting_lines(contract), day)


def tails(contract: Contract) -> list[ContractLine]:
    """Each line as it was agreed last, the ended ones left out."""
    return chains.tails(counting_lines(contract))


def chains_of(line_ids: Iterable[int]) -> dict[int, list[ContractLine]]:
    """Root id → the agreed lines of its chain, oldest first: what an entitlement's price is read from."""
    wanted = sorted(set(line_ids))
    statement = (
        select(ContractLine)
        .outerjoin(Amendment, Amendment.id == ContractLine.amendment_id)
        .where(
            or_(ContractLine.id.in_(wanted), ContractLine.root_id.in_(wanted)),
            or_(
                ContractLine.amendment_id.is_(None),
                Amendment.state == AmendmentState.IN_FORCE.value,
            ),
        )
        .order_by(ContractLine.from_on, ContractLine.id)
    )
    return chains.chains(db.session.scalars(statement))


def proposed_terms(amendment: Amendment) -> ContractTerms:
    """The terms that an amendment brings."""
    return next(each for each in amendment.contract.terms if each.amendment_id == amendment.id)


def proposed_lines(amendment: Amendment) -> list[ContractLine]:
    """The lines that an amendment brings, changes or ends."""
    rows = [each for each in amendment.contract.lines if each.amendment_id == amendment.id]
    return sorted(rows, key=lambda row: (row.position, row.id))


def standing_before(amendment: Amendment) -> tuple[ContractTerms, Sequence[ContractLine]]:
    """What an amendment changes: the terms and the last lines without it and without what came after it."""
    contract = amendment.contract
    later = {each.id for each in contract.amendments if each.serial >= amendment.serial}
    terms = [each for each in counting_terms(contract) if each.amendment_id not in later]
    lines = [each for each in counting_lines(contract) if each.amendment_id not in later]
    return chains.last_terms(terms), chains.tails(lines)


def _agreed(contract: Contract) -> set[int | None]:
    """None for the contract itself, and the ids of its amendments in force."""
    in_force = AmendmentState.IN_FORCE.value
    return {None, *(each.id for each in contract.amendments if each.state == in_force)}


def sent_amendments(contract: Contract) -> list[Amendment]:
    """The amendments that the customer knows of: waiting for the signature, or in force."""
    known = (AmendmentState.PENDING_SIGNATURE.value, AmendmentState.IN_FORCE.value)
    return [each for each in contract.amendments if each.state in known]


def successor_of(contract: Contract) -> Contract | None:
    """The contract that renews this one."""
    statement = select(Contract).where(Contract.predecessor_id == contract.id)
    return db.session.scalar(statement)


def contract_of_quotation(quotation_id: int) -> Contract | None:
    """The contract that was made of a quotation; ask for a quotation that was fetched for the viewer."""
    statement = select(Contract).join(
        QuotationVersion, QuotationVersion.id == Contract.quotation_version_id
    )
    return db.session.scalar(statement.where(QuotationVersion.quotation_id == quotation_id))
