"""People who are signed in already: the cookie of a browser, and the row that it stands for."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from portal.accounts.models import SignIn, User
from portal.accounts.queries import token_hash
from portal.accounts.sessions import MARK
from portal.db.base import db
from portal.kernel import clock
from portal.web.flask_app import PortalApp


def signed_in(app: PortalApp, user: User) -> dict[str, str]:
    """The cookies of a browser in which the user signed in by password, in English; nothing is committed."""
    mark, now = secrets.token_urlsafe(16), clock.now()
    ends = now + timedelta(days=4000)
    db.session.add(
        SignIn(
            user_id=user.id, mark_hash=token_hash(mark), began_at=now, seen_at=now, ends_at=ends, kept=True,
            way="password",
        )
    )  # fmt: skip
    values = {"_user_id": user.fs_uniquifier, MARK: mark, "_fresh": True, "fs_cc": "set"}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return {"session": signer.dumps(values), "lang": "en"}


def cookies_of(app: PortalApp, people: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name → the `Cookie` header of somebody signed in; `people`: (name, the `fs_uniquifier` of the user)."""
    found = {}
    for name, unique in people:
        user = db.session.scalars(select(User).where(User.fs_uniquifier == unique)).one()
        found[name] = f"session={signed_in(app, user)['session']}"
    db.session.commit()
    return found
