"""Keys of other systems, and calls that they make."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from portal.access.viewer import SYSTEM
from portal.api.actions import keys
from portal.api.models import ApiToken
from portal.api.rules.keys import NewKey
from portal.api.rules.scopes import Scope
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock

EVERYTHING = tuple(Scope)


def a_key(
    scopes: Iterable[Scope] = EVERYTHING, customer: Customer | None = None, **changes: Any
) -> tuple[ApiToken, str]:
    """A committed key that opens, and how it is written."""
    told = {"name": "WMS", "system": "wms", "expires_on": date(2026, 12, 31), **changes}
    of = inspect(customer).identity[0] if customer else None
    row, key = keys.issue(NewKey(scopes=tuple(scopes), customer_id=of, **told), SYSTEM, clock.now())
    db.session.commit()
    db.session.refresh(row)
    return row, key


@dataclass
class Caller:
    """Another system with its key."""

    client: FlaskClient
    key: str

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET /api/v1<path>."""
        return self.client.get(f"/api/v1{path}", headers=self._headers(more), **more)

    def post(self, path: str, body: Any, once: str | None = None, **more: Any) -> TestResponse:
        """POST a JSON body under a key of its own, or under `once`."""
        more.setdefault("data", body if isinstance(body, bytes | str) else json.dumps(body))
        more.setdefault("content_type", "application/json")
        named = {"Idempotency-Key": once or secrets.token_hex(8), **self._headers(more)}
        return self.client.post(f"/api/v1{path}", headers=named, csrf=False, **more)

    def _headers(self, more: dict[str, Any]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.key}",
            "Accept-Language": "en",
            **more.pop("headers", {}),
        }


def caller(
    client: FlaskClient,
    scopes: Iterable[Scope] = EVERYTHING,
    customer: Customer | None = None,
    **changes: Any,
) -> Caller:
    """A system whose key is for `scopes`, of one customer or of all."""
    return Caller(client, a_key(scopes, customer, **changes)[1])
