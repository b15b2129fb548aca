"""What waits for somebody, as rows of one list: each with its next step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.home import bills, chain_waiting, queries, relation_waiting, request_waiting
from portal.home.links import address
from portal.home.queries import Issued
from portal.home.rules import Waiting, in_order
from portal.kernel.text import Text, t
from portal.quotations import queries as quotation_queries
from portal.quotations.models import Quotation
from portal.quotations.rules.states import QuotationState
from portal.service_requests.models import ServiceRequest

P = Permission


def at_the_desk(viewer: Viewer, today: date, now: datetime) -> list[Waiting]:
    """For a member of staff: what is late before what is to be decided, and that before what is good to know."""
    found = [
        *_approvals(viewer),
        *_questions(viewer),
        *_decided(viewer, now),
        *_expiring(viewer, today),
        *relation_waiting.at_the_desk(viewer, today, now),
        *chain_waiting.at_the_desk(viewer, today, now),
        *_tariffs(viewer, today),
    ]
    return in_order(found)


def at_the_customers(
    viewer: Viewer, now: datetime, asked: Sequence[ServiceRequest], to_accept: Sequence[Issued]
) -> list[Waiting]:
    """For a customer's user: what is to be checked, accepted or signed, and what was answered."""
    return [
        *request_waiting.at_the_customers(viewer, asked),
        *bills.to_answer(viewer),
        *_to_accept(to_accept),
        *chain_waiting.at_the_customers(viewer, now),
        *_answered(viewer, now),
    ]


def _approvals(viewer: Viewer) -> Iterator[Waiting]:
    if not viewer.may(P.QUOTATION_APPROVE):
        return
    for each in quotation_queries.awaiting_approval(viewer):
        title = t("%(number)s waits for your approval", number=each.number)
        note = t("%(customer)s · %(title)s · by %(owner)s", **_words(each), owner=each.owner.name)
        yield _quoted("hourglass-split", "warn", title, note, each, t("Decide"))


def _questions(viewer: Viewer) -> Iterator[Waiting]:
    if not viewer.may(P.QUOTATION_EDIT):
        return
    for question, quotation in quotation_queries.open_questions(viewer):
        if quotation.owner_id == viewer.user_id:
            title = t(
                "%(who)s asks about %(number)s", who=question.asked_by, number=quotation.number
            )
            yield _quoted(
                "chat-dots", "info", title, question.question[:120], quotation, t("Answer")
            )


def _decided(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    if not viewer.may(P.QUOTATION_EDIT):
        return
    for each in queries.decided_lately(viewer, now):
        if each.version.state == QuotationState.ACCEPTED:
            title = t("%(number)s was accepted", number=each.quotation.number)
            yield _quoted(
                "check-circle", "good", title, each.quotation.title, each.quotation, t("Open")
            )
        else:
            title = t("%(number)s was declined", number=each.quotation.number)
            reason = each.version.decline_reason or each.quotation.title
            yield _quoted("x-circle", "bad", title, reason, each.quotation, t("Open"))


def _expiring(viewer: Viewer, today: date) -> Iterator[Waiting]:
    if not viewer.may(P.QUOTATION_EDIT):
        return
    for each in quotation_queries.expiring(viewer, today):
        if each.owner_id == viewer.user_id:
            title = t("%(number)s is valid until %(day)s", number=each.number, day=each.valid_until)
            note = t("%(customer)s · %(title)s", **_words(each))
            yield _quoted("calendar-x", "warn", title, note, each, t("Follow up"))


def _tariffs(viewer: Viewer, today: date) -> Iterator[Waiting]:
    for tariff, scheme in queries.tariffs_to_watch(viewer, today):
        if tariff.state == "draft":
            title = t("Tariff %(code)s is a draft", code=tariff.code)
        else:
            title = t("Tariff %(code)s ends on %(day)s", code=tariff.code, day=tariff.valid_to)
        name = t("%(name)s · %(count)s prices", name=scheme.name_zh, count=tariff.price_count)
        url = address("desk_tariffs.show", tariff_id=tariff.id)
        yield Waiting("table", "info", title, name, url, t("Open"))


def _to_accept(issued: Sequence[Issued]) -> Iterator[Waiting]:
    for each in issued:
        title = t(
            "Quotation %(number)s, version %(version)s, waits for your answer",
            number=each.quotation.number,
            version=each.version.version_no,
        )
        note = t(
            "%(title)s · valid until %(day)s",
            title=each.quotation.title,
            day=each.version.valid_until,
        )
        yield Waiting("check-lg", "info", title, note, shown_to_customer(each), t("Look at it"))


def _answered(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    for question, quotation in queries.answered_lately(viewer, now):
        title = t("Your question on %(number)s was answered", number=quotation.number)
        url = address("my_quotations.show", quotation_id=quotation.id)
        yield Waiting("chat-dots", "good", title, (question.answer or "")[:120], url, t("Read"))


def shown_to_customer(each: Issued) -> str | None:
    """The customer's page of a quotation."""
    return address("my_quotations.show", quotation_id=each.quotation.id)


def _quoted(
    icon: str, tone: str, title: Text, note: Text | str, quotation: Quotation, button: Text
) -> Waiting:
    url = address("desk_quotations.show", quotation_id=quotation.id)
    return Waiting(icon, tone, title, note, url, button)


def _words(quotation: Quotation) -> dict[str, str]:
    return {"customer": quotation.customer.label, "title": quotation.title}
