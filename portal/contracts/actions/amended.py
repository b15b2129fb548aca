"""An amendment on its way: submitted, approved, signed; in force it moves the entitlements, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.contracts.actions import for_opportunity, ledger
from portal.contracts.actions.amending import changes, check_editable
from portal.contracts.actions.approving import mark_paper, too_cheap
from portal.contracts.actions.bounds import cut, extend, of_chain
from portal.contracts.actions.drafting import check_seen, recount
from portal.contracts.actions.ledger import Source
from portal.contracts.actions.signing import Signing, check_signing, write_signing
from portal.contracts.actions.telling import (
    tell_approvers,
    tell_author,
    tell_customer,
    tell_owner,
)
from portal.contracts.actions.values import line_facts, price_terms
from portal.contracts.models import Amendment, ContractLine, Entitlement
from portal.contracts.queries import standing
from portal.contracts.rules.checks import is_drawn, wrong_line
from portal.contracts.rules.difference import Row
from portal.contracts.rules.states import (
    AMENDMENT_STEPS,
    AmendmentState,
    ContractState,
    ContractStep,
)
from portal.db import audit
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.models import Attachment, Document
from portal.documents.rules.files import FileKind
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.kernel.text import Text, t
from portal.opportunities.rules.papers import PaperStep

Printer = Callable[[Amendment, Sequence[Row], Viewer, datetime], Document]
"""Prints an amendment and stores the paper: `actions.papers.print_amendment`, given by the caller."""
NOTHING = Decimal(0)


def reasons(amendment: Amendment, now: datetime) -> tuple[Text, ...]:
    """What the approver should look at, beside the difference: prices set by hand or below their floor."""
    rows = [row for row in standing.proposed_lines(amendment) if not row.is_end]
    by_hand = [
        t("“%(name)s”: the price was set by hand: %(why)s", name=row.name_zh, why=row.manual_reason)
        for row in rows
        if row.manual_reason and _is_new_price(amendment, row)
    ]
    return (*by_hand, *too_cheap(rows, now))


def submit(amendment: Amendment, actor: Viewer, now: datetime, seen: int | None = None) -> None:
    """Ask somebody with the right to approve it."""
    check_editable(amendment, seen)
    check_complete(amendment)
    _step(amendment, ContractStep.SUBMIT, now)
    audit.record(actor, "amendment.submitted", amendment, now)
    tell_approvers(amendment, amendment.contract, amendment.reason, actor, now)


def approve(
    amendment: Amendment,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
    printer: Printer | None = None,
) -> None:
    """Approve exactly what is on the page; never one's own. The paper to be signed is printed."""
    check_seen(amendment, amendment.contract, seen)
    if actor.user_id == amendment.author_id:
        raise Forbidden(t("Somebody else than the author approves an amendment."))
    _step(amendment, ContractStep.APPROVE, now)
    amendment.approved_by, amendment.approved_at = actor.user_id, now
    db.session.flush()
    if printer is not None:
        printer(amendment, changes(amendment), actor, now)
    audit.record(actor, "amendment.approved", amendment, now)
    tell_author(amendment, amendment.contract, "approved", actor, now)
    tell_customer(amendment, amendment.contract, "to_sign", actor, now)


def return_to_author(amendment: Amendment, reason: str, actor: Viewer, now: datetime) -> None:
    """Back to a draft with a reason; an approval and a printed paper are void."""
    if not reason.strip():
        raise Invalid(t("Say what should be changed."), "reason")
    _step(amendment, ContractStep.RETURN, now)
    amendment.approved_by = amendment.approved_at = None
    mark_paper(amendment.document_id, "withdrawn")
    audit.record(actor, "amendment.returned", amendment, now, reason=reason.strip())
    tell_author(amendment, amendment.contract, "returned", actor, now, reason.strip())


def void(amendment: Amendment, reason: str, actor: Viewer, now: datetime) -> None:
    """Give up an amendment that was never in force."""
    if not reason.strip():
        raise Invalid(t("Say why it is voided."), "reason")
    _step(amendment, ContractStep.VOID, now)
    mark_paper(amendment.document_id, "withdrawn")
    audit.record(actor, "amendment.voided", amendment, now, reason=reason.strip())


