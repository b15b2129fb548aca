"""The list of the firm's own people."""

from __future__ import annotations

from flask import url_for

from portal.access.labels import ROLE_LABELS
from portal.access.permissions import Permission
from portal.accounts import queries
from portal.accounts.labels import STATES, state_of
from portal.accounts.models import User
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say


def roles_in_words(user: User) -> str:
    """Sales, finance …"""
    return ", ".join(say(ROLE_LABELS[role]) for role in sorted(user.role_set))


def _second_factor(user: User) -> str:
    return say(t("On")) if user.has_second_factor else "—"


STAFF = ListSpec(
    key="staff",
    columns=(
        Column("name", t("Name"), lambda u: u.name, sort=User.name),
        Column("email", t("E-mail address"), lambda u: u.email, sort=User.email),
        Column("roles", t("Roles"), roles_in_words),
        Column(
            "state",
            t("State"),
            lambda u: chip(state_of(u)),
            value=lambda u: say(state_of(u).text),
        ),
        Column("factor", t("Second factor"), _second_factor),
    ),
    row_id=User.id,
    sort="name",
    url=lambda u: url_for("desk_accounts.person", user_id=u.id),
    filters=(
        Filter(
            "role", t("Role"), lambda: [("", t("Any")), *ROLE_LABELS.items()], queries.with_role
        ),
        Filter(
            "state",
            t("State"),
            lambda: [("", t("Any")), *((key, label.text) for key, label in STATES.items())],
            queries.in_state,
        ),
    ),
    search=queries.found_by,
    search_hint=t("Name, pinyin, e-mail address"),
    empty=Empty(
        t("Nobody yet"),
        t("Invite the people of your firm; each gets a link by mail."),
        t("Invite somebody"),
        "desk_accounts.invite",
        Permission.USER_EDIT,
    ),
)
