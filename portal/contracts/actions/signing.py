"""The signature: recorded with its day, both names and the scan; the contract is in force and its lines are granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.access.viewer import Viewer
from portal.contracts.actions import for_opportunity, ledger
from portal.contracts.actions.telling import tell_customer, tell_owner
from portal.contracts.actions.values import price_terms
from portal.contracts.models import Amendment, Contract
from portal.contracts.queries import standing
from portal.contracts.rules.checks import is_drawn
from portal.contracts.rules.states import STEPS, ContractState, ContractStep
from portal.db import audit
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.models import Attachment
from portal.documents.rules.files import FileKind
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.kernel.text import Text, t
from portal.opportunities.rules.papers import PaperStep

SIGNED = frozenset(
    {
        ContractState.ACTIVE, ContractState.SUSPENDED, ContractState.COMPLETED, ContractState.EXPIRED,
        ContractState.TERMINATED,
    }
)  # fmt: skip
"""States of a contract that both sides have signed."""

LONG_BEFORE = timedelta(days=366)
"""Nobody signs earlier; such a day is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The day on the paper and who signed for either side."""

    signed_on: date
    for_customer: str
    for_firm: str


def sign(
    contract: Contract,
    signing: Signing,
    actor: Viewer,
    now: datetime,
    scan: ReceivedFile | None = None,
) -> Contract:
    """Record the signatures: the contract is in force, and every line that can be drawn from is granted.

    InvalidMany at `signed_on`, `for_customer`, `for_firm`; NotAllowedNow unless it waits for the signature.
    """
    following = STEPS.next(ContractState(contract.state), ContractStep.SIGN)
    check_signing(signing, contract.starts_on, now)
    write_signing(contract, signing)
    contract.state, contract.updated_at = following, now
    after = {
        "signed_on": signing.signed_on,
        "customer": signing.for_customer,
        "firm": signing.for_firm,
    }
    audit.record(actor, "contract.signed", contract, now, after=after)
    if scan is not None:
        attach_scan(contract, scan, actor, now)
    rows = [row for row in standing.counting_lines(contract) if is_drawn(price_terms(row))]
    granted = [each for row in rows for each in ledger.grant_line(row, actor, now)]
    audit.record(actor, "contract.activated", contract, now, after={"entitlements": len(granted)})
    for_opportunity.tell(contract, PaperStep.SIGNED, actor, now)
    tell_owner(contract, contract, "signed", actor, now)
    tell_customer(contract, contract, "in_force", actor, now)
    return contract


def attach_scan(contract: Contract, file: ReceivedFile, actor: Viewer, now: datetime) -> Attachment:
    """The scan of the signed paper, with the signature or later; another one takes its place and the first is kept."""
    if ContractState(contract.state) not in SIGNED:
        raise NotAllowedNow(t("First record the signatures."))
    scan = attach(contract, file, FileKind.SIGNED_SCAN, actor, now)
    contract.signed_scan_id, contract.updated_at = scan.id, now
    audit.record(actor, "contract.scan_added", contract, now, after={"file": scan.file_name})
    return scan


def check_signing(signing: Signing, begins: date, now: datetime) -> None:
    """Raise InvalidMany with what is wrong with a signature under what `begins` on that day."""
    errors: dict[str, Text] = {}
    if signing.signed_on > business_day(now):
        errors["signed_on"] = t("This day is still to come.")
    elif signing.signed_on < begins - LONG_BEFORE:
        errors["signed_on"] = t("This is more than a year before it begins. Check the day.")
    for field in ("for_customer", "for_firm"):
        if len(getattr(signing, field).strip()) < 2:
            errors[field] = t("Write the name of who signed.")
    if errors:
        raise InvalidMany(errors)


def write_signing(paper: Contract | Amendment, signing: Signing) -> None:
    """The signature's facts on the contract or amendment."""
    paper.signed_on = signing.signed_on
    paper.signed_for_customer = signing.for_customer.strip()[:120]
    paper.signed_for_firm = signing.for_firm.strip()[:120]
