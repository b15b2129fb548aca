"""Proposals: written, issued once, replaced, taken back; what a version prints and who sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.scope import visible
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.documents.rules.words import PaperLanguage
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.opportunities.queries.evidence import there
from portal.opportunities.rules.kinds import EntryRule
from portal.proposals.actions import drafting, issuing, outlines, papers
from portal.proposals.actions.outlines import Outlined
from portal.proposals.models import Proposal, ProposalOutline
from portal.proposals.rules.sections import Part
from tests.cast import Cast, staff, viewer
from tests.offers import fresh, issued, quick_press
from tests.opportunities import an_opportunity
from tests.proposals import PARTS, WRITTEN, a_proposal, issued_proposal, write

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")


def paper_of(proposal: Proposal, number: int = 1) -> str:
    """The printed HTML of a version."""
    version = next(each for each in proposal.versions if each.version_no == number)
    document = db.session.get_one(Document, version.document_id)
    return archive().read(document.sha256).decode()


def events(proposal: Proposal) -> list[str]:
    return [each.event for each in reversed(audit.timeline(proposal, public_only=False))]


def test_a_proposal_begins_with_the_headings_of_its_outline(cast: Cast, now: datetime) -> None:
    said = Outlined("仓储方案", "Storage", (Part("库内作业", "In the warehouse", "先入先出"),))
    outline = outlines.save(None, said, viewer(cast.sales_manager), now)
    row = an_opportunity(cast, now)
    proposal = drafting.create(row, "仓储", viewer(cast.sales), now, outline=outline)
    assert proposal.number == "PP-2026-000001"
    assert [each["zh"] for each in proposal.versions[0].sections] == ["先入先出"]


def test_saving_what_stands_already_leaves_no_trace(cast: Cast, now: datetime) -> None:
    proposal = a_proposal(cast, now)
    write(proposal, cast, now)
    assert events(proposal) == ["proposal.created", "proposal.changed"]


def test_issuing_freezes_the_text_and_keeps_the_paper(cast: Cast, now: datetime) -> None:
    proposal = issued_proposal(cast, now)
    assert (proposal.state, proposal.issued_no, proposal.shown) == ("issued", 1, True)
    assert "每月<strong>两个</strong> 40HQ" in paper_of(proposal)
    with pytest.raises(NotAllowedNow):
        write(proposal, cast, now, title="另一个")


def test_a_section_without_text_is_not_printed(cast: Cast, now: datetime) -> None:
    assert "服务承诺" not in paper_of(issued_proposal(cast, now))


def test_a_proposal_without_any_text_is_not_issued(cast: Cast, now: datetime) -> None:
    proposal = a_proposal(cast, now, parts=(Part("空"),))
    with pytest.raises(Invalid, match="no text"):
        issuing.issue(proposal.versions[0], papers.print_version, viewer(cast.sales), now)
    assert db.session.scalar(select(Document.id)) is None


def test_markup_that_somebody_types_stays_text(cast: Cast, now: datetime) -> None:
    part = Part("甲", zh="<script>alert(1)</script> [x](javascript:alert(1))")
    printed = paper_of(issued_proposal(cast, now, parts=(part,)))
    assert "<script" not in printed
    assert 'href="javascript' not in printed


def test_each_language_prints_its_own_words(cast: Cast, now: datetime) -> None:
    version = a_proposal(cast, now).versions[0]
    both = papers.final_paper(version, now, "").parts[0]
    assert "两个" in both.first
    assert "Two 40HQ" in both.second
    version.language = "en"
    english = papers.final_paper(version, now, "")
    assert (english.language, english.parts[0].second) == (PaperLanguage.EN, "")
    assert "Two 40HQ" in english.parts[0].first


def test_the_prices_are_the_quotations_and_hold_no_cost(cast: Cast, now: datetime) -> None:
    sent = issued(cast, now)
    proposal = issued_proposal(cast, now, quotation_version_id=sent.id)
    printed = paper_of(proposal)
    total = fresh(sent).total_amount
    assert f"{total:,.2f}" in printed
    assert "内部备注" not in printed


def test_prices_of_a_draft_keep_a_proposal_back(cast: Cast, now: datetime) -> None:
    sent = issued(cast, now)
    issuing_off = fresh(sent)
    issuing_off.state = "draft"
    proposal = a_proposal(cast, now, quotation_version_id=sent.id)
    with pytest.raises(Invalid, match="not issued"):
        issuing.issue(proposal.versions[0], papers.print_version, viewer(cast.sales), now)


def test_another_customers_prices_are_refused(cast: Cast, now: datetime) -> None:
    sent = issued(cast, now, cast.nordwind)
    with pytest.raises(Invalid) as refused:
        a_proposal(cast, now, quotation_version_id=sent.id)
    assert refused.value.field == "quotation_version_id"


def test_the_next_version_replaces_the_one_before(cast: Cast, now: datetime) -> None:
    proposal = issued_proposal(cast, now)
    second = drafting.revise(proposal, viewer(cast.sales), now)
    assert (proposal.state, proposal.issued_no) == ("draft", 1)
    issuing.issue(second, papers.print_version, viewer(cast.sales), now)
    first, second = proposal.versions
    assert (first.state, second.state, proposal.issued_no) == ("superseded", "issued", 2)
    states = [db.session.get_one(Document, each.document_id).state for each in proposal.versions]
    assert states == ["superseded", "valid"]


def test_one_draft_at_a_time(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowedNow):
        drafting.revise(a_proposal(cast, now), viewer(cast.sales), now)


def test_withdrawing_needs_a_reason_and_marks_the_paper(cast: Cast, now: datetime) -> None:
    proposal = issued_proposal(cast, now)
    version = proposal.versions[0]
    with pytest.raises(Invalid):
        issuing.withdraw(version, " ", viewer(cast.sales), now)
    issuing.withdraw(version, "运力变更", viewer(cast.sales), now)
    assert db.session.get_one(Document, version.document_id).state == "withdrawn"
    assert (proposal.state, proposal.issued_no, proposal.shown) == ("withdrawn", 0, True)
    assert EntryRule.PROPOSAL not in there(proposal.opportunity)


def test_a_stage_may_ask_whether_a_proposal_was_issued(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    a_proposal(cast, now, row)
    assert EntryRule.PROPOSAL not in there(row)
    issued_proposal(cast, now, row)
    assert EntryRule.PROPOSAL in there(row)


def test_the_contact_gets_one_letter(cast: Cast, now: datetime) -> None:
    sent = fresh(issued(cast, now))
    contact = sent.quotation.contact_id
    row = an_opportunity(cast, now, contact_id=contact)
    issued_proposal(cast, now, row, contact_id=contact)
    letters = select(OutboxMessage).where(OutboxMessage.template == "proposal_issued")
    (letter,) = db.session.scalars(letters)
    assert letter.recipient == "lin@harbour.example"


def test_a_customer_sees_what_was_issued_to_them_only(cast: Cast, now: datetime) -> None:
    draft = a_proposal(cast, now)
    shown = issued_proposal(cast, now, an_opportunity(cast, now, title="另一个"))
    for user, expected in ((cast.lin, {shown.id}), (cast.erik, set())):
        seen = visible(select(Proposal.id), Proposal, viewer(user))
        assert set(db.session.scalars(seen)) == expected
    assert draft.id != shown.id


def test_a_colleague_who_owns_the_opportunity_sees_its_proposal(cast: Cast, now: datetime) -> None:
    other = staff("王芳", Role.SALES)
    proposal = a_proposal(cast, now, an_opportunity(cast, now, owner_id=other.id))
    seen = visible(select(Proposal.id), Proposal, viewer(other))
    assert proposal.id in set(db.session.scalars(seen))


def test_an_outline_keeps_its_name_to_itself(cast: Cast, now: datetime) -> None:
    outlines.seed(viewer(cast.sales_manager), now)
    outlines.seed(viewer(cast.sales_manager), now)
    assert db.session.scalars(select(ProposalOutline.name_zh)).all() == ["标准方案"]
    said = Outlined("标准方案", "", PARTS)
    with pytest.raises(Invalid) as refused:
        outlines.save(None, said, viewer(cast.sales_manager), now)
    assert refused.value.field == "name_zh"


def test_a_contact_of_somebody_else_is_refused(cast: Cast, now: datetime) -> None:
    foreign = fresh(issued(cast, now, cast.nordwind)).quotation.contact_id
    proposal = a_proposal(cast, now)
    version, written = proposal.versions[0], replace(WRITTEN, contact_id=foreign)
    with pytest.raises(Invalid) as refused:
        drafting.change(version, written, viewer(cast.sales), now)
    assert refused.value.field == "contact_id"
