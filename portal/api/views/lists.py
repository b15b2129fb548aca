"""The list of keys."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select

from portal.api.labels import KEY_STATES, key_label
from portal.api.models import ApiToken
from portal.api.queries import keys as queries
from portal.api.rules.keys import hint, last_day
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.filters import day, instant
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

K = ApiToken


def _state(row: ApiToken) -> Label:
    return key_label(row, clock.now())


def _in_state(statement: Select[Any], value: str) -> Select[Any]:
    return queries.in_state(statement, value, clock.now())


def _used(row: ApiToken) -> str:
    return instant(row.last_used_at) if row.last_used_at else say(t("Never"))


KEYS = ListSpec(
    key="keys",
    columns=(
        Column("name", t("Key"), lambda k: k.name, sort=K.name),
        Column("system", t("System"), lambda k: k.system, sort=K.system),
        Column("hint", t("How the key begins"), lambda k: hint(k.public_id)),
        Column("customer", t("Customer"), lambda k: k.customer.label if k.customer else say(t("Every customer"))),
        Column("scopes", t("Scopes"), lambda k: str(len(k.scopes)), align="end", value=lambda k: ", ".join(k.scopes)),
        Column("expires", t("Last day"), lambda k: day(last_day(k.expires_at)), sort=K.expires_at,
               value=lambda k: last_day(k.expires_at)),
        Column("used", t("Last used"), _used, value=lambda k: k.last_used_at),
        Column("state", t("State"), lambda k: chip(_state(k)), value=lambda k: say(_state(k).text)),
    ),
    row_id=K.id,
    sort="name",
    url=lambda k: url_for("desk_api.show", token_id=k.id),
    filters=(
        Filter(
            "state", t("State"),
            lambda: [("", t("Any")), *((key.value, label.text) for key, label in KEY_STATES.items())], _in_state,
        ),
    ),
    search=queries.found_by,
    search_hint=t("Name, system"),
    empty=Empty(
        t("No keys yet"),
        t("With a key your own WMS or ERP tells what happened, and reads what is left, billed and owed."),
        t("Issue a key"), "desk_api.new", "api:edit",
    ),
)  # fmt: skip
