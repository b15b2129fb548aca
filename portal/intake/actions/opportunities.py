"""Opportunities from a file: found again by their reference, with stage, owner, amounts, days, won or lost.

They are past or stand elsewhere already: nobody is mailed, no task is made, and no entry rule asks for anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.access.viewer import Viewer
from portal.intake.actions import deal_writing
from portal.intake.actions.contacts import named as contact_named
from portal.intake.actions.planning import Plan, Reading, belongs, changed
from portal.intake.queries import deals, known
from portal.intake.queries.deals import SHOWN, SalesWords
from portal.intake.queries.known import Named
from portal.intake.rules.deals import NOT_SAID, Ending, ending, problems
from portal.intake.rules.fields import ASIDE
from portal.intake.rules.reading import Line, Values, noon
from portal.intake.rules.spelling import Vocabulary, folded
from portal.kernel.clock import business_day
from portal.kernel.text import t
from portal.opportunities.rules import wording
from portal.opportunities.rules.states import OpportunityState

S = OpportunityState
ITEM = deal_writing.ITEM


class OpportunitiesWay:
    """How files of opportunities are compared and written."""

    def known(self, viewer: Viewer) -> Mapping[str, Vocabulary]:
        """Stages, methods, people, service items, competitors and categories of the firm."""
        return {
            "stage": deals.stage_words(), "method": known.methods(), "owner": known.staff(),
            "item": known.service_items(), "competitor": deals.competitor_words(),
            "category": deals.category_words(),
        }  # fmt: skip

    def wanted(self, values: Values) -> Iterable[str]:
        """The customer that a line names."""
        yield values.get("customer") or ""

    def compare(self, reading: Reading, lines: list[Line]) -> list[Plan]:
        """What lines come to, against the opportunities as they are."""
        words = _words(reading)
        named = list(belongs(reading, lines))
        ids = [customer.id for _, customer in named]
        people = _people(reading, named, ids)
        owners = known.owner_ids(ids)
        references = [line.values.get("reference") or "" for line, _ in named]
        there = deals.brought_in(references, reading.viewer)
        plans = []
        for line, customer in named:
            before = there.get(line.values.get("reference") or "")
            plan = _planned(reading, line, customer, words, people, before)
            if plan is not None:
                _put_owner(reading, plan, owners.get(customer.id))
                plans.append(plan)
        return [plan for plan in plans if plan.row not in reading.reader.wrong_rows]

    def write(self, reading: Reading, plans: list[Plan], actor: Viewer) -> None:
        """Insert what is new, change what is there."""
        words = _words(reading)
        for plan in plans:
            deal_writing.put_names(plan, words)
        deal_writing.insert_new(reading, [plan for plan in plans if plan.row_id is None], actor)
        deal_writing.update_changed(
            reading, [plan for plan in plans if plan.row_id is not None and plan.changes], actor
        )

    def finish(self, reading: Reading, actor: Viewer) -> None:
        """Nothing is left to do."""


WAY = OpportunitiesWay()


def _words(reading: Reading) -> SalesWords:
    found: SalesWords = reading.facts.setdefault("words", None) or deals.sales_words()
    reading.facts["words"] = found
    return found


def _people(
    reading: Reading, named: list[tuple[Line, Named]], ids: list[int]
) -> dict[int, list[Any]]:
    """The contacts of the customers, where the file names people at all."""
    asks = any(line.values.get("contact") for line, _ in named)
    return known.contact_rows(ids, reading.viewer) if asks else {}


def _planned(
    reading: Reading, line: Line, customer: Named, words: SalesWords,
    people: Mapping[int, list[Any]], before: Mapping[str, Any] | None,
) -> Plan | None:  # fmt: skip
    given, reader = line.values, reading.reader
    reference = given.get("reference") or ""
    if not reference:
        reader.wrong(line.row, ("reference",), "", t("a reference; the cell is blank"))
        return None
    if not reading.once(folded(reference), line.row, ("reference",), reference):
        return None
    end = ending(given)
    for name, found, expected in problems(given, end, business_day(reading.now)):
        reader.wrong(line.row, (name, "closed_on", "close_on"), found, expected)
    values = _values(given, end, before)
    values["customer_id"] = customer.id
    _put_stage(reading, line, values, end, words, before)
    _put_contact(reading, line, values, people.get(customer.id, ()))
    _put_category(reading, line, values, words)
    _put_outcome(values, given, end, words)
    plan = Plan(line.row, values, f"{reference} · {values.get('title') or ''}", customer.id)
    plan.values["reference"] = reference
    if before is not None:
        plan.row_id = before["id"]
        told = {name: value for name, value in values.items() if name in (*SHOWN, ITEM)}
        plan.changes = changed(told, before)
        _tell_locked(reading, plan, before)
    return plan


def _values(given: Values, end: Ending, before: Mapping[str, Any] | None) -> Values:
    """The plain columns of an opportunity that a line says something about."""
    same = ("kind", "rating", "source", "amount", "likelihood", ITEM)
    found: Values = {name: given[name] for name in same if given.get(name) is not None}
    found |= {"state": end.state, "closed_on": end.closed_on}
    if end.close_on is not None:
        found["close_on"] = end.close_on
    if end.state != S.OPEN:
        found["likelihood"] = 100 if end.state == S.WON else 0
    if currency := given.get("currency") or given.get("currency_beside"):
        found["currency"] = currency
    if given.get("owner"):
        found["owner_id"] = int(given["owner"])
    if given.get("opened_on"):
        found["created_at"] = noon(given["opened_on"])
    text = "\n".join(filter(None, [given.get("note") or "", *given.get(ASIDE, ())]))
    if text:
        found["text"] = text
    if given.get("title") or before is None:
        title = given.get("title") or given.get(ITEM) or given["reference"]
        found["title"] = wording.one_line(title)[: wording.LONGEST_TITLE]
    return found


def _put_stage(
    reading: Reading, line: Line, values: Values, end: Ending, words: SalesWords,
    before: Mapping[str, Any] | None,
) -> None:  # fmt: skip
    """The stage that the row names; one that is over stays in its stage, or is put into the last one of its method."""
    method = int(line.values.get("method") or 0)
    method = method or (before["method_id"] if before else words.default_method)
    stage = words.stages.get((method, end.stage))
    if stage is None and end.stage and not line.values.get("method"):
        stage = next((row for (_, code), row in words.stages.items() if code == end.stage), None)
    if stage is None and before is not None and not end.stage and before["method_id"] == method:
        return
    if stage is None and not end.stage:
        lasts = words.firsts if end.state == S.OPEN else words.lasts
        stage = lasts.get(method)
    if stage is None:
        expected = t("a stage of the sales method that is in use")
        reading.reader.wrong(line.row, ("stage",), line.values.get("stage"), expected)
        return
    values |= {"stage_id": stage.id, "method_id": stage.method_id}
    if end.state == S.OPEN and "likelihood" not in values and _enters(stage.id, before):
        values["likelihood"] = stage.likelihood


def _enters(stage_id: int, before: Mapping[str, Any] | None) -> bool:
    return before is None or before["stage_id"] != stage_id


def _put_contact(reading: Reading, line: Line, values: Values, people: Iterable[Any]) -> None:
    word = line.values.get("contact")
    if not word:
        return
    row = contact_named(word, people)
    if row is None:
        expected = t("a contact of this customer; the name is left out")
        reading.reader.warn(line.row, ("contact",), word, expected)
    else:
        values["contact_id"] = row.id


def _put_category(reading: Reading, line: Line, values: Values, words: SalesWords) -> None:
    word = line.values.get("category")
    if not word:
        return
    row_id = words.categories.get(folded(word))
    if row_id is None:
        expected = t("one of the categories; this one is left out")
        reading.reader.warn(line.row, ("category",), word, expected)
    else:
        values["category_id"] = row_id


def _put_outcome(values: Values, given: Values, end: Ending, words: SalesWords) -> None:
    """Why it was won or lost: one of the firm's reasons, else the words themselves under "not stated"."""
    if end.state == S.OPEN:
        return
    said = given.get("reason") or ""
    known_id = words.reasons.get((end.state, folded(said))) if said else None
    values["reason_said"] = "" if known_id else NOT_SAID[0]
    values["outcome_reason_id"] = known_id or words.reasons.get((end.state, folded(NOT_SAID[0])))
    if said and not known_id:
        values["outcome_text"] = said
    if given.get("competitor") and end.state == S.LOST:
        values["competitor_said"] = given["competitor"]
        values["lost_to_id"] = words.competitors.get(folded(given["competitor"]))


def _put_owner(reading: Reading, plan: Plan, owner: int | None) -> None:
    """Whom the file names; else, of a new one, the customer's owner or whoever brings it in."""
    if plan.row_id is not None or plan.values.get("owner_id"):
        return
    chosen = owner or reading.viewer.user_id
    if chosen is None:
        reading.reader.wrong(plan.row, ("owner",), "", t("an owner; the customer has none either"))
    else:
        plan.values["owner_id"] = chosen


def _tell_locked(reading: Reading, plan: Plan, before: Mapping[str, Any]) -> None:
    """What is won or lost is locked for people; a file that says otherwise does so openly."""
    if before["state"] != S.OPEN and plan.changes:
        names = ", ".join(each.field for each in plan.changes)
        expected = t(
            "nothing new: it is closed. This file changes all the same: %(what)s", what=names
        )
        reading.reader.warn(plan.row, ("reference",), plan.values["reference"], expected)
