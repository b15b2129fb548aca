"""What stands before every view: exactly one guard, written once; a view without one cannot fetch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, redirect, request, url_for
from sqlalchemy.sql.base import ExecutableOption

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.kernel.errors import Forbidden

M = TypeVar("M")
View = Callable[..., Any]


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


def to_sign_in() -> Any:
    """To the sign-in page, and back here afterwards."""
    target = request.full_path if request.method == "GET" else None
    return redirect(url_for("security.login", next=target))
