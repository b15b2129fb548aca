"""The desk's door of this room."""

from __future__ import annotations

from portal.contracts.views import desk_clauses, desk_contracts, desk_entitlements, desk_renewals

blueprints = [desk_contracts.bp, desk_clauses.bp, desk_renewals.bp, desk_entitlements.bp]
