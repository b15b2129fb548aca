"""The menus of both doors, drawn from the policy: an entry shows when its permission is held."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request, url_for

from portal.web.menus import DESK, MY, Entry, Section
from portal.web.words import say


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry as drawn on this page."""

    label: str
    url: str
    icon: str
    active: bool
    badge: str = ""


@dataclass(frozen=True, slots=True)
class NavSection:
    """A part as drawn on this page: unfolded where the page belongs to it, or where the whole menu is short."""

    label: str
    items: list[NavItem]
    open: bool


SHORT = 14
"""A menu of so many entries at most needs no folding."""


def nav_sections() -> list[NavSection]:
    """The menu of the viewer's door in its parts; the entry that the page belongs to is marked."""
    viewer = g.viewer
    menu = DESK if viewer.kind == "staff" else MY if viewer.kind == "customer" else ()
    shown = [
        (
            section,
            [(entry, url_for(entry.endpoint)) for entry in section.entries if _is_shown(entry)],
        )
        for section in menu
    ]
    every = [pair for _section, pairs in shown for pair in pairs]
    nearest = max(every, key=lambda each: _nearness(*each), default=None)
    here = nearest if nearest is not None and _nearness(*nearest) > 0 else None
    of_a_part = any(section.label and here in pairs for section, pairs in shown)
    opens_all = len(every) <= SHORT or not of_a_part
    return [_drawn(section, pairs, here, opens_all) for section, pairs in shown if pairs]


def _is_shown(entry: Entry) -> bool:
    if entry.endpoint not in current_app.view_functions:
        return False
    return entry.permission is None or bool(g.viewer.may(entry.permission))


def _drawn(
    section: Section,
    pairs: list[tuple[Entry, str]],
    here: tuple[Entry, str] | None,
    opens_all: bool,
) -> NavSection:
    items = [
        NavItem(say(entry.label), url, entry.icon, here == (entry, url)) for entry, url in pairs
    ]
    label = say(section.label) if section.label else ""
    return NavSection(label, items, opens_all or any(item.active for item in items))


def _nearness(entry: Entry, url: str) -> int:
    """How much of the address of this page is the entry's; 0 when the page is not below it."""
    path = request.path
    roots = (url, *entry.also.split())
    return max(len(root) for root in (*roots, "") if path == root or path.startswith(f"{root}/"))
