"""Who asks, as a value: made once per request, handed to every query and action."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from portal.access.permissions import Permission, Role

Kind = Literal["staff", "customer", "public", "system"]


@dataclass(frozen=True, slots=True)
class ByToken:
    """The key by which another system came in: its id, the source of its references, what it is for."""

    id: int
    system: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody at one of the doors.

    `customer_ids` is the set of customers whose rows may be seen; None means every customer's (staff that see all,
    and jobs). `own_only` is for staff who see just the customers they are assigned to. `token`: it is another system.
    """

    kind: Kind
    name: str
    user_id: int | None = None
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    customer_id: int | None = None
    customer_ids: frozenset[int] | None = frozenset()
    own_only: bool = False
    locale: str = "zh_CN"
    ip: str | None = None
    token: ByToken | None = None
    switchable: tuple[tuple[int, str], ...] = field(default=(), compare=False)

    def may(self, permission: Permission) -> bool:
        """Whether this viewer has the permission (the gate decides on which rows)."""
        return permission in self.permissions

    @property
    def sees_all(self) -> bool:
        """Whether no customer's rows are hidden from this viewer."""
        return self.customer_ids is None and not self.own_only

    @property
    def is_staff(self) -> bool:
        """Whether this is one of the firm's own people."""
        return self.kind == "staff"


NOBODY = Viewer(kind="public", name="")
SYSTEM = Viewer(kind="system", name="system", permissions=frozenset(Permission), customer_ids=None)
