"""The customers' doors of this room."""

from __future__ import annotations

from portal.campaigns.views import my_notices, my_offers

blueprints = [my_notices.bp, my_offers.bp]
