"""The staff's doors of this room."""

from __future__ import annotations

from portal.campaigns.views import desk_campaigns, desk_notices, desk_offers

blueprints = [desk_campaigns.bp, desk_notices.bp, desk_offers.bp]
