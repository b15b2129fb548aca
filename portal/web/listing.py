"""Lists: search, filter, sort, page, and export of exactly what is shown (DESIGN rule 9).

A feature describes its list once as a `ListSpec`; `list_page` answers the page, the htmx fragment, the spreadsheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, g, request, url_for
from markupsafe import Markup
from sqlalchemy import Select, func, select

from portal.db.base import db
from portal.kernel.text import Text, t
from portal.web.drawing import DrawnColumn, Row, rows_markup
from portal.web.exports import Total, table_response
from portal.web.pages import page
from portal.web.paging import PAGE_SIZE, Order, Slice, read_slice
from portal.web.words import say

COUNT_CAP = 1_000
EXPORT_CAP = 100_000
SEARCH = t("Search")
Table = tuple[list[str], Iterable[list[Any]], list[Total | None]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `cell` gives what the page shows, `value` what the spreadsheet gets (Decimal, date, str).

    `total` ends the column of a file in a sum; `total_by` names the column (a currency, a unit) whose values are
    summed apart. `only_in_files` columns are not on the page, `only_on_page` ones (a button) not in files.
    """

    key: str
    label: Text
    cell: Callable[[Any], Any]
    sort: Any = None
    align: str = "start"
    value: Callable[[Any], Any] | None = None
    permission: Any = None
    total: bool = False
    total_by: str = ""
    only_in_files: bool = False
    only_on_page: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One drop-down. `options` gives (value, words) pairs, `apply` narrows the statement by a chosen value.

    `rare` ones are folded away until somebody looks for them, or has chosen one.
    """

    key: str
    label: Text
    options: Callable[[], Sequence[tuple[str, Any]]]
    apply: Callable[[Select[Any], str], Select[Any]]
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says and what to do next."""

    title: Text
    text: Text
    action_label: Text | None = None
    action_endpoint: str | None = None
    action_permission: Any = None

    @property
    def action_url(self) -> str | None:
        """The next step's address, when its room is open and this viewer may take it."""
        if self.action_endpoint not in current_app.view_functions or (
            self.action_permission and not g.viewer.may(self.action_permission)
        ):
            return None
        return url_for(self.action_endpoint)


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list. `sort` is a column key, with a leading minus for descending; `row_id` breaks ties."""

    key: str
    columns: Sequence[Column]
    row_id: Any
    sort: str
    url: Callable[[Any], str | None]
    empty: Empty
    filters: Sequence[Filter] = ()
    search: Callable[[Select[Any], str], Select[Any]] | None = None
    search_hint: Text = SEARCH
    row_classes: Callable[[Any], str] | None = None
    page_size: int = PAGE_SIZE


@dataclass(slots=True)
class DrawnFilter:
    """A filter with its options in words and what is chosen."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str
    rare: bool = False


@dataclass(slots=True)
class Listing:
    """Everything `macros/lists.html` needs."""

    key: str
    columns: list[DrawnColumn]
    rows: list[Row]
    search: str | None
    search_hint: str
    filters: list[DrawnFilter]
    count_text: str
    next_url: str | None
    prev_url: str | None
    export_urls: dict[str, str]
    reset_url: str | None
    empty: Empty
    sort: str = ""
    is_filtered: bool = field(default=False)
    records: list[Any] = field(default_factory=list)

    @property
    def body(self) -> Markup:
        """The rows of the table."""
        return rows_markup(self.columns, self.rows)


def list_page(
    spec: ListSpec,
    statement: Select[Any],
    template: str,
    *,
    beside: Callable[[list[Any]], dict[str, Any]] | None = None,
    **context: Any,
) -> Response | str:
    """The list as a page, or as a file when `?export=xlsx|csv` asks for one.

    `beside` gives what the template needs besides about the page's rows, asked once for all of them.
    """
    narrowed = _narrowed(spec, statement)
    wanted = request.args.get("export")
    if wanted in ("xlsx", "csv"):
        return _exported(spec, narrowed, wanted)
    listing = _drawn(spec, narrowed)
    more = beside(listing.records) if beside else {}
    return page(template, listing=listing, **context, **more)


def _narrowed(spec: ListSpec, statement: Select[Any]) -> Select[Any]:
    words = request.args.get("q", "").strip()
    if words and spec.search is not None:
        statement = spec.search(statement, words)
    for each in spec.filters:
        chosen = request.args.get(each.key, "")
        if chosen:
            statement = each.apply(statement, chosen)
    return statement


