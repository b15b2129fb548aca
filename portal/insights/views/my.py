"""The customers' door of this room."""

from __future__ import annotations

from portal.insights.views import my_promise

blueprints = [my_promise.bp]
