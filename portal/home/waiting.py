"""What waits for somebody, as rows of one list: each with its next step, and all of it asked at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db.together import Rows
from portal.home import bills, chain_waiting, queries, relation_waiting
from portal.home.links import address
from portal.home.queries import Part, part
from portal.home.rules import Waiting
from portal.kernel.text import Text, t
from portal.quotations.rules.states import QuotationState

P = Permission


def at_the_desk(viewer: Viewer, today: date, now: datetime) -> list[Part]:
    """For a member of staff, what may wait for them by what they may do."""
    found: list[Part] = []
    if viewer.may(P.QUOTATION_APPROVE):
        found.append(part(queries.pending_approval(viewer), _approvals))
    if viewer.may(P.QUOTATION_EDIT):
        found += [
            part(queries.open_questions(viewer), _questions),
            part(queries.decided_lately(viewer, now), _decided),
            part(queries.expiring(viewer, today), _expiring),
        ]
    found += relation_waiting.at_the_desk(viewer, today, now)
    found += chain_waiting.at_the_desk(viewer, today, now)
    if viewer.may(P.TARIFF_ACTIVATE):
        found.append(part(queries.tariffs_to_watch(today), _tariffs))
    return found


def at_the_customers(viewer: Viewer, today: date, now: datetime) -> list[Part]:
    """For a customer's user: what is to be checked, accepted or signed, and what was answered."""
    found = bills.to_answer(viewer)
    if viewer.may(P.QUOTATION_SEE) and viewer.may(P.QUOTATION_ACCEPT):
        found.append(part(queries.to_accept(viewer, today), _to_accept))
    found += chain_waiting.at_the_customers(viewer, now)
    if viewer.may(P.QUOTATION_ASK):
        found.append(part(queries.answered_lately(viewer, now), _answered))
    return found


def _approvals(rows: Rows) -> Iterator[Waiting]:
    for quotation_id, number, customer, title, owner in rows:
        said = t("%(number)s waits for your approval", number=number)
        told = {"customer": customer, "title": title, "owner": owner}
        note = t("%(customer)s · %(title)s · by %(owner)s", **told)
        yield _quoted("hourglass-split", "warn", said, note, quotation_id, t("Decide"))


def _questions(rows: Rows) -> Iterator[Waiting]:
    for quotation_id, number, who, question in rows:
        said = t("%(who)s asks about %(number)s", who=who, number=number)
        yield _quoted("chat-dots", "info", said, question[:120], quotation_id, t("Answer"))


def _decided(rows: Rows) -> Iterator[Waiting]:
    for quotation_id, number, title, state, reason in rows:
        if state == QuotationState.ACCEPTED:
            said = t("%(number)s was accepted", number=number)
            yield _quoted("check-circle", "good", said, title, quotation_id, t("Open"))
        else:
            said = t("%(number)s was declined", number=number)
            yield _quoted("x-circle", "bad", said, reason or title, quotation_id, t("Open"))


def _expiring(rows: Rows) -> Iterator[Waiting]:
    for quotation_id, number, until, customer, title in rows:
        said = t("%(number)s is valid until %(day)s", number=number, day=until)
        note = t("%(customer)s · %(title)s", customer=customer, title=title)
        yield _quoted("calendar-x", "warn", said, note, quotation_id, t("Follow up"))


def _tariffs(rows: Rows) -> Iterator[Waiting]:
    for tariff_id, code, state, until, count, name in rows:
        if state == "draft":
            said = t("Tariff %(code)s is a draft", code=code)
        else:
            said = t("Tariff %(code)s ends on %(day)s", code=code, day=until)
        note = t("%(name)s · %(count)s prices", name=name, count=count)
        url = address("desk_tariffs.show", tariff_id=tariff_id)
        yield Waiting("table", "info", said, note, url, t("Open"))


def _to_accept(rows: Rows) -> Iterator[Waiting]:
    for quotation_id, number, title, version, until in rows:
        said = t(
            "Quotation %(number)s, version %(version)s, waits for your answer",
            number=number,
            version=version,
        )
        note = t("%(title)s · valid until %(day)s", title=title, day=until)
        url = shown_to_customer(quotation_id)
        yield Waiting("check-lg", "info", said, note, url, t("Look at it"))


def _answered(rows: Rows) -> Iterator[Waiting]:
    for quotation_id, number, answer in rows:
        said = t("Your question on %(number)s was answered", number=number)
        url = shown_to_customer(quotation_id)
        yield Waiting("chat-dots", "good", said, (answer or "")[:120], url, t("Read"))


def shown_to_customer(quotation_id: int) -> str | None:
    """The customer's page of a quotation."""
    return address("my_quotations.show", quotation_id=quotation_id)


def _quoted(
    icon: str, tone: str, title: Text, note: Text | str, quotation_id: int, button: Text
) -> Waiting:
    url = address("desk_quotations.show", quotation_id=quotation_id)
    return Waiting(icon, tone, title, note, url, button)
