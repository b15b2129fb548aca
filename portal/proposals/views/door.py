"""The staff's doors of this room, and what every view behind them needs: the row, its version, the way back."""

from __future__ import annotations

from flask import g, request
from flask_babel import gettext as _

from portal.access.guards import fetch
from portal.access.scope import past_the_walls
from portal.kernel.errors import NotFound, StaleEdit
from portal.kernel.text import t
from portal.proposals import queries
from portal.proposals.models import Proposal, ProposalVersion
from portal.proposals.rules.sections import Part, moved, without
from portal.web import doors

bp = doors.desk("proposals", "portal.proposals.views.desk")
outline_door = doors.desk("proposal_outlines", "portal.proposals.views.desk_outlines")
Found = tuple[Proposal, ProposalVersion]
LONGEST = 9


def of_address(proposal_id: int, number: int | None = None) -> Found:
    """The proposal of an address and its latest version, or the one with `number`; NotFound otherwise.

    What is shared with a colleague is named whole, though the customer is not theirs.
    """
    with past_the_walls():
        proposal = fetch(Proposal, proposal_id, options=queries.WITH_PARTIES)
    wanted = proposal.latest_no if number is None else number
    version = queries.version(proposal, wanted, g.viewer)
    if version is None:
        raise NotFound()
    return proposal, version


def check_seen(version: ProposalVersion) -> None:
    """StaleEdit when the page that sent this request showed another state of the version."""
    shown = request.form.get("version") or request.form.get("seen") or ""
    if shown and shown != str(version.version):
        raise StaleEdit(
            t("It has changed since you opened this page. Look at it again, then repeat.")
        )


def arranged(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], str | None]:
    """The sections after what `do` asks for, and the section to return to; None where they were only saved."""
    verb, _colon, place = request.form.get("do", "").partition(":")
    at = int(place) if place.isdecimal() and len(place) < LONGEST else -1
    if verb == "add":
        return (*parts, Part(_("New section"))), f"section-{len(parts)}"
    if verb in ("up", "down"):
        by = -1 if verb == "up" else 1
        return moved(parts, at, by), f"section-{max(0, min(at + by, len(parts) - 1))}"
    if verb == "remove":
        return without(parts, at), f"section-{max(0, at - 1)}"
    return parts, None
