"""Notices for a customer's users: the list, one of them, its files; unread ones are marked."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, url_for

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.campaigns.actions import notices
from portal.campaigns.models import Notice
from portal.campaigns.queries import shown
from portal.campaigns.views.doors import my_notices as bp
from portal.campaigns.views.files import file_response, live
from portal.campaigns.views.wording import in_my_language
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web.pages import page

AT = "/notices/<int:notice_id>"


@bp.get("/notices")
@requires(P.NOTICE_SEE)
def index() -> Any:
    """What the firm tells its customers."""
    rows = shown.notices_for(shown.own_customer(g.viewer), clock.today())
    read = shown.read_by(g.viewer.user_id, rows)
    return page("campaigns/my_notices.html", notices=rows, read=read, words=in_my_language)


@bp.get(AT)
@requires(P.NOTICE_SEE)
def show(notice_id: int) -> Any:
    """One notice."""
    row = _mine(notice_id)
    title, text = in_my_language(row)
    read = bool(shown.read_by(g.viewer.user_id, [row]))
    return page(
        "campaigns/my_notice.html", notice=row, subject=title, text=text, files=live(row), read=read
    )


@bp.post(f"{AT}/read")
@requires(P.NOTICE_SEE)
def read(notice_id: int) -> Any:
    """This user has read it."""
    notices.mark_read(_mine(notice_id), g.viewer, clock.now())
    return redirect(url_for("my_notices.show", notice_id=notice_id), 303)


@bp.post("/notices/read")
@requires(P.NOTICE_SEE)
def read_all() -> Any:
    """All of today's are read."""
    for row in shown.notices_for(shown.own_customer(g.viewer), clock.today()):
        notices.mark_read(row, g.viewer, clock.now())
    return redirect(url_for("my_notices.index"), 303)


@bp.get(f"{AT}/files/<int:notice_file_id>")
@requires(P.NOTICE_SEE)
def file(notice_id: int, notice_file_id: int) -> Any:
    """A file of a notice."""
    return file_response(_mine(notice_id), notice_file_id)


def _mine(notice_id: int) -> Notice:
    row = shown.notice_for(shown.own_customer(g.viewer), notice_id, clock.today())
    if row is None:
        raise NotFound()
    return row