def _shown(spec: ListSpec) -> list[Column]:
    return [c for c in spec.columns if c.permission is None or g.viewer.may(c.permission)]


def _order(spec: ListSpec) -> tuple[Order, str]:
    sortable = {column.key: column for column in _shown(spec) if column.sort is not None}
    asked = request.args.get("sort", spec.sort)
    if asked.lstrip("-") not in sortable:
        asked = spec.sort
    return Order(sortable[asked.lstrip("-")].sort, spec.row_id, asked.startswith("-")), asked


def _drawn(spec: ListSpec, statement: Select[Any]) -> Listing:
    order, sort = _order(spec)
    found = read_slice(
        statement,
        order,
        after=request.args.get("after"),
        before=request.args.get("before"),
        size=spec.page_size,
    )
    columns = [column for column in _shown(spec) if not column.only_in_files]
    kept = {k: v for k, v in request.args.items() if v and k not in ("after", "before", "export")}
    here = dict(request.view_args or {})
    filters = [
        DrawnFilter(
            f.key,
            say(f.label),
            [(v, say(w)) for v, w in f.options()],
            request.args.get(f.key, ""),
            f.rare,
        )
        for f in spec.filters
    ]
    is_filtered = bool(kept.get("q")) or any(f.value for f in filters)
    return Listing(
        key=spec.key,
        columns=[_head(column, sort, kept, here) for column in columns],
        rows=[_row(spec, columns, row) for row in found.rows],
        search=None if spec.search is None else request.args.get("q", ""),
        search_hint=say(spec.search_hint),
        filters=filters,
        count_text=_count_text(spec, statement, found),
        next_url=_here(here, kept, after=found.after) if found.after else None,
        prev_url=_here(here, kept, before=found.before) if found.before else None,
        export_urls={kind: _here(here, kept, export=kind) for kind in ("xlsx", "csv")},
        reset_url=_here(here, {}) if is_filtered else None,
        empty=spec.empty,
        sort=sort if "sort" in request.args else "",
        is_filtered=is_filtered,
        records=found.rows,
    )


def _here(here: dict[str, Any], kept: dict[str, str], **extra: str | None) -> str:
    return url_for(request.endpoint or "", **{**here, **kept, **extra})


def _head(column: Column, sort: str, kept: dict[str, str], here: dict[str, Any]) -> DrawnColumn:
    target = f"-{column.key}" if sort == column.key else column.key
    return DrawnColumn(
        key=column.key,
        label=say(column.label),
        align=column.align,
        sortable=column.sort is not None,
        sorted=_direction(sort, column.key),
        sort_url=_here(here, {**kept, "sort": target}) if column.sort is not None else None,
    )


def _direction(sort: str, key: str) -> str | None:
    return {key: "asc", f"-{key}": "desc"}.get(sort)


def _row(spec: ListSpec, columns: list[Column], row: Any) -> Row:
    classes = spec.row_classes(row) if spec.row_classes else ""
    return Row([column.cell(row) for column in columns], spec.url(row), classes)


def _count_text(spec: ListSpec, statement: Select[Any], found: Slice) -> str:
    whole = found.after is None and found.before is None
    count = len(found.rows) if whole else _counted(spec, statement)
    if count > COUNT_CAP:
        return say(t("more than %(count)s", count=f"{COUNT_CAP:,}"))
    return say(t("%(count)s in all", count=f"{count:,}"))


def _counted(spec: ListSpec, statement: Select[Any]) -> int:
    """How many rows the list has, counted to one past the cap."""
    inner = statement.order_by(None).with_only_columns(spec.row_id).limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def _exported(spec: ListSpec, statement: Select[Any], kind: str) -> Response:
    order, _ = _order(spec)
    rows = db.session.execute(statement.order_by(*order.applied()).limit(EXPORT_CAP))
    return table_response(kind, spec.key, *as_table(spec, rows))


def as_table(spec: ListSpec, rows: Iterable[Any]) -> Table:
    """Rows of the list as a file has them: heads, values, and which columns are summed."""
    columns = [column for column in _shown(spec) if not column.only_on_page]
    values = (
        [_value(column, row[0] if len(row) == 1 else row) for column in columns] for row in rows
    )
    keys = [column.key for column in columns]
    totals = [
        Total(keys.index(c.total_by) if c.total_by else None) if c.total else None for c in columns
    ]
    return [say(column.label) for column in columns], values, totals


def _value(column: Column, row: Any) -> Any:
    return column.value(row) if column.value is not None else say(column.cell(row))
