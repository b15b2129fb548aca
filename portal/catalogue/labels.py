"""Words, marks and tones of what the catalogue holds."""

from __future__ import annotations

from collections.abc import Mapping

from portal.catalogue.rules.sheets.difference import Kind
from portal.catalogue.rules.sheets.profile import Layout, Places, Repeats
from portal.catalogue.rules.terms import Basis, Bound
from portal.kernel.text import Text, t
from portal.web.labels import Label

TARIFF_STATES: Mapping[str, Label] = {
    "draft": Label(t("Draft"), "neutral", "pencil-square"),
    "active": Label(t("Active"), "good", "check-circle"),
    "superseded": Label(t("Superseded"), "done", "layers"),
    "retired": Label(t("Retired"), "done", "archive"),
}
IMPORT_STATES: Mapping[str, Label] = {
    "waiting": Label(t("Waiting"), "neutral", "hourglass"),
    "reading": Label(t("Being read"), "info", "hourglass-split"),
    "wrong": Label(t("With errors"), "bad", "exclamation-circle"),
    "ready": Label(t("Ready to apply"), "info", "check2-circle"),
    "applying": Label(t("Being applied"), "info", "hourglass-split"),
    "applied": Label(t("Applied"), "good", "check-circle"),
    "discarded": Label(t("Discarded"), "done", "trash"),
    "failed": Label(t("Failed"), "bad", "x-circle"),
}
SCHEME_KINDS: Mapping[str, Text] = {
    "standard": t("For everybody"),
    "tier": t("For customer tiers"),
    "customer": t("For one customer"),
    "promotion": t("Promotion"),
    "cost": t("Cost"),
}
REFERENCE_DATES: Mapping[str, Text] = {
    "departure": t("Day of sailing or flight"),
    "pickup": t("Day of pick-up"),
    "service": t("Day of the service"),
    "quotation": t("Day of the quotation"),
}
CATEGORIES: Mapping[str, Text] = {
    "sea": t("Sea freight"),
    "air": t("Air freight"),
    "rail": t("Rail freight"),
    "road": t("Road transport"),
    "inland_water": t("Inland water"),
    "express": t("Express"),
    "delivery": t("Delivery"),
    "storage": t("Storage"),
    "handling": t("Handling"),
    "sorting": t("Sorting"),
    "consolidation": t("Consolidation"),
    "packing": t("Packing"),
    "customs": t("Customs"),
    "documentation": t("Documentation"),
    "other": t("Other services"),
}
LOADS: Mapping[str, Text] = {
    "none": t("No load"),
    "fcl": t("Full container (FCL)"),
    "lcl": t("Part load (LCL)"),
    "bulk": t("Bulk"),
    "parcel": t("Parcel"),
}
SECTION_WORDS: Mapping[str, Text] = {
    "freight": t("Freight"),
    "origin": t("Origin charges"),
    "customs": t("Customs"),
    "trucking": t("Trucking"),
    "destination": t("Destination charges"),
    "storage": t("Storage"),
    "handling": t("Handling"),
    "express": t("Express"),
    "other": t("Other charges"),
}
COST_KINDS: Mapping[str, Text] = {
    "base": t("Base cost"),
    "rebate": t("Rebate"),
    "sticker": t("Container sticker"),
    "surcharge": t("Surcharge at cost"),
    "other": t("Other cost"),
}
BASES: Mapping[str, Text] = {
    Basis.PER_UNIT: t("Per unit"),
    Basis.FLAT: t("One amount"),
    Basis.BANDS: t("By band"),
    Basis.GRADUATED: t("Graduated"),
    Basis.FIRST_CONTINUED: t("First and continued"),
    Basis.PERCENT: t("Percentage"),
    Basis.MAX_OF: t("Largest of several"),
    Basis.AT_COST: t("At cost"),
}
LAYOUTS: Mapping[str, Text] = {
    Layout.LINES: t("One line for each charge"),
    Layout.BOX_COLUMNS: t("One column for each box type"),
    Layout.BAND_LINES: t("One line for each weight band"),
    Layout.BAND_COLUMNS: t("One column for each weight band"),
}
PLACE_RULES: Mapping[str, Text] = {
    Places.KNOWN: t("Every place must be known"),
    Places.PORTS: t("Ports and airports must be known; other places are kept as written"),
    Places.FREE: t("Unknown places are kept as written"),
}
REPEAT_RULES: Mapping[str, Text] = {
    Repeats.REFUSE: t("The same band twice is an error"),
    Repeats.OFFERS: t("The same band twice is another offer"),
}
BOUNDS: Mapping[str, Text] = {
    Bound.OVER: t("The upper bound belongs to the band (express, trucks)"),
    Bound.FROM: t("The lower bound belongs to the band (air)"),
    Bound.WITHIN: t("Both bounds belong to the band"),
}
CHANGES: Mapping[str, Label] = {
    Kind.UP: Label(t("up"), "bad", "arrow-up"),
    Kind.DOWN: Label(t("down"), "good", "arrow-down"),
    Kind.CHANGED: Label(t("changed"), "info", "pencil"),
    Kind.NEW: Label(t("new"), "info", "plus-lg"),
    Kind.GONE: Label(t("gone"), "warn", "x-lg"),
    Kind.SAME: Label(t("same"), "neutral", "dash-lg"),
}
PLACE_KINDS: Mapping[str, Text] = {
    "free": t("A place of our own"),
    "port": t("Port"),
    "airport": t("Airport"),
    "rail": t("Railway station"),
    "district": t("District"),
    "city": t("City"),
}
TAX_KINDS: Mapping[str, Text] = {
    "taxed": t("Taxed"),
    "exempt": t("Exempt"),
    "zero": t("Zero-rated"),
    "outside": t("Outside the tax"),
}


def audience(kind: str) -> Text:
    """Whom a scheme is for."""
    return SCHEME_KINDS.get(kind, Text(kind))
