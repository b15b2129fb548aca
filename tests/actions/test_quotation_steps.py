"""Approve, issue, withdraw: who may, in which order, and what is frozen."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.models import Document
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, StaleEdit
from portal.quotations.actions import approving, drafting, grid, issuing
from portal.quotations.models import QuotationVersion
from tests.cast import Cast, viewer
from tests.factories import add
from tests.offers import draft

D = Decimal


def printer(version: QuotationVersion, actor: Viewer, now: datetime) -> Document:
    """A paper of no bytes."""
    code = f"CODE-{version.id}"
    return add(Document(
        customer_id=version.customer_id, kind="quotation", number=f"{version.quotation.number}-v{version.version_no}",
        file_name="x.pdf", sha256=f"{version.id:064d}", size=1, language="zh", subject_type="quotation_version",
        subject_id=version.id, verification_code=code, created_at=now, created_by=actor.user_id,
    ))  # fmt: skip


def no_paper(version: QuotationVersion, actor: Viewer, now: datetime) -> Document:
    raise AssertionError("printed")


@pytest.fixture
def version(cast: Cast, now: datetime) -> QuotationVersion:
    """Golden case G1, inside all limits."""
    return drafting.latest_version(draft(cast, now))


@pytest.fixture
def desk(cast: Cast) -> Viewer:
    return viewer(cast.sales)


@pytest.fixture
def manager(cast: Cast) -> Viewer:
    return viewer(cast.sales_manager)


def over_its_limits(version: QuotationVersion, desk: Viewer, now: datetime) -> QuotationVersion:
    edit = grid.LineEdit(version.lines[0].id, rate=D(1900), reason="r")
    grid.edit_lines(version, [edit], desk, now)
    return version


def test_issuing_freezes_the_version_and_tells_the_contact(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    document = issuing.issue(version, printer, desk, now)
    assert (version.state, version.document_id, version.issued_at) == ("issued", document.id, now)
    assert version.quotation.issued_no == 1
    (mail,) = db.session.scalars(db.select(OutboxMessage))
    assert (mail.template, mail.recipient) == ("quotation_issued", "lin@harbour.example")
    assert mail.facts["id"] == version.quotation_id
    with pytest.raises(NotAllowedNow):
        grid.edit_lines(version, [], desk, now)


def test_a_version_without_charges_a_price_or_a_valid_day_is_not_issued(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    version.valid_until = date(2026, 3, 1)
    with pytest.raises(Invalid, match="last valid day"):
        issuing.issue(version, no_paper, desk, now)
    for row in list(version.lines):
        grid.edit_lines(version, [grid.LineEdit(row.id, remove=True)], desk, now)
    with pytest.raises(Invalid, match="no charge"):
        issuing.issue(version, no_paper, desk, now)


def test_a_price_nobody_gave_stops_the_issue_and_one_on_request_does_not(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    row = version.lines[0]
    row.terms = {"basis": "at_cost"}
    with pytest.raises(Invalid, match="has no price"):
        issuing.issue(version, no_paper, desk, now)
    grid.edit_lines(version, [grid.LineEdit(row.id, is_on_request=True)], desk, now)
    assert issuing.issue(version, printer, desk, now)


def test_the_next_issue_replaces_the_one_before_and_its_paper(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    first = issuing.issue(version, printer, desk, now)
    second = drafting.revise(version.quotation, desk, now)
    issuing.issue(second, printer, desk, now)
    db.session.refresh(first)
    assert (version.state, first.state, second.state) == ("superseded", "superseded", "issued")
    assert version.quotation.issued_no == 2


def test_over_its_limits_it_is_not_issued_without_approval(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    with pytest.raises(Invalid, match="send it for approval"):
        issuing.issue(over_its_limits(version, desk, now), no_paper, desk, now)


def test_nothing_to_approve_is_not_submitted(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    with pytest.raises(Invalid, match="inside all limits"):
        approving.submit(version, "r", desk, now)


def test_the_author_does_not_approve(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    approving.submit(over_its_limits(version, desk, now), "r", desk, now)
    with pytest.raises(Forbidden):
        approving.approve(version, desk, now)


def test_an_approved_version_is_issued_and_names_its_approver(
    version: QuotationVersion, desk: Viewer, manager: Viewer, now: datetime
) -> None:
    approving.submit(over_its_limits(version, desk, now), "key account", desk, now)
    approving.approve(version, manager, now, version.version)
    assert (version.state, version.approved_by) == ("approved", manager.user_id)
    issuing.issue(version, printer, desk, now)
    events = [entry.event for entry in audit.timeline(version.quotation, public_only=True)]
    assert events == ["quotation.issued"], "approval is nothing for the customer"


def test_reopening_makes_the_approval_void(
    version: QuotationVersion, desk: Viewer, manager: Viewer, now: datetime
) -> None:
    approving.submit(over_its_limits(version, desk, now), "r", desk, now)
    approving.approve(version, manager, now)
    approving.reopen(version, desk, now)
    assert (version.state, version.approved_by) == ("draft", None)


def test_a_page_that_is_out_of_date_issues_nothing(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    with pytest.raises(StaleEdit):
        issuing.issue(version, no_paper, desk, now, seen=version.version - 1)


def test_withdrawing_needs_a_reason_and_marks_the_paper(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    document = issuing.issue(version, printer, desk, now)
    with pytest.raises(Invalid):
        issuing.withdraw(version, " ", desk, now)
    issuing.withdraw(version, "wrong box", desk, now)
    db.session.refresh(document)
    assert (version.state, document.state) == ("withdrawn", "withdrawn")


def test_what_was_accepted_is_not_withdrawn(
    version: QuotationVersion, desk: Viewer, now: datetime
) -> None:
    issuing.issue(version, printer, desk, now)
    version.state = "accepted"
    with pytest.raises(NotAllowedNow):
        issuing.withdraw(version, "r", desk, now)
