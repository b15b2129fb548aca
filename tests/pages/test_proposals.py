"""Proposals at both doors: written, looked at, issued, compared; read by their customer."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from portal.db.base import db
from portal.proposals.models import Proposal, ProposalOutline
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import firm, quick_press
from tests.opportunities import an_opportunity
from tests.proposals import a_proposal, issued_proposal

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")


@pytest.fixture
def proposal(cast: Cast, now: datetime) -> Proposal:
    """A written draft, kept."""
    firm()
    found = a_proposal(cast, now)
    db.session.commit()
    return found


def at(row: Proposal, rest: str = "") -> str:
    return f"/desk/proposals/{row.id}{rest}"


def written(row: Proposal, **more: str) -> dict[str, str]:
    """The form of a draft with one section."""
    version = db.session.get_one(Proposal, row.id).versions[-1].version
    form = {"version": str(version), "title": "新方案", "language": "zh_en", "contact_id": "",
            "quotation_version_id": "", "sections-0-title_zh": "方案", "sections-0-zh": "**粗体** 与表格",
            "sections-0-title_en": "", "sections-0-en": ""}  # fmt: skip
    return form | more


def test_a_proposal_begins_at_its_opportunity(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    row = an_opportunity(cast, now)
    db.session.commit()
    desk = client.sign_in(cast.sales)
    where = f"/desk/proposals/new?opportunity={row.id}"
    assert "Begin to write" in desk.get(where).text
    said = desk.post(where, data={"title": "方案一", "language": "zh", "outline_id": ""})
    made = db.session.scalars(select(Proposal)).one()
    assert said.headers["Location"].endswith(f"/desk/proposals/{made.id}/edit")
    assert made.number in desk.get(f"/desk/opportunities/{row.id}").text
    assert desk.get("/desk/proposals/new").status_code == 404


def test_sections_are_written_moved_added_and_removed(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    desk = client.sign_in(cast.sales)
    assert desk.get(at(proposal, "/edit")).status_code == 200
    two = written(proposal) | {"sections-1-title_zh": "第二", "sections-1-zh": "乙", "do": "up:1"}
    said = desk.post(at(proposal, "/edit"), data=two)
    assert said.headers["Location"].endswith("#section-0")
    version = db.session.get_one(Proposal, proposal.id).versions[0]
    assert [each["title_zh"] for each in version.sections] == ["第二", "方案"]
    again = {**two, "version": str(version.version), "do": "remove:1"}
    desk.post(at(proposal, "/edit"), data=again)
    kept = db.session.get_one(Proposal, proposal.id).versions[0]
    assert [each["title_zh"] for each in kept.sections] == ["方案"]


def test_a_stale_draft_is_told_and_nothing_is_lost(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    said = client.sign_in(cast.sales).post(at(proposal, "/edit"), data=written(proposal, version="99"))  # fmt: skip
    assert said.status_code == 422
    assert "与表格" in said.text
    assert db.session.get_one(Proposal, proposal.id).title == "上海至纽约整箱方案"


def test_a_section_without_a_heading_is_named(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    form = written(proposal) | {"sections-0-title_zh": ""}
    said = client.sign_in(cast.sales).post(at(proposal, "/edit"), data=form)
    assert said.status_code == 422
    assert "no heading" in said.text
    assert "与表格" in said.text


def test_issuing_stores_the_paper_that_both_doors_serve(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    desk = client.sign_in(cast.sales)
    seen = db.session.get_one(Proposal, proposal.id).versions[0].version
    desk.post(at(proposal, "/issue"), data={"seen": seen})
    assert "Issued" in desk.get(at(proposal)).text
    assert desk.get(at(proposal, "/versions/1/paper")).data.startswith(b"%PDF")
    mine = client.sign_in(cast.lin)
    assert proposal.number in mine.get("/my/proposals").text
    assert "Two 40HQ" in mine.get(f"/my/proposals/{proposal.id}").text
    paper = mine.get(f"/my/proposals/{proposal.id}/versions/1/paper")
    assert paper.mimetype == "application/pdf"


def test_a_draft_is_nowhere_for_its_customer(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    mine = client.sign_in(cast.lin)
    assert proposal.number not in mine.get("/my/proposals").text
    assert mine.get(f"/my/proposals/{proposal.id}").status_code == 404


def test_the_next_version_shows_what_changed(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    firm()
    proposal = issued_proposal(cast, now)
    db.session.commit()
    desk = client.sign_in(cast.sales)
    assert desk.post(at(proposal, "/revise")).status_code == 303
    row = db.session.get_one(Proposal, proposal.id)
    form = written(row) | {"sections-0-title_zh": "客户需求", "sections-0-zh": "每月三个 40HQ"}
    desk.post(at(proposal, "/edit"), data=form)
    shown = desk.get(at(proposal, "/changes")).text
    assert "<ins>每月三个 40HQ</ins>" in shown
    assert "This section is gone" in shown
    assert client.sign_in(cast.lin).get(f"/my/proposals/{proposal.id}/versions/2").status_code == 404  # fmt: skip


def test_withdrawing_asks_for_a_reason(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    desk = client.sign_in(cast.sales)
    desk.post(at(proposal, "/versions/1/withdraw"), data={"reason": ""})
    assert db.session.get_one(Proposal, proposal.id).state == "draft"
    desk.post(at(proposal, "/versions/1/withdraw"), data={"reason": "不再需要"})
    assert "不再需要" in desk.get(at(proposal)).text


def test_the_preview_is_the_paper_with_a_mark(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    desk = client.sign_in(cast.sales)
    shown = desk.get(at(proposal, "/versions/1/preview"))
    assert "草稿" in shown.text
    assert desk.get("/desk/proposals/paper.css").mimetype == "text/css"


def test_outlines_are_the_leaders_to_write(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    leader = client.sign_in(cast.sales_manager)
    form = {
        "name_zh": "仓储方案",
        "active": "y",
        "sections-0-title_zh": "库区",
        "sections-0-zh": "平面图",
    }
    assert leader.post("/desk/proposal-outlines/new", data=form).status_code == 303
    row = db.session.scalars(select(ProposalOutline)).one()
    assert "库区" in leader.get("/desk/proposal-outlines").text
    assert "平面图" in leader.get(f"/desk/proposal-outlines/{row.id}").text
    assert client.sign_in(cast.sales).get("/desk/proposal-outlines").status_code == 403


def test_the_list_finds_by_number_and_customer(
    cast: Cast, client: CheckingClient, proposal: Proposal
) -> None:
    desk = client.sign_in(cast.sales)
    assert proposal.number in desk.get("/desk/proposals?q=hgsp").text
    assert proposal.number not in desk.get("/desk/proposals?state=issued").text
    assert proposal.number in desk.get("/desk/proposals?whose=mine&export=csv").get_data(as_text=True)  # fmt: skip
