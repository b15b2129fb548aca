"""One line of a statement at the desk."""

from __future__ import annotations

from typing import Any

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.rules.states import FROZEN
from portal.billing.views.desk_door import line_of
from portal.billing.views.desk_door import statement_door as bp
from portal.billing.views.line_page import line_context
from portal.web.pages import page


@bp.get("/statements/lines/<int:line_id>")
@requires(P.STATEMENT_SEE)
def line(line_id: int) -> Any:
    """One line with its working and all that stands behind it."""
    row = line_of(line_id)
    is_live = row.until_revision is None
    correctable = is_live and row.statement.state in FROZEN
    return page("billing/desk_line.html", correctable=correctable, **line_context(row, "desk"))
