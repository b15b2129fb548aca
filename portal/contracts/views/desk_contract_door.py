"""The staff's door to contracts, and what every view behind it needs: the row, its counter, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from portal.access.guards import fetch
from portal.accounts.models import User
from portal.contracts.models import Amendment, Contract
from portal.documents.rules.files import ACCEPTED
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.web import doors, stepping
from portal.web.forms import attempted
from portal.web.uploads import Upload, received

LONGEST_COUNTER = 9
bp = doors.desk("contracts", "portal.contracts.views.desk_contracts")
PARTIES = (
    joinedload(Contract.customer),
    joinedload(Contract.payer),
    joinedload(Contract.owner).lazyload(User.roles),
)


def contract_of(contract_id: int) -> Contract:
    """The contract of an address; NotFound otherwise."""
    return fetch(Contract, contract_id, options=PARTIES)


def amendment_of(amendment_id: int) -> Amendment:
    """The amendment of an address; NotFound otherwise."""
    return fetch(Amendment, amendment_id)


def seen() -> int | None:
    """Which state the page showed that sent this request; None when it does not say.

    Invalid when it says something that no page of ours says.
    """
    text = request.values.get("seen") or request.values.get("version") or ""
    if not text:
        return None
    if not text.isdecimal() or len(text) > LONGEST_COUNTER:
        raise Invalid(t("This form does not say which state it shows. Load the page again."))
    return int(text)


def reason() -> str:
    """What was written into a step's question."""
    return request.form.get("reason", "")[:500]


def back(contract_id: int, anchor: str | None = None) -> Response:
    """To the contract's page."""
    return redirect(url_for("desk_contracts.show", contract_id=contract_id, _anchor=anchor), 303)  # type: ignore[return-value]


def back_to(amendment: Amendment) -> Response:
    """To the amendment's page."""
    url = url_for("desk_contracts.amendment", amendment_id=amendment.id)
    return redirect(url, 303)  # type: ignore[return-value]


def done(there: Response, said: str, verb: Callable[[], Any]) -> Response:
    """One step from a button: done and said, or refused with the reason; to the page either way."""
    return stepping.done(there, said, verb, stepping.WRONG)


def went_well(form: FlaskForm, verb: Callable[[], Any]) -> bool:
    """Whether `verb` went through; what it refused is told at its field or on top of the page."""
    return attempted(form, lambda: (verb(),)) is not None


def scan_of(storage: FileStorage | None) -> Upload | None:
    """The scan that came with a form; None where no file was chosen. Invalid at `scan` for another kind of file."""
    if storage is None or not storage.filename:
        return None
    return received(storage, "scan", ACCEPTED)


def needed(storage: FileStorage | None) -> Upload:
    """The file of a form; Invalid at `scan` where none was chosen."""
    return received(storage, "scan", ACCEPTED)


def one_of(rows: list[Any], row_id: int) -> Any:
    """The row with this id; NotFound when it is not among them."""
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound()
