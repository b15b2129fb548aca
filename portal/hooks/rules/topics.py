"""Which mails a person may switch off, by topic, and why the others stay (REQUIREMENTS P5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from portal.kernel.text import Text, t

Kind = Literal["staff", "customer"]
BOTH: tuple[Kind, ...] = ("staff", "customer")
STAFF: tuple[Kind, ...] = ("staff",)
CUSTOMER: tuple[Kind, ...] = ("customer",)


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of mails. `templates` are names below templates/mail; `stays`: why nobody can switch it off."""

    key: str
    words: Text
    note: Text
    templates: tuple[str, ...]
    kinds: tuple[Kind, ...]
    stays: Text | None = None


TOPICS: tuple[Topic, ...] = (
    Topic("quotations", t("Quotations and proposals"),
          t("A quotation or proposal was issued, a question about it was answered."),
          ("quotation_issued", "quotation_answered", "proposal_issued"), CUSTOMER),
    Topic("quotation_answers", t("Answers to quotations"),
          t("A customer accepted, declined or asked; a quotation was handed to you."),
          ("quotation_accepted", "quotation_declined", "quotation_question", "quotation_owner"), STAFF),
    Topic("entitlements", t("Entitlements"), t("Something bought runs low, is used up or ends soon."),
          ("entitlement",), BOTH),
    Topic("booking_answers", t("Answers to bookings"), t("A booking was confirmed, changed or refused."),
          ("booking_answer",), CUSTOMER),
    Topic("bookings", t("Bookings"), t("A customer booked, changed or cancelled."), ("booking_desk",), STAFF),
    Topic("requests", t("Service requests"), t("A request came in, was answered, resolved or ended."),
          ("request_received", "request_answered", "request_resolved", "request_ended"), CUSTOMER),
    Topic("request_work", t("Work on service requests"), t("A request was given to you, or something new was said."),
          ("request_staff",), STAFF),
    Topic("clocks", t("Clocks of service requests"), t("A deadline is near or was missed."),
          ("request_clocks",), STAFF),
    Topic("visits", t("Visits at your place"), t("A visit was planned, moved or called off."),
          ("visit_customer",), CUSTOMER),
    Topic("surveys", t("Questions about satisfaction"), t("How a request was handled; once a year how we do."),
          ("survey_close", "survey_yearly"), CUSTOMER),
    Topic("tasks", t("Tasks and corrective actions"), t("A task, a defect or a feedback sheet is yours."),
          ("task_staff", "defect_staff", "feedback_staff"), STAFF),
    Topic("claims", t("Claims"), t("A claim of a customer moved on."), ("claim_staff",), STAFF),
    Topic("selling", t("Leads and opportunities"), t("A lead or opportunity was given to you or shared with you."),
          ("lead_staff", "opportunity_staff"), STAFF),
    Topic("classes", t("Tiers and classes"), t("A customer's tier, class or state changed."),
          ("classes_staff",), STAFF),
    Topic("articles", t("Articles to be looked over"), t("An article of yours is due."), ("article_review",), STAFF),
    Topic("digest", t("Weekly letter to management"), t("Figures of the week."), ("digest",), STAFF),
    Topic("house_bills", t("Statements, disputes and credits"), t("A customer answered, or something waits for you."),
          ("statement_staff", "dispute_staff", "credit_staff", "dunning_staff"), STAFF),
    Topic("house_contracts", t("Contracts of your customers"),
          t("A contract was signed, suspended or is to be renewed."),
          ("contract_staff", "contract_ending"), STAFF),
    Topic("sign_in", t("Sign-in and password"), t("Invitations, new passwords, changes of your sign-in."),
          ("invitation", "password_reset", "password_changed"), BOTH,
          t("They keep your sign-in safe: a change that you did not make must reach you.")),
    Topic("bills", t("Statements, decisions on disputes, reminders of payment"),
          t("A statement was published or revised, a dispute was decided, a payment is due."),
          ("statement_customer", "dispute_customer", "dunning"), CUSTOMER,
          t("The contract counts its days from these mails.")),
    Topic("contracts", t("Contracts"), t("A contract was sent, came into force, was suspended or ends."),
          ("contract_customer", "contract_ending_soon"), CUSTOMER, t("They are notices under the contract.")),
    Topic("claim_answers", t("Claims"), t("Evidence is needed, an offer was made, a claim was decided."),
          ("claim_customer",), CUSTOMER, t("A time limit may run for your answer.")),
    Topic("personal", t("What somebody sends you in person"), t("The link to a quotation."), ("quotation_link",),
          CUSTOMER, t("One of our people chose your address.")),
    Topic("news", t("News and offers"), t("Campaigns of our marketing."), ("campaign",), CUSTOMER,
          t("They go only to those who agreed, and end with the link in each of them.")),
    Topic("house", t("The portal itself"), t("A webhook was switched off, a wish about personal data is due."),
          ("hook_off", "privacy_staff"), STAFF, t("Nobody else would notice.")),
)  # fmt: skip
_OF_TEMPLATE = {name: topic for topic in TOPICS for name in topic.templates}


def topic_of(template: str) -> Topic | None:
    """The topic of a mail; None for one that belongs to none, and so always goes."""
    return _OF_TEMPLATE.get(template)


def may_be_off(template: str) -> str | None:
    """The topic that may keep this mail back; None: it always goes."""
    topic = topic_of(template)
    return None if topic is None or topic.stays is not None else topic.key


def of_kind(kind: str) -> tuple[list[Topic], list[Topic]]:
    """(what this kind of person may switch, what stays)."""
    mine = [each for each in TOPICS if kind in each.kinds]
    return [e for e in mine if e.stays is None], [e for e in mine if e.stays is not None]


def off_after(kind: str, wanted: Iterable[str]) -> frozenset[str]:
    """The topics that are off when only `wanted` ones are ticked; what stays cannot be off."""
    switchable, _stays = of_kind(kind)
    return frozenset(each.key for each in switchable) - frozenset(wanted)
