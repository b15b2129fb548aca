"""Writing a proposal: a new one beside its opportunity, its text, the next version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Contact, Customer
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.pinyin import search_words
from portal.kernel.text import t
from portal.opportunities.models import Opportunity
from portal.proposals.models import Proposal, ProposalOutline, ProposalVersion
from portal.proposals.rules.sections import Part, checked, first_parts, from_json, to_json
from portal.proposals.rules.states import ProposalState
from portal.quotations.models import QuotationVersion

NUMBER_KIND = "PP"
LANGUAGES = ("zh", "en", "zh_en")


@dataclass(frozen=True, slots=True)
class Written:
    """What a draft says: its title, language (zh, en, zh_en), sections, and the prices that it rests on."""

    title: str
    language: str
    parts: tuple[Part, ...]
    quotation_version_id: int | None = None
    contact_id: int | None = None
    change_note: str = ""


def create(
    opportunity: Opportunity,
    title: str,
    actor: Viewer,
    now: datetime,
    *,
    language: str = "zh_en",
    outline: ProposalOutline | None = None,
) -> Proposal:
    """A proposal with its first draft, divided as the outline says; its number is never given again."""
    if not title.strip():
        raise Invalid(t("Say in a few words what is proposed."), "title")
    customer = opportunity.customer
    if not customer.active:
        raise Invalid(t("This customer is inactive."), "title")
    proposal = Proposal(
        customer_id=opportunity.customer_id,
        opportunity_id=opportunity.id,
        contact_id=opportunity.contact_id,
        number=next_number(NUMBER_KIND, business_day(now).year),
        title=title.strip(),
        owner_id=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    db.session.add(proposal)
    db.session.flush()
    parts = from_json(outline.sections) if outline else first_parts()
    _version(proposal, 1, actor, now, language=_known(language), sections=to_json(parts))
    _index(proposal, customer)
    audit.record(actor, "proposal.created", proposal, now, after={"number": proposal.number})
    return proposal


def change(version: ProposalVersion, written: Written, actor: Viewer, now: datetime) -> None:
    """Write the draft anew. NotAllowedNow for an issued one; Invalid names what is wrong at its field."""
    check_draft(version)
    if not written.title.strip():
        raise Invalid(t("Say in a few words what is proposed."), "title")
    proposal = version.proposal
    _check_prices(proposal, written.quotation_version_id, actor)
    _check_contact(proposal, written.contact_id, actor)
    before = _content(version)
    version.title = proposal.title = written.title.strip()
    version.language = _known(written.language)
    version.sections = to_json(checked(written.parts))
    version.quotation_version_id = written.quotation_version_id
    version.change_note = written.change_note.strip()
    if before == _content(version) and proposal.contact_id == written.contact_id:
        return
    proposal.contact_id = written.contact_id
    version.updated_at = proposal.updated_at = now
    _index(proposal, proposal.customer)
    db.session.flush()
    audit.record(actor, "proposal.changed", proposal, now, after={"version": version.version_no})


def revise(proposal: Proposal, actor: Viewer, now: datetime) -> ProposalVersion:
    """The next version as a draft, begun with what the latest one says. One draft at a time."""
    latest = latest_version(proposal)
    if latest.state == ProposalState.DRAFT:
        raise NotAllowedNow(t("The next version is being written already."))
    proposal.latest_no += 1
    version = _version(
        proposal,
        proposal.latest_no,
        actor,
        now,
        language=latest.language,
        sections=latest.sections,
        quotation_version_id=latest.quotation_version_id,
    )
    proposal.state, proposal.updated_at = ProposalState.DRAFT.value, now
    after = {"version": version.version_no}
    audit.record(actor, "proposal.revised", proposal, now, after=after)
    return version


def latest_version(proposal: Proposal) -> ProposalVersion:
    """The version that was begun last."""
    return max(proposal.versions, key=lambda each: each.version_no)


def check_draft(version: ProposalVersion) -> None:
    """Raise NotAllowedNow for what is frozen."""
    if version.state != ProposalState.DRAFT:
        raise NotAllowedNow(t("This version was issued and does not change any more."))


def _version(
    proposal: Proposal, number: int, actor: Viewer, now: datetime, **values: Any
) -> ProposalVersion:
    version = ProposalVersion(
        customer_id=proposal.customer_id,
        opportunity_id=proposal.opportunity_id,
        version_no=number,
        title=proposal.title,
        author_id=actor.user_id,
        created_at=now,
        updated_at=now,
        **values,
    )
    proposal.versions.append(version)
    db.session.flush()
    return version


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise Invalid(t("Choose a language."), "language")
    return language


def _check_prices(proposal: Proposal, version_id: int | None, actor: Viewer) -> None:
    """The prices are a quotation's to the same customer."""
    if version_id is None:
        return
    found = db.session.get(QuotationVersion, version_id)
    if found is None or found.customer_id != proposal.customer_id:
        raise Invalid(t("Choose one of this customer's quotations."), "quotation_version_id")


def _check_contact(proposal: Proposal, contact_id: int | None, actor: Viewer) -> None:
    if contact_id is None or contact_id == proposal.contact_id:
        return
    try:
        contact = load(Contact, contact_id, actor, P.PROPOSAL_EDIT)
    except NotFound:
        contact = None
    if contact is None or contact.customer_id != proposal.customer_id:
        raise Invalid(t("Choose one of this customer's contacts."), "contact_id")


def _content(version: ProposalVersion) -> tuple[Any, ...]:
    return (
        version.title,
        version.language,
        version.sections,
        version.quotation_version_id,
        version.change_note,
    )


def _index(proposal: Proposal, customer: Customer) -> None:
    words = search_words(proposal.number, proposal.title, customer.name_zh, customer.name_en)
    proposal.search_text = words[:600]
