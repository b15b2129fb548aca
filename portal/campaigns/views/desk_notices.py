"""Notices at the desk: written in both languages, with files, published for some days."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.campaigns.actions import notices
from portal.campaigns.forms.shown import FileForm, NoticeForm
from portal.campaigns.models import Notice, NoticeFile
from portal.campaigns.rules.states import SHOWN_STEPS, ShownState
from portal.campaigns.views import shown_list
from portal.campaigns.views.campaign_page import texts
from portal.campaigns.views.doors import desk_notices as bp
from portal.campaigns.views.files import file_response, live
from portal.campaigns.views.history import past
from portal.documents.rules.files import ACCEPTED
from portal.kernel import clock
from portal.web.clashes import begun, edited
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_at
from portal.web.uploads import received

AT = "/notices/<int:notice_id>"
EDIT = "campaigns/notice_edit.html"


@bp.get("/notices")
@requires(P.NOTICE_EDIT)
def index() -> Any:
    """Every notice, the latest first."""
    return list_page(shown_list.NOTICE_LIST, shown_list.notices(), "campaigns/notice_index.html")


@bp.route("/notices/new", methods=["GET", "POST"])
@requires(P.NOTICE_EDIT)
@once
def new() -> Any:
    """Write a notice: a draft until it is published."""
    form = NoticeForm(from_on=clock.today())
    if _asks_for_preview():
        return page(EDIT, form=form, notice=None, clashes=(), texts=texts(form.written()))
    if form.validate_on_submit():
        row = attempted(form, lambda: notices.write(form.facts(), g.viewer, clock.now()))
        if row is not None:
            flash(_("Kept as a draft. Publish it when it is ready."), "success")
            return redirect(_to(row.id), 303)
    return form_page(EDIT, form, notice=None, clashes=())


@bp.get(AT)
@requires(P.NOTICE_EDIT)
def show(notice_id: int) -> Any:
    """One notice as its readers see it."""
    row = fetch(Notice, notice_id)
    return page(
        "campaigns/notice_desk.html", notice=row, label=shown_list.label_of(row), files=live(row),
        steps=[step.value for step in SHOWN_STEPS.actions(ShownState(row.state))], file_form=FileForm(),
        tiers=shown_list.tiers_in_words(row.tiers), texts=texts_of(row), history=past(row),
    )  # fmt: skip


@bp.route(f"{AT}/edit", methods=["GET", "POST"])
@requires(P.NOTICE_EDIT)
def edit(notice_id: int) -> Any:
    """Change a notice."""
    row = fetch(Notice, notice_id)
    form = begun(NoticeForm(obj=row), row)
    if _asks_for_preview():
        return page(EDIT, form=form, notice=row, clashes=(), texts=texts(form.written()))
    clashes: Any = ()
    if form.validate_on_submit():
        seen = form.seen_version
        verb = lambda: notices.change(row, form.facts(), seen, g.viewer, clock.now())  # noqa: E731
        saved, clashes = edited(form, row, verb)
        if saved:
            flash(_("Saved."), "success")
            return redirect(_to(notice_id), 303)
    return form_page(EDIT, form, notice=row, clashes=clashes)


@bp.post(f"{AT}/publish")
@requires(P.NOTICE_EDIT)
def publish(notice_id: int) -> Any:
    """Let it be read."""
    row = fetch(Notice, notice_id)
    verb = lambda: notices.publish(row, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(notice_id), _("Published."), verb)


@bp.post(f"{AT}/withdraw")
@requires(P.NOTICE_EDIT)
def withdraw(notice_id: int) -> Any:
    """Take it down."""
    row = fetch(Notice, notice_id)
    verb = lambda: notices.withdraw(row, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(notice_id), _("Taken down."), verb)


@bp.post(f"{AT}/files")
@requires(P.NOTICE_EDIT)
def add_file(notice_id: int) -> Any:
    """Put a file with it."""
    row = fetch(Notice, notice_id)

    def verb() -> object:
        file = received(request.files.get("file"), "file", ACCEPTED)
        return notices.attach(row, file, g.viewer, clock.now())

    return done_at(_to(notice_id), _("The file is with the notice."), verb)


@bp.post(f"{AT}/files/<int:notice_file_id>/remove")
@requires(P.NOTICE_EDIT)
def remove_file(notice_id: int, notice_file_id: int) -> Any:
    """Take a file off it."""
    row, file = fetch(Notice, notice_id), fetch(NoticeFile, notice_file_id)
    verb = lambda: notices.detach(row, file, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(notice_id), _("The file was removed."), verb)


@bp.get(f"{AT}/files/<int:notice_file_id>")
@requires(P.NOTICE_EDIT)
def file(notice_id: int, notice_file_id: int) -> Any:
    """A file of a notice."""
    return file_response(fetch(Notice, notice_id), notice_file_id)


def texts_of(notice: Notice) -> list[tuple[str, str, str]]:
    """(language, title, Markdown) of what is written."""
    both = (("zh-CN", notice.title_zh, notice.text_zh), ("en", notice.title_en, notice.text_en))
    return [each for each in both if each[1]]


def _asks_for_preview() -> bool:
    return request.method == "POST" and "preview" in request.form


def _to(notice_id: int) -> str:
    return url_for("desk_notices.show", notice_id=notice_id)
