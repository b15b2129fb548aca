"""Samples for the style page: every part of the look once, so that a change to it is seen in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from portal.kernel.text import Text, t
from portal.web.labels import Label
from portal.web.listing import DrawnColumn, DrawnFilter, Empty, Listing, Row
from portal.web.words import say

LABELS = (
    Label(t("Draft"), "neutral", "pencil-square"),
    Label(t("Issued"), "info", "send-check"),
    Label(t("Accepted"), "good", "check-circle"),
    Label(t("Pending approval"), "warn", "hourglass-split"),
    Label(t("Declined"), "bad", "x-circle"),
    Label(t("Superseded"), "done", "layers"),
)
STEPS = (
    (t("Booked"), "done"),
    (t("Loaded"), "done"),
    (t("At sea"), "now"),
    (t("Delivered"), "next"),
)
MONTHS = tuple(
    (name, Decimal(amount), f"{amount}k", name == "03")
    for name, amount in (("10", 25), ("11", 21), ("12", 31), ("01", 28), ("02", 34), ("03", 22))
)


class SampleForm(FlaskForm):
    """One field of each kind; the price carries an error."""

    name = StringField(
        _l("Name"), [InputRequired()], description=_l("A hint stands below its field")
    )
    valid_until = DateField(_l("Valid until"))
    price = DecimalField(_l("Price"))
    currency = SelectField(_l("Currency"), choices=[SelectChoice("CNY"), SelectChoice("USD")])
    load = RadioField(
        _l("Load"), choices=[SelectChoice("fcl", "FCL"), SelectChoice("lcl", "LCL")], default="fcl"
    )
    urgent = BooleanField(_l("Urgent"))
    attachment = FileField(_l("Attachment"))
    note = TextAreaField(_l("Note"))


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """A line of a timeline."""

    at: datetime
    who: str
    what: Text
    why: Text | None
    public: bool


@dataclass(frozen=True, slots=True)
class SampleClock:
    """A clock of a request."""

    title: Text
    label: Label
    due_at: datetime | None
    met_at: datetime | None
    name: None = None
    unsure: bool = False
    round: int = 1


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file beside a record."""

    id: int
    file_name: str
    words: Text
    size: int
    added_at: datetime
    is_shared: bool = True
    note: str = ""


class SampleAttachForm(FlaskForm):
    """What is asked of one more file."""

    file = FileField(_l("File"))
    kind = SelectField(_l("Kind of file"), choices=[SelectChoice("pod", "POD")])
    note = TextAreaField(_l("Note"))
    is_shared = BooleanField(_l("The customer sees it"))


def samples() -> dict[str, Any]:
    """What `style/show.html` needs; reads nothing from the database."""
    form = SampleForm(formdata=None, meta={"csrf": False})
    form.price.errors = [say(t("The price is below the floor of %(floor)s.", floor="USD 3,420.00"))]
    at = datetime(2026, 3, 2, 6, 5, tzinfo=UTC)
    return {
        "form": form,
        "labels": LABELS,
        "steps": [(say(words), state, "") for words, state in STEPS],
        "months": MONTHS,
        "listing": _listing(),
        "entries": (
            SampleEntry(at, "Lin Xiaowen", t("Declined"), t("The price is too high"), True),
            SampleEntry(at, "Chen Li", t("Issued"), None, False),
        ),
        "files": (
            SampleFile(1, "HLCU-2026-0031.pdf", t("Bill of lading"), 48_200, at),
            SampleFile(2, "IMG_0412.jpeg", t("Photograph"), 812_000, at, is_shared=False),
        ),
        "attach_form": SampleAttachForm(formdata=None, meta={"csrf": False}),
        "clocks_shown": (
            SampleClock(t("First answer"), LABELS[2], None, at),
            SampleClock(t("Solve"), LABELS[3], at, None),
        ),
        "amounts": (Decimal("151442.11"), Decimal("8420.55")),
        "day": date(2026, 3, 31),
    }


def _listing() -> Listing:
    heads = (
        ("number", t("Number"), "start", "desc"),
        ("customer", t("Customer"), "start", None),
        ("total", t("Total"), "num", None),
    )
    return Listing(
        key="style",
        columns=[
            DrawnColumn(key, say(label), align, True, way, "#list")
            for key, label, align, way in heads
        ],
        rows=[
            Row([f"QT-2026-00012{n}", "Harbour Foods Ltd.", f"{n},482.00"], "#list")
            for n in range(1, 4)
        ],
        search="",
        search_hint=say(t("Search")),
        filters=[
            DrawnFilter(
                "state", say(t("State")), [("", say(t("All"))), ("draft", say(t("Draft")))], ""
            )
        ],
        count_text=say(t("%(count)s in all", count="3")),
        next_url="#list",
        prev_url=None,
        export_urls={"xlsx": "#list", "csv": "#list"},
        reset_url=None,
        empty=Empty(t("No quotations yet"), t("Search a lane to make the first one.")),
    )
