"""What stands before every view: exactly one guard, written once; a view without one cannot fetch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_security.utils import check_and_update_authn_fresh
from sqlalchemy.sql.base import ExecutableOption

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db.held import Sent, hold
from portal.kernel import clock
from portal.kernel.errors import Forbidden
from portal.kernel.text import Text, t

M = TypeVar("M")
View = Callable[..., Any]
READING = ("GET", "HEAD")
INTERRUPTED = t("What you sent when your sign-in had run out")


def requires(permission: Permission) -> Callable[[View], View]:
    """Only viewers with `permission`; others sign in first or are told that their role does not allow it."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if g.viewer.user_id is None:
                return to_sign_in()
            if not g.viewer.may(permission):
                raise Forbidden()
            g.guard_permission = permission
            return view(*args, **kwargs)

        guarded.guard = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def signed_in(view: View) -> View:
    """Anybody who is signed in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return to_sign_in() if g.viewer.user_id is None else view(*args, **kwargs)

    guarded.guard = "signed_in"  # type: ignore[attr-defined]
    return guarded


def public(view: View) -> View:
    """Anybody at all: sign-in, verification, signed links. The view itself must check what it is given."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def fetch(
    model: type[M], row_id: int, *, options: tuple[ExecutableOption, ...] = (), lock: bool = False
) -> M:
    """`gate.load` for this request's viewer and this view's permission."""
    viewer: Viewer = g.viewer
    return load(model, row_id, viewer, g.guard_permission, options=options, lock=lock)


def fresh(act: Text) -> Callable[[View], View]:
    """Only for somebody who showed a moment ago that it is they; `act` says what for, without parameters.

    Stands between `@requires` (or `@signed_in`) and the view. Everybody else enters the password (or uses a passkey)
    first and comes back: a page is opened again, a form that was sent waits with its entries.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs) if _is_fresh() else to_prove_it(act)

        guarded.fresh = act  # type: ignore[attr-defined]
        return guarded

    return guard


def to_sign_in() -> Any:
    """To the sign-in page, and back here afterwards; a form of somebody whose sign-in has just run out waits."""
    if request.method in READING:
        return redirect(url_for("security.login", next=_this_page()))
    owner = g.get("signed_out_user_id")
    return redirect(url_for("security.login", next=_waiting(INTERRUPTED, owner) if owner else None))


def _is_fresh() -> bool:
    settings = current_app.config
    return bool(
        check_and_update_authn_fresh(
            settings["SECURITY_FRESHNESS"], settings["SECURITY_FRESHNESS_GRACE_PERIOD"]
        )
    )


def to_prove_it(act: Text) -> Any:
    """To the page that asks for the password or passkey once more, and back here afterwards."""
    reading = request.method in READING
    target = _this_page() if reading else _waiting(act, g.viewer.user_id)
    words = _("First show once more that it is you. What comes next: %(act)s", act=_(act.msgid))
    flash(words, "info")
    return redirect(url_for("security.verify", next=target))


def _this_page() -> str:
    return request.full_path.removesuffix("?")


def _waiting(act: Text, owner: int) -> str | None:
    """Where the form that was sent waits for its owner; the page before when it holds a file or is very long."""
    fields = [pair for pair in request.form.items(multi=True) if not _is_secret(pair[0])]
    back = _page_before()
    sent = Sent(act.msgid, _this_page(), back or "/", tuple(fields))
    if any(file.filename for file in request.files.values()):
        return back
    token = hold(sent, owner, clock.now())
    return url_for("accounts.waiting", token=token) if token else back


def _page_before() -> str | None:
    """The page of ours that the form stood on."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or not parts.path.startswith("/"):
        return None
    path = "/" + parts.path.lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path


def _is_secret(name: str) -> bool:
    return name == "csrf_token" or "password" in name
