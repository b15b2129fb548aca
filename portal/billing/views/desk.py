"""The staff's doors of this room."""

from __future__ import annotations

from portal.billing.views import desk_carrier_bills, desk_credits, desk_disputes, desk_statements

blueprints = [desk_statements.bp, desk_disputes.bp, desk_credits.bp, desk_carrier_bills.bp]
