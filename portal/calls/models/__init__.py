"""Telephone calls and return visits."""

from __future__ import annotations

from portal.calls.models.calls import Call, CallPlan

__all__ = ["Call", "CallPlan"]
