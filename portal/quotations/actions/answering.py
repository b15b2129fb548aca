"""The customer's answer: accept the version that was read, decline with a reason, ask (REQUIREMENTS Q9)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.documents.rules.words import PaperLanguage
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.text import Text, t
from portal.opportunities.rules.papers import PaperStep
from portal.quotations.actions import for_opportunity
from portal.quotations.actions.issuing import mark_paper
from portal.quotations.actions.paper_facts import carrier_words
from portal.quotations.actions.pricing import repeat_on_quotation
from portal.quotations.models import AcceptanceLink, Quotation, QuotationQuestion, QuotationVersion
from portal.quotations.rules.states import STEPS, QuotationState, QuotationStep, state_on

LINK_DAYS = 30
MOST_QUESTIONS = 100


class Outdated(NotAllowedNow):
    """The version is old, expired or withdrawn; `current_no` is the one to look at (0: none)."""

    def __init__(self, text: Text, current_no: int) -> None:
        super().__init__(text)
        self.current_no = current_no


@dataclass(frozen=True, slots=True)
class Signature:
    """Who answers: the name they signed with and where from; of several alternatives the chosen one."""

    name: str
    ip: str | None = None
    option: str = ""


def accept(version: QuotationVersion, signature: Signature, actor: Viewer, now: datetime) -> None:
    """Accept this very version; recorded with name, time and address. The paper read is the paper accepted."""
    _check_power(actor)
    check_current(version, now)
    if len(signature.name.strip()) < 2:
        raise Invalid(t("Write your name: it stands for your signature."), "name")
    offered = options_of(version)
    if offered and signature.option not in offered:
        raise Invalid(t("Choose one of the alternatives."), "option")
    version.accepted_option = signature.option if offered else None
    _decide(version, QuotationStep.ACCEPT, signature, actor, now)
    mark_paper(version, "accepted")
    after = {"version": version.version_no, "name": signature.name.strip(), "ip": signature.ip}
    if offered:
        after["option"] = signature.option
    audit.record(actor, "quotation.accepted", version.quotation, now, after=after)
    for_opportunity.tell(version, PaperStep.ACCEPTED, actor, now)
    _tell_owner(version, "quotation_accepted", signature.name, "", now)


def decline(
    version: QuotationVersion, reason: str, signature: Signature, actor: Viewer, now: datetime
) -> None:
    """Decline this version; the reason is needed and reaches sales."""
    _check_power(actor)
    check_current(version, now)
    if len(reason.strip()) < 2:
        raise Invalid(t("Please say why, so that we can do better."), "reason")
    version.decline_reason = reason.strip()[:1000]
    _decide(version, QuotationStep.DECLINE, signature, actor, now)
    mark_paper(version, "declined")
    after = {"version": version.version_no, "name": signature.name.strip()}
    audit.record(
        actor, "quotation.declined", version.quotation, now, after=after, reason=reason.strip()
    )
    for_opportunity.tell(version, PaperStep.DECLINED, actor, now)
    _tell_owner(version, "quotation_declined", signature.name, reason.strip(), now)


def options_of(version: QuotationVersion) -> list[str]:
    """The alternatives of which one is chosen; empty where there is nothing to choose."""
    named = [each["option"] for each in (version.totals or {}).get("options", ())]
    return named if len(named) > 1 else []


def check_current(version: QuotationVersion, now: datetime) -> None:
    """Raise `Outdated` unless the version is issued, in time, and the newest that was issued."""
    state = state_on(QuotationState(version.state), version.valid_until, business_day(now))
    current = version.quotation.issued_no
    if state is QuotationState.ISSUED:
        return
    if state is QuotationState.EXPIRED:
        raise Outdated(
            t("This version expired on %(day)s. Ask us for a new one.", day=version.valid_until),
            current,
        )
    if state is QuotationState.SUPERSEDED:
        raise Outdated(t("A newer version has replaced this one."), current)
    if state is QuotationState.WITHDRAWN:
        raise Outdated(t("This version was withdrawn."), 0)
    raise Outdated(t("This version has already been answered."), current)


def ask(
    quotation: Quotation,
    version_no: int,
    question: str,
    asked_by: str,
    actor: Viewer,
    now: datetime,
    *,
    email: str = "",
) -> QuotationQuestion:
    """A question on a quotation; its owner is told. The answer goes to `email`, if there is one."""
    if not actor.may(Permission.QUOTATION_ASK):
        raise Forbidden()
    if len(question.strip()) < 2:
        raise Invalid(t("Write your question."), "question")
    if len(questions_of(quotation)) >= MOST_QUESTIONS:
        raise Invalid(t("There are very many questions here already. Please call us."), "question")
    row = QuotationQuestion(
        customer_id=quotation.customer_id,
        quotation_id=quotation.id,
        version_no=version_no,
        asked_by=(asked_by.strip() or actor.name)[:120],
        asked_email=email,
        asked_at=now,
        question=question.strip()[:2000],
    )
    db.session.add(row)
    quotation.updated_at = now
    audit.record(actor, "quotation.asked", quotation, now, after={"question": row.question})
    _post(
        quotation,
        "quotation_question",
        {"question": row.question, "name": row.asked_by},
        f"ask-{row.id}",
        now,
    )
    return row


def answer(
    question: QuotationQuestion, quotation: Quotation, text: str, actor: Viewer, now: datetime
) -> None:
    """Our answer, once."""
    if question.answer:
        raise NotAllowedNow(t("This question has been answered."))
    if not text.strip():
        raise Invalid(t("Write an answer."), "answer")
    question.answer, question.answered_by, question.answered_at = (
        text.strip()[:2000],
        actor.user_id,
        now,
    )
    quotation.updated_at = now
    audit.record(actor, "quotation.answered", quotation, now, after={"answer": question.answer})
    if question.asked_email:
        facts = {"name": question.asked_by, "question": question.question, "sender": actor.name}
        whole = {"number": quotation.number, "answer": question.answer, **facts}
        post_mail(
            question.asked_email,
            "quotation_answered",
            whole,
            locale="zh_CN" if quotation.customer.document_language != "en" else "en",
            key=f"quotation-answer-{question.id}",
            now=now,
        )


def questions_of(quotation: Quotation) -> list[QuotationQuestion]:
    """All questions on a quotation, oldest first."""
    statement = select(QuotationQuestion).where(QuotationQuestion.quotation_id == quotation.id)
    return list(db.session.scalars(statement.order_by(QuotationQuestion.id)))


def make_link(
    version: QuotationVersion, name: str, email: str, actor: Viewer, now: datetime
) -> tuple[AcceptanceLink, str]:
    """A link for a contact without a login, and its secret token, which is not kept; it ends with the validity."""
    check_current(version, now)
    if not name.strip() or "@" not in email:
        raise Invalid(t("A name and a mail address are needed."), "email")
    token = secrets.token_urlsafe(32)
    end_of_validity = datetime.combine(version.valid_until or business_day(now), time(16), UTC)
    link = AcceptanceLink(
        customer_id=version.customer_id,
        version_id=version.id,
        contact_name=name.strip()[:120],
        email=email.strip()[:254],
        token_hash=_hash(token),
        created_by=actor.user_id,
        created_at=now,
        expires_at=min(
            now + timedelta(days=LINK_DAYS), max(end_of_validity, now + timedelta(hours=1))
        ),
    )
    db.session.add(link)
    audit.record(actor, "quotation.link_sent", version.quotation, now, after={"to": link.email})
    return link, token


def revoke_link(link: AcceptanceLink, quotation: Quotation, actor: Viewer, now: datetime) -> None:
    """The link opens nothing from now on."""
    link.revoked_at = link.revoked_at or now
    audit.record(actor, "quotation.link_revoked", quotation, now, after={"to": link.email})


def find_link(token: str, now: datetime) -> AcceptanceLink:
    """The link of a token; NotFound when it is unknown, revoked or past its time."""
    link = db.session.scalar(
        select(AcceptanceLink).where(AcceptanceLink.token_hash == _hash(token))
    )
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        raise NotFound(
            t("This link is no longer valid. Ask your contact at our firm for a new one.")
        )
    return link


def guest(link: AcceptanceLink, ip: str | None, locale: str) -> Viewer:
    """Who opens a link: somebody who may see and answer this customer's quotation, and nothing more."""
    return Viewer(
        kind="public",
        name=link.contact_name,
        permissions=frozenset(
            {Permission.QUOTATION_SEE, Permission.QUOTATION_ACCEPT, Permission.QUOTATION_ASK}
        ),
        customer_id=link.customer_id,
        customer_ids=frozenset({link.customer_id}),
        locale=locale,
        ip=ip,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _check_power(actor: Viewer) -> None:
    if not actor.may(Permission.QUOTATION_ACCEPT):
        raise Forbidden()


def _decide(
    version: QuotationVersion,
    step: QuotationStep,
    signature: Signature,
    actor: Viewer,
    now: datetime,
) -> None:
    version.state = STEPS.next(QuotationState(version.state), step)
    version.decided_at, version.decided_by = now, actor.user_id
    version.decided_name, version.decided_ip = signature.name.strip()[:120], signature.ip
    version.updated_at = now
    repeat_on_quotation(version, now)
    if version.version_no != version.quotation.latest_no:
        version.quotation.updated_at = now
    db.session.flush()


def _tell_owner(
    version: QuotationVersion, template: str, name: str, reason: str, now: datetime
) -> None:
    facts = {"name": name, "reason": reason, "version": version.version_no}
    english = version.quotation.owner.locale == "en"
    option = carrier_words(version.accepted_option or "")
    facts["option"] = option.plain(PaperLanguage.EN if english else PaperLanguage.ZH)
    _post(version.quotation, template, facts, f"{template}-{version.id}", now)


def _post(
    quotation: Quotation, template: str, facts: dict[str, object], key: str, now: datetime
) -> None:
    owner = quotation.owner
    whole = {"number": quotation.number, "title": quotation.title, "id": quotation.id, **facts}
    post_mail(owner.email, template, whole, locale=owner.locale, key=key, now=now)
