"""A person's calendar under its secret address: read by their telephone, which signs in nowhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, g, request, url_for
from flask_babel import gettext as _

from portal.access.guards import public
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.documents.queries import firm_profile
from portal.service_requests.actions import feeds
from portal.service_requests.models import RequestTask
from portal.service_requests.queries.tasks import open_of
from portal.service_requests.rules import ical
from portal.service_requests.rules.ical import FeedEntry
from portal.web import words
from portal.web.doors import porch
from portal.web.throttles import against_guessing
from portal.web.words import name_of

bp = porch("public_calendar", __name__)


@bp.get("/calendar/<string:token>.ics")
@against_guessing
@public
def feed(token: str) -> Response:
    """Everything open of the person whose token it is; no note and nothing of anybody else."""
    set_viewer(
        SYSTEM
    )  # whoever knows the token is asked nothing else: it is looked up for nobody in particular
    g.viewer = feeds.reader_of(token)
    set_viewer(g.viewer)
    words.read_in(g.viewer.locale)
    entries = [_entry(each) for each in open_of(g.viewer.user_id, g.viewer)]
    name = f"{g.viewer.name} · {name_of(firm_profile())}"
    response = Response(ical.feed(name, entries), mimetype="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.add_etag()
    response.make_conditional(request)
    return response


def _entry(task: RequestTask) -> FeedEntry:
    about = [task.customer.label, task.request.number if task.request else ""]
    place = task.place or (task.site.address if task.site else "")
    is_timed = task.starts_at is not None
    return FeedEntry(
        uid=f"task-{task.id}@{urlsplit(current_app.config['BASE_URL']).hostname}",
        summary=task.title if is_timed else _("Due: %(title)s", title=task.title),
        starts_at=task.starts_at or task.due_at,
        ends_at=task.ends_at if is_timed else None,
        location=place,
        description=" · ".join(filter(None, about)),
        url=url_for("desk_tasks.show", task_id=task.id, _external=True),
        changed_at=task.updated_at,
        sequence=task.version - 1,
    )
