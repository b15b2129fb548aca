"""The customers' door of this room."""

from __future__ import annotations

from portal.contracts.views import my_contracts

blueprints = [my_contracts.bp]
