"""The staff's doors of this room."""

from __future__ import annotations

from portal.campaigns.views import desk_limit, desk_notices, desk_offers

blueprints = [desk_limit.bp, desk_notices.bp, desk_offers.bp]
