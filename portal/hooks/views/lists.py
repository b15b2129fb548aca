"""The lists of endpoints and of deliveries."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, or_

from portal.hooks.labels import DELIVERIES, endpoint_label
from portal.hooks.models import HookDelivery, HookEndpoint
from portal.hooks.rules.catalogue import CATALOGUE, words_of
from portal.hooks.rules.kinds import KIND_WORDS, HookKind
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

E, D = HookEndpoint, HookDelivery
ANY = ("", t("Any"))


def _named(statement: Select[Any], words: str) -> Select[Any]:
    for word in words[:80].split():
        statement = statement.where(
            or_(E.name.icontains(word, autoescape=True), E.shown_url.icontains(word, autoescape=True))
        )  # fmt: skip
    return statement


def _in_state(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(D.state == value) if value in DELIVERIES else statement


def _of_event(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(D.event == value)


ENDPOINTS = ListSpec(
    key="webhooks",
    columns=(
        Column("name", t("Webhook"), lambda e: e.name, sort=E.name),
        Column("kind", t("Who reads it"), lambda e: say(KIND_WORDS[HookKind(e.kind)])),
        Column("url", t("Address"), lambda e: e.shown_url),
        Column("customer", t("Customer"), lambda e: e.customer.label if e.customer else say(t("Every customer"))),
        Column("events", t("Events"), lambda e: str(len(e.events)), align="end"),
        Column("state", t("State"), lambda e: chip(endpoint_label(e)), value=lambda e: say(endpoint_label(e).text)),
    ),
    row_id=E.id,
    sort="name",
    url=lambda e: url_for("desk_hooks.show", endpoint_id=e.id),
    search=_named,
    search_hint=t("Name, address …"),
    empty=Empty(
        t("No webhooks yet"),
        t("A webhook tells another program, or a group in WeCom, DingTalk or Feishu, what happens here."),
        t("New webhook"), "desk_hooks.new", "webhook:edit",
    ),
)  # fmt: skip

DELIVERY_LIST = ListSpec(
    key="webhook-deliveries",
    columns=(
        Column("at", t("Made at"), lambda d: instant(d.created_at), sort=D.created_at, value=lambda d: d.created_at),
        Column("event", t("Event"), lambda d: say(words_of(d.event))),
        Column("about", t("Concerns"), lambda d: (d.payload["data"].get("subject") or {}).get("number", "—")),
        Column("state", t("State"), lambda d: chip(DELIVERIES[d.state]), sort=D.state,
               value=lambda d: say(DELIVERIES[d.state].text)),
        Column("tries", t("Tries"), lambda d: str(d.tries), sort=D.tries, align="end"),
        Column("status", t("Status of the answer"), lambda d: str(d.status or "—"), align="end"),
        Column("took", t("Milliseconds"), lambda d: "", value=lambda d: d.took_ms, only_in_files=True),
        Column("error", t("Error"), lambda d: d.last_error[:80], value=lambda d: d.last_error),
    ),
    row_id=D.id,
    sort="-at",
    url=lambda d: url_for("desk_hooks.delivery", delivery_id=d.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((k, label.text) for k, label in DELIVERIES.items())], _in_state),
        Filter("event", t("Event"), lambda: [ANY, *((e.name, e.words) for e in CATALOGUE)], _of_event),
    ),
    empty=Empty(t("Nothing was told yet"), t("Each event that this webhook wants stands here, with what came of it.")),
)  # fmt: skip
