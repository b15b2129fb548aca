"""The doors of insight at the desk."""

from __future__ import annotations

from portal.insights.views import (
    desk_class_runs,
    desk_classes,
    desk_comparisons,
    desk_dashboards,
    desk_indices,
    desk_tiers,
)

__all__ = ["desk_class_runs", "desk_classes"]
blueprints = [desk_tiers.bp, desk_indices.bp, desk_comparisons.bp, desk_dashboards.bp]
