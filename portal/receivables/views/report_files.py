"""Where the files of a report's tables are."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from portal.receivables.views.report_question import Question
from portal.web.report_tables import ReportTable


def files(question: Question, tables: Iterable[ReportTable]) -> dict[str, dict[str, str]]:
    """Key of a table → kind of file → its address."""
    return {
        table.key: {
            kind: url_for(question.endpoint, **question.asked(), table=table.key, export=kind)
            for kind in ("xlsx", "csv")
        }
        for table in tables
    }
