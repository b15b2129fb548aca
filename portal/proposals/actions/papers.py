"""A version as a paper: assembled, previewed, printed, kept (DESIGN rule 5, REQUIREMENTS O14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.access.viewer import Viewer
from portal.documents import page, render, verification
from portal.documents.actions.keeping import PaperName, keep
from portal.documents.models import Document
from portal.documents.queries import firm_on_paper
from portal.documents.rules.codes import new_code
from portal.documents.rules.names import paper_file_name
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words, same
from portal.kernel.clock import business_day
from portal.proposals.models import Proposal, ProposalVersion
from portal.proposals.rules.paper import ProposalPaper, WrittenPart
from portal.proposals.rules.sections import Part, from_json
from portal.proposals.rules.states import ProposalState
from portal.quotations.actions import papers as quotation_papers
from portal.quotations.rules.paper import Party, Verification
from portal.web.markdown import rendered

TEMPLATE = "proposal.html"
KIND = "proposal"
LANGUAGES = {"zh": PaperLanguage.ZH, "en": PaperLanguage.EN, "zh_en": PaperLanguage.BOTH}
MARKS = {
    ProposalState.DRAFT: Words("草稿", "Draft"),
    ProposalState.SUPERSEDED: Words("已被替代", "Superseded"),
    ProposalState.WITHDRAWN: Words("已撤回", "Withdrawn"),
}
BELOW_ITS_HEADING = 3
"""The level of a text's own headings: the section's heading stands above them."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that was printed before it is kept; good for the very facts it shows."""

    paper: ProposalPaper
    code: str
    printed: render.PrintedPaper


def print_version(
    version: ProposalVersion, actor: Viewer, now: datetime, proof: Proof | None = None
) -> Document:
    """Print a version once and for all; a `proof` spares the press where nothing has changed since.

    Raises PressBusy or PressFailed when there is no paper; nothing has changed then.
    """
    code = proof.code if proof else new_code()
    paper = final_paper(version, now, code)
    if proof is None or proof.paper != paper:
        proof = proof_of(paper, code)
    name = PaperName(
        customer_id=version.customer_id,
        kind=KIND,
        number=paper_number(version),
        file_name=file_name_of(version),
        language=version.language,
        subject_type=version.__tablename__,
        subject_id=version.id,
        code=code,
    )
    return keep(proof.printed, name, actor.user_id, now)


def final_paper(version: ProposalVersion, now: datetime, code: str) -> ProposalPaper:
    """The paper of a version as it is issued at `now`: sealed, with its code, without a mark across it."""
    return _paper(version, now, code=code, mark=NO_WORDS, is_sealed=True)


def proof_of(paper: ProposalPaper, code: str) -> Proof:
    """Print a final paper without keeping it: only the press works."""
    return Proof(paper, code, render.render(TEMPLATE, paper, paper.language))


def preview(version: ProposalVersion, now: datetime, stylesheets: tuple[str, ...] = ()) -> str:
    """The paper as an HTML page for the browser, marked as what it is; pictures come with it."""
    mark = MARKS.get(ProposalState(version.state), NO_WORDS)
    is_sealed = version.issued_at is not None
    paper = _paper(version, version.issued_at or now, code="", mark=mark, is_sealed=is_sealed)
    return page.preview(TEMPLATE, paper, paper.language, stylesheets)


def paper_number(version: ProposalVersion) -> str:
    """PP-2026-000012-v2: what the paper is called."""
    return f"{version.proposal.number}-v{version.version_no}"


def file_name_of(version: ProposalVersion) -> str:
    """海港食品_方案书_PP-2026-000012-v2.pdf (DOMAIN 18)."""
    customer = version.proposal.customer
    english = version.language == "en"
    name = customer.name_en if english and customer.name_en else customer.label
    return paper_file_name(name, "Proposal" if english else "方案书", paper_number(version))


def _paper(
    version: ProposalVersion, now: datetime, *, code: str, mark: Words, is_sealed: bool
) -> ProposalPaper:
    language = LANGUAGES[version.language]
    prices = version.quotation_version
    return ProposalPaper(
        number=version.proposal.number,
        revision=f"v{version.version_no}",
        title=version.title,
        issued_on=business_day(now),
        created_at=now,
        firm=firm_on_paper(),
        customer=_customer(version.proposal),
        sender=_sender(version.proposal),
        parts=tuple(
            _written(part, language) for part in from_json(version.sections) if not part.is_empty
        ),
        prices=quotation_papers.paper_of(prices, now, language=language) if prices else None,
        is_sealed=is_sealed,
        verification=Verification(code, verification.address_of(code)) if code else None,
        mark=mark,
        language=language,
    )


def _written(part: Part, language: PaperLanguage) -> WrittenPart:
    """Both texts where the paper has both and they differ; else the one, or what stands in for it."""
    first, second = Words(part.zh.strip(), part.en.strip()).parts(language)
    html = [rendered(text, top=BELOW_ITS_HEADING) if text else "" for text in (first, second)]
    return WrittenPart(Words(part.title_zh, part.title_en), *html)


def _customer(proposal: Proposal) -> Party:
    customer, contact = proposal.customer, proposal.contact
    name = Words(customer.name_zh, customer.name_en)
    if contact is None:
        return Party(name)
    person = " ".join(part for part in (contact.name, contact.position) if part)
    return Party(name, same(person), _reach(contact.phone, contact.email))


def _sender(proposal: Proposal) -> Party:
    owner = proposal.owner
    return Party(same(owner.name), NO_WORDS, _reach(owner.email, owner.phone))


def _reach(*ways: str | None) -> tuple[str, ...]:
    return tuple(way for way in ways if way)
