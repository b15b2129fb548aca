"""The customers' door of claims."""

from __future__ import annotations

from portal.claims.views import door, my_claims, my_offers

blueprints = [door.my_door]
__all__ = ["blueprints", "my_claims", "my_offers"]
