"""What the page of one request shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g, request
from sqlalchemy import select

from portal.db.audit import AuditEntry, timeline
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import t
from portal.privacy.forms import ExtendForm, WhoForm
from portal.privacy.labels import label_of
from portal.privacy.models import PrivacyRequest
from portal.privacy.queries import persons
from portal.privacy.queries.findings import Finding, findings
from portal.privacy.queries.obstacles import obstacles
from portal.privacy.queries.persons import Hit
from portal.privacy.rules.deadlines import months_after
from portal.privacy.rules.holding import Why
from portal.privacy.rules.keeping import LAWS
from portal.privacy.rules.kinds import ASKED_WORDS, PERSON_WORDS, PROOF_WORDS, RIGHTS, Asked, Proof
from portal.privacy.rules.table_words import TABLES
from portal.upkeep.rules.retention import Keep
from portal.web.words import say

Line = tuple[str, str]


def context(row: PrivacyRequest, who: WhoForm | None = None) -> dict[str, Any]:
    """The request, who it is about, and the people among whom they may be found."""
    about = persons.hits(row.standings)
    words = request.args.get("q", "").strip()[:80]
    sought = persons.found(words) if words else persons.same_person(row.standings)
    form = who or WhoForm(
        data={"about": [_value(hit) for hit in about], "proof": row.proof, "note": row.proof_note}
    )
    known = {hit.standing for hit in about}
    form.about.choices = [
        (_value(hit), _line(hit))
        for hit in (*about, *(h for h in sought if h.standing not in known))
    ]
    return {
        "row": row, "label": label_of(row, clock.today()), "kind": ASKED_WORDS[Asked(row.kind)],
        "proof": PROOF_WORDS[Proof(row.proof)], "right": RIGHTS[Asked(row.kind)],
        "about": [_line(hit) for hit in about],
        "words": words, "who": form, "extend": ExtendForm(formdata=None), "outcome": told(row),
        "history": timeline(row, public_only=False), "backups": backups_until(row),
    }  # fmt: skip


def preview(row: PrivacyRequest) -> dict[str, Any]:
    """What is found of the person, table by table, and what is in the way of an erasure."""
    who = persons.person(row.standings, row.id)
    found = findings(who)
    return {
        "row": row, "label": label_of(row, clock.today()), "kind": ASKED_WORDS[Asked(row.kind)],
        "found": [(say(TABLES[each.table]), each, why_of(each)) for each in found],
        "entries": _entries(who.user_ids), "in_the_way": obstacles(who, g.viewer.user_id),
        "backups": backups_until(row), "pseudonym": who.traces.pseudonym,
    }  # fmt: skip


def told(row: PrivacyRequest) -> dict[str, Any] | None:
    """What came of it: (table in words, rows), and (table, rows, why, until) of what stays."""
    if not row.outcome:
        return None
    done = [(say(TABLES[table]), count) for table, count in row.outcome["done"].items()]
    stays = [
        (say(TABLES[table]), count, LAWS[Why(why)], until)
        for table, (count, why, until) in row.outcome["stays"].items()
    ]
    return {"done": done, "stays": stays}


def why_of(found: Finding) -> Any:
    """The law by which rows of a table stay; None where none does."""
    return LAWS.get(found.why)


def backups_until(row: PrivacyRequest) -> str:
    """The day on which the last backup with the data is let go, by the usual retention of `portal backup`."""
    done_on = row.done_at.date() if row.done_at else clock.today()
    return str(months_after(done_on, Keep().months) + timedelta(days=31))


def _entries(user_ids: frozenset[int]) -> int:
    """How many steps of the history are the person's own."""
    mine = select(AuditEntry.id).where(AuditEntry.actor_id.in_(user_ids))
    return len(db.session.scalars(mine).all())


def _value(hit: Hit) -> str:
    return f"{hit.standing.kind.value}:{hit.standing.row_id}"


def _line(hit: Hit) -> str:
    parts = (say(PERSON_WORDS[hit.standing.kind]), hit.name or say(t("no name")), hit.detail)
    return " · ".join(part for part in parts if part)
