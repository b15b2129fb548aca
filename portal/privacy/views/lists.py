"""The register of people's requests about their data."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, or_

from portal.kernel import clock
from portal.kernel.text import t
from portal.privacy.labels import STATES, label_of
from portal.privacy.models import PrivacyRequest
from portal.privacy.rules.kinds import ASKED_WORDS, STATE_WORDS
from portal.web.chips import chip
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

M = PrivacyRequest
ANY = ("", t("Any"))


def _searched(statement: Select[Any], words: str) -> Select[Any]:
    for word in words[:80].split():
        like = (each.icontains(word, autoescape=True) for each in (M.number, M.name, M.address))
        statement = statement.where(or_(*like))
    return statement


REGISTER = ListSpec(
    key="privacy",
    columns=(
        Column("number", t("Number"), lambda r: r.number, sort=M.number),
        Column("kind", t("What is asked for"), lambda r: say(ASKED_WORDS[r.kind])),
        Column("name", t("Who asks"), lambda r: r.name),
        Column("asked", t("Asked on"), lambda r: str(r.asked_on), sort=M.asked_on, value=lambda r: r.asked_on),
        Column("due", t("Answer due by"), lambda r: str(r.due_on), sort=M.due_on, value=lambda r: r.due_on),
        Column("state", t("State"), lambda r: chip(label_of(r, clock.today())), sort=M.state,
               value=lambda r: say(label_of(r, clock.today()).text)),
        Column("done", t("Answered on"), lambda r: str(r.done_at.date()) if r.done_at else "",
               value=lambda r: r.done_at),
    ),
    row_id=M.id,
    sort="-number",
    url=lambda r: url_for("desk_privacy.show", privacy_id=r.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((k.value, w) for k, w in STATE_WORDS.items())],
               lambda s, v: s.where(M.state == v) if v in STATES else s),
        Filter("kind", t("What is asked for"), lambda: [ANY, *((k.value, w) for k, w in ASKED_WORDS.items())],
               lambda s, v: s.where(M.kind == v)),
    ),
    search=_searched,
    empty=Empty(
        t("Nobody has asked yet"),
        t("People may ask for a copy of their data, a correction, or to be erased. Write each down: its days count."),
        t("New request"), "desk_privacy.new", "privacy:do",
    ),
)  # fmt: skip
