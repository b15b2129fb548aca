"""The lists of campaigns, of one campaign's mails, of contacts with their consent, of interests."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.campaigns.labels import CAMPAIGNS, CONSENTS, MAILS, UNASKED, consent_label
from portal.campaigns.models import Campaign, CampaignMail, Interest, MarketingConsent
from portal.campaigns.queries import shown
from portal.campaigns.rules.kinds import DROP_WORDS, WAY_WORDS, ConsentWay, DropCause, MailState
from portal.customers.models import Contact
from portal.customers.queries.finding import found_by
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.stepping import page_of
from portal.web.words import name_of, say

C, M = Campaign, CampaignMail
ANY = ("", t("Any"))
NEVER = "never"
UNDELIVERED = "undelivered"


def _searched(statement: Select[Any], words: str) -> Select[Any]:
    for word in normalise(words[:80]).lower().split():
        statement = statement.where(C.search_text.contains(word, autoescape=True))
    return statement


def _by_customer(statement: Select[Any], words: str) -> Select[Any]:
    return statement.where(*found_by(words[:80]))


def _of(column: Any, known: Any) -> Any:
    return lambda statement, value: (
        statement.where(column == value) if value in known else statement
    )


def _said(statement: Select[Any], value: str) -> Select[Any]:
    if value == NEVER:
        return statement.where(MarketingConsent.id.is_(None))
    return statement.where(MarketingConsent.state == value) if value in CONSENTS else statement


def _mails_in(statement: Select[Any], value: str) -> Select[Any]:
    if value == UNDELIVERED:
        return statement.where(M.state.in_((MailState.FAILED.value, MailState.DROPPED.value)))
    return statement.where(M.state == value) if value in MAILS else statement


def _opportunity_of(interest: Interest) -> str | None:
    """What became of it, for those who may see opportunities."""
    if not interest.opportunity_id:
        return None
    return page_of(
        "desk_opportunities.show", P.OPPORTUNITY_SEE, opportunity_id=interest.opportunity_id
    )


def _options(labels: Any) -> Any:
    return lambda: [ANY, *((key, label.text) for key, label in labels.items())]


CAMPAIGN_LIST = ListSpec(
    key="campaigns",
    columns=(
        Column("number", t("Number"), lambda c: c.number, sort=C.number),
        Column("name", t("Campaign"), lambda c: c.name),
        Column("state", t("State"), lambda c: chip(CAMPAIGNS[c.state]), sort=C.state,
               value=lambda c: say(CAMPAIGNS[c.state].text)),
        Column("subject", t("Subject"), lambda c: c.subject_zh or c.subject_en),
        Column("author", t("Author"), lambda c: c.author.name if c.author else ""),
        Column("changed", t("Changed"), lambda c: instant(c.updated_at), sort=C.updated_at,
               value=lambda c: c.updated_at),
    ),
    row_id=C.id,
    sort="-changed",
    url=lambda c: url_for("desk_campaigns.show", campaign_id=c.id),
    filters=(Filter("state", t("State"), _options(CAMPAIGNS), _of(C.state, CAMPAIGNS)),),
    search=_searched,
    search_hint=t("Name, subject, number …"),
    empty=Empty(
        t("No campaigns yet"),
        t("A campaign is one letter by mail to customers of your choice, for those who agreed to get news."),
        t("New campaign"), "desk_campaigns.new",
    ),
)  # fmt: skip

MAIL_LIST = ListSpec(
    key="campaign-mails",
    columns=(
        Column("name", t("Person"), lambda m: m.name, sort=M.name),
        Column("email", t("Mail address"), lambda m: m.email),
        Column("customer", t("Customer"), lambda m: m.customer.label, value=lambda m: name_of(m.customer)),
        Column("tier", t("Tier"), lambda m: say(SEGMENTS[m.segment])),
        Column("state", t("State"), lambda m: chip(MAILS[m.state]), sort=M.state,
               value=lambda m: say(MAILS[m.state].text)),
        Column("cause", t("Why"), lambda m: say(DROP_WORDS[DropCause(m.cause)]) if m.cause else ""),
        Column("ended", t("When"), lambda m: instant(m.ended_at), value=lambda m: m.ended_at),
        Column("interested", t("Interested"), lambda m: instant(m.interested_at) if m.interested_at else "",
               value=lambda m: m.interested_at),
        Column("unsubscribed", t("Unsubscribed"), lambda m: instant(m.unsubscribed_at) if m.unsubscribed_at else "",
               value=lambda m: m.unsubscribed_at),
    ),
    row_id=M.id,
    sort="name",
    url=lambda m: url_for("desk_customers.show", customer_id=m.customer_id),
    filters=(
        Filter("state", t("State"), lambda: [*_options(MAILS)(), (UNDELIVERED, t("Not delivered"))], _mails_in),
        Filter("tier", t("Tier"), lambda: [ANY, *SEGMENTS.items()], _of(M.segment, SEGMENTS)),
        Filter("did", t("Answer"), lambda: [ANY, ("interested", t("Interested")), ("unsubscribed", t("Unsubscribed"))],
               lambda s, value: s.where({"interested": M.interested_at, "unsubscribed": M.unsubscribed_at}[value]
               .is_not(None)) if value in ("interested", "unsubscribed") else s),
    ),
    search=_by_customer,
    search_hint=t("Customer, pinyin, code …"),
    empty=Empty(t("No mail yet"), t("Once the campaign is approved, its letters go out in batches.")),
)  # fmt: skip


def _consent_of(contact: Contact) -> str:
    """Where consent is recorded; who may only read is led to the customer."""
    if g.viewer.may(P.CUSTOMER_EDIT):
        return url_for("desk_campaigns.consent", contact_id=contact.id)
    return url_for("desk_customers.show", customer_id=contact.customer_id)


CONSENT_LIST = ListSpec(
    key="consent",
    columns=(
        Column("name", t("Contact"), lambda r: r[0].name, sort=Contact.name),
        Column("email", t("Mail address"), lambda r: r[0].email),
        Column("customer", t("Customer"), lambda r: r[0].customer.label, value=lambda r: name_of(r[0].customer)),
        Column("said", t("News by mail"), lambda r: chip(consent_label(r[1])),
               value=lambda r: say(consent_label(r[1]).text)),
        Column("at", t("Since"), lambda r: instant(r[1].at) if r[1] else "", value=lambda r: r[1].at if r[1] else None),
        Column("way", t("How we know"), lambda r: say(WAY_WORDS[ConsentWay(r[1].way)]) if r[1] else ""),
        Column("by", t("Recorded by"), lambda r: r[1].by_name if r[1] else ""),
        Column("note", t("When and where"), lambda r: r[1].note if r[1] else "", only_in_files=True),
    ),
    row_id=Contact.id,
    sort="name",
    url=lambda r: _consent_of(r[0]),
    filters=(Filter("said", t("News by mail"), lambda: [*_options(CONSENTS)(), (NEVER, UNASKED.text)], _said),),
    search=_by_customer,
    search_hint=t("Customer, pinyin, code …"),
    empty=Empty(t("No contacts yet"), t("Contacts of customers stand here with what they said about news by mail.")),
)  # fmt: skip

INTEREST_LIST = ListSpec(
    key="interests",
    columns=(
        Column("at", t("When"), lambda i: instant(i.at), sort=Interest.at, value=lambda i: i.at),
        Column("customer", t("Customer"), lambda i: i.customer.label, value=lambda i: name_of(i.customer)),
        Column("name", t("Person"), lambda i: i.name),
        Column("about", t("Interested in"), lambda i: name_of(i.offer) if i.offer else i.campaign.name),
        Column("text", t("In their words"), lambda i: i.text[:120], value=lambda i: i.text),
        Column("opportunity", t("Opportunity"), lambda i: i.opportunity.number if i.opportunity else ""),
    ),
    row_id=Interest.id,
    sort="-at",
    url=_opportunity_of,
    filters=(
        Filter("of", t("Comes from"), lambda: [ANY, ("offer", t("Recommended services")), ("campaign", t("Campaign"))],
               lambda s, value: s.where(Interest.offer_id.is_not(None) if value == "offer" else
               Interest.campaign_id.is_not(None)) if value in ("offer", "campaign") else s),
    ),
    search=_by_customer,
    search_hint=t("Customer, pinyin, code …"),
    empty=Empty(t("Nobody yet"), t("Who presses “I am interested” in the portal or in a mail stands here.")),
)  # fmt: skip


def interest_rows(viewer: Any) -> Select[Any]:
    """Interests with what their rows say."""
    return shown.interests(viewer).options(
        joinedload(Interest.customer), joinedload(Interest.offer), joinedload(Interest.campaign),
        joinedload(Interest.opportunity),
    )  # fmt: skip
