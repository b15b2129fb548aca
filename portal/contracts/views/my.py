"""The customers' door of this room."""

from __future__ import annotations

from portal.contracts.views import my_contracts, my_entitlements

blueprints = [my_contracts.bp, my_entitlements.bp]
