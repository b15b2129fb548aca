"""Tables in and out of files: Excel and CSV, safely, exactly, row by row."""

from portal.kernel.tables.delimited import FORMULA_MARKS
from portal.kernel.tables.opening import open_table
from portal.kernel.tables.refusals import LIMITS, Limits
from portal.kernel.tables.table import (
    Cell,
    Merge,
    Row,
    Table,
    column_letter,
    column_number,
    table_of,
)
from portal.kernel.tables.writing import safe_text, write_csv, write_xlsx

__all__ = [
    "FORMULA_MARKS",
    "LIMITS",
    "Cell",
    "Limits",
    "Merge",
    "Row",
    "Table",
    "column_letter",
    "column_number",
    "open_table",
    "safe_text",
    "table_of",
    "write_csv",
    "write_xlsx",
]
