"""The list of outgoing letters."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, or_

from portal.db.outbox import OutboxMessage
from portal.hooks.rules.topics import TOPICS
from portal.kernel.text import t
from portal.upkeep.letters import LETTERS, topic_words
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

M = OutboxMessage
ANY = ("", t("Any"))
_TEMPLATES = {topic.key: topic.templates for topic in TOPICS}


def _searched(statement: Select[Any], words: str) -> Select[Any]:
    for word in words[:80].split():
        like = (
            M.recipient.icontains(word, autoescape=True),
            M.last_error.icontains(word, autoescape=True),
        )
        statement = statement.where(or_(*like))
    return statement  # fmt: skip


def _in_state(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(M.state == value) if value in LETTERS else statement


def _about(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(M.template.in_(_TEMPLATES[value])) if value in _TEMPLATES else statement


LETTER_LIST = ListSpec(
    key="letters",
    columns=(
        Column("at", t("Posted at"), lambda m: instant(m.created_at), sort=M.created_at, value=lambda m: m.created_at),
        Column("to", t("Mail address"), lambda m: m.recipient, sort=M.recipient),
        Column("about", t("Concerns"), lambda m: say(topic_words(m))),
        Column("state", t("State"), lambda m: chip(LETTERS[m.state]), sort=M.state,
               value=lambda m: say(LETTERS[m.state].text)),
        Column("tries", t("Tries"), lambda m: str(m.tries), sort=M.tries, align="end"),
        Column("sent", t("Sent at"), lambda m: instant(m.sent_at) if m.sent_at else "", value=lambda m: m.sent_at),
        Column("error", t("Error"), lambda m: (m.last_error or "")[:80], value=lambda m: m.last_error or ""),
    ),
    row_id=M.id,
    sort="-at",
    url=lambda m: url_for("desk_upkeep.letter", message_id=m.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((k, label.text) for k, label in LETTERS.items())], _in_state),
        Filter("about", t("Concerns"), lambda: [ANY, *((topic.key, topic.words) for topic in TOPICS)], _about),
    ),
    search=_searched,
    search_hint=t("Mail address, error …"),
    empty=Empty(t("No letters yet"), t("Every mail that leaves the portal stands here with what came of it.")),
)  # fmt: skip
