"""Notes on suppliers.

A revision is frozen once released: it spells its tables out and does not follow data_access.app_schema.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_supplier_notes",
        sa.Column("note_id", sa.String(32), primary_key=True),
        sa.Column("supplier_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False, comment="e-mail, kept after the user is gone"),
        sa.Column("written_at", sa.DateTime, nullable=False),
    )
    op.create_index("app_supplier_notes_supplier", "app_supplier_notes", ["supplier_id", "written_at"])


def downgrade() -> None:
    op.drop_table("app_supplier_notes")