def sign(
    amendment: Amendment,
    signing: Signing,
    actor: Viewer,
    now: datetime,
    scan: ReceivedFile | None = None,
) -> Amendment:
    """Record the signatures: from its day on the contract says what the amendment says; entitlements follow.

    Exhausted when it takes away more than is left; NotAllowedNow unless it waits for the signature of a contract
    in force.
    """
    contract = amendment.contract
    following = AMENDMENT_STEPS.next(AmendmentState(amendment.state), ContractStep.SIGN)
    if ContractState(contract.state) not in (ContractState.ACTIVE, ContractState.SUSPENDED):
        raise NotAllowedNow(t("The contract is no longer in force."))
    check_signing(signing, amendment.contract.starts_on, now)
    write_signing(amendment, signing)
    amendment.state, amendment.updated_at = following, now
    contract.ends_on = standing.proposed_terms(amendment).ends_on
    after = {
        "signed_on": signing.signed_on,
        "customer": signing.for_customer,
        "firm": signing.for_firm,
    }
    audit.record(actor, "amendment.signed", amendment, now, after=after)
    if scan is not None:
        attach_scan(amendment, scan, actor, now)
    for row in standing.proposed_lines(amendment):
        _move_entitlements(amendment, row, actor, now)
    recount(contract, now)
    for_opportunity.tell(contract, PaperStep.AMENDED, actor, now)
    tell_owner(amendment, contract, "signed", actor, now)
    tell_customer(amendment, contract, "in_force", actor, now)
    return amendment


def attach_scan(
    amendment: Amendment, file: ReceivedFile, actor: Viewer, now: datetime
) -> Attachment:
    """The scan of the signed paper, with the signature or later."""
    if amendment.state != AmendmentState.IN_FORCE:
        raise NotAllowedNow(t("First record the signatures."))
    scan = attach(amendment, file, FileKind.SIGNED_SCAN, actor, now)
    amendment.signed_scan_id, amendment.updated_at = scan.id, now
    audit.record(actor, "contract.scan_added", amendment, now, after={"file": scan.file_name})
    return scan


def check_complete(amendment: Amendment) -> None:
    """Raise Invalid with the first thing that stops an amendment from being signed."""
    if not changes(amendment):
        raise Invalid(t("This amendment changes nothing yet."))
    starts_on = amendment.contract.starts_on
    ends_on = standing.proposed_terms(amendment).ends_on
    for row in standing.proposed_lines(amendment):
        wrong = {} if row.is_end else wrong_line(line_facts(row), starts_on, ends_on)
        if wrong:
            text = next(iter(wrong.values()))
            raise Invalid(t("“%(name)s”: %(problem)s", name=row.name_zh, problem=text))


def _move_entitlements(
    amendment: Amendment, row: ContractLine, actor: Viewer, now: datetime
) -> None:
    """What one proposed line does: grants anew, gives more or less, lasts longer or shorter, ends."""
    if not is_drawn(price_terms(row)):
        return
    source = Source("amendment", amendment.id, amendment.number)
    old = db.session.get(ContractLine, row.replaces_id) if row.replaces_id else None
    if old is None:
        ledger.grant_line(row, actor, now)
        return
    granted = of_chain(row.root_id or row.id)
    if row.is_end:
        day = row.from_on - timedelta(days=1)
        cut(granted, day, amendment.reason, source, actor, now)
        return
    going_on = [e for e in granted if e.ends_on >= row.from_on and e.closed_at is None]
    _change_quantity(going_on, old, row, amendment, source, actor, now)
    for each in going_on:
        each.overage = row.overage
    root = db.session.get_one(ContractLine, row.root_id)
    cut(granted, row.until_on, amendment.reason, source, actor, now)
    extend(row, root, amendment.reason, source, actor, now)
    ledger.grant_line(row, actor, now)


def _change_quantity(
    rows: Sequence[Entitlement], old: ContractLine, new: ContractLine, amendment: Amendment,
    source: Source, actor: Viewer, now: datetime,
) -> None:  # fmt: skip
    """The difference, on each period that is still running or to come."""
    if old.quantity is None or new.quantity is None or old.quantity == new.quantity:
        return
    change = new.quantity - old.quantity
    for each in rows:
        key = f"amendment:{amendment.id}:{each.id}"
        ledger.adjust(each, change, amendment.reason, source, key, actor, now)


def _is_new_price(amendment: Amendment, row: ContractLine) -> bool:
    if row.replaces_id is None:
        return True
    old = next(each for each in amendment.contract.lines if each.id == row.replaces_id)
    return bool(old.price_terms != row.price_terms)


def _step(amendment: Amendment, step: ContractStep, now: datetime) -> None:
    amendment.state = AMENDMENT_STEPS.next(AmendmentState(amendment.state), step)
    amendment.updated_at = now
