"""The words of the warehouse: kinds of movement, units, ways of counting a day."""

from __future__ import annotations

from collections.abc import Mapping

from portal.catalogue.rules.storage import DayCount
from portal.kernel.text import Text, t
from portal.warehouse.rules.unit_days import MovementKind
from portal.web.labels import Label

KINDS: Mapping[str, Label] = {
    MovementKind.IN.value: Label(t("In"), "good", "box-arrow-in-right"),
    MovementKind.OUT.value: Label(t("Out"), "info", "box-arrow-right"),
    MovementKind.ADJUST.value: Label(t("Adjustment"), "warn", "sliders"),
}
REVERSAL = Label(t("Reversal"), "warn", "arrow-counterclockwise")
REVERSED = Label(t("Reversed"), "done", "arrow-counterclockwise")
LATE = Label(t("Late paper"), "warn", "calendar-x")
UNMEASURED = Label(t("Not measured"), "warn", "exclamation-triangle")

UNITS: Mapping[str, Text] = {
    "MTQ": t("Volume (m³)"),
    "KGM": t("Weight (kg)"),
    "XPX": t("Pallets"),
    "TEU": t("TEU"),
    "H87": t("Pieces"),
}
DAY_UNITS: Mapping[str, Text] = {
    "MTQ": t("m³·day"),
    "KGM": t("kg·day"),
    "XPX": t("pallet·day"),
    "TEU": t("TEU·day"),
    "H87": t("piece·day"),
}
COLUMNS: Mapping[str, Text] = {
    "reference": t("Reference"),
    "moved_on": t("Day"),
    "clock": t("Time"),
    "kind": t("What"),
    "customer": t("Customer"),
    "warehouse": t("Warehouse"),
    "lot": t("Lot"),
    "sku": t("SKU"),
    "pieces": t("Pieces"),
    "m3": t("Volume (m³)"),
    "unit_m3": t("Volume (m³)"),
    "kg": t("Weight (kg)"),
    "unit_kg": t("Weight (kg)"),
    "pallets": t("Pallets"),
    "teu": t("TEU"),
    "reason": t("Reason"),
    "note": t("Note"),
}
"""Columns by what they mean, for those that a file does not have."""

COUNTS: Mapping[str, Text] = {
    DayCount.BOTH.value: t("Arrival and leaving day"),
    DayCount.DAY_END.value: t("Stock at the end of the day"),
    DayCount.DAY_START.value: t("Stock at the start of the day"),
    DayCount.PEAK.value: t("Highest stock within the day"),
}
