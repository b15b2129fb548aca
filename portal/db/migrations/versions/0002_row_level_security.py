"""Row-level security on PostgreSQL: the third wall around customers' rows.

The policies are read from the models (portal/db/walls.py), for the tables that are there. A later migration that adds
such a table, or changes which rows customers see, ends with `walls.put_up(op.get_bind(), {"table"})`.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

from portal.db import walls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the walls up."""
    walls.put_up(op.get_bind())


def downgrade() -> None:
    """Take them down."""
    walls.take_down(op.get_bind())
