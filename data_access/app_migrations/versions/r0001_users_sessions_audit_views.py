"""Users, sessions, sign-in attempts, audit log and saved views.

A revision is frozen once released: it spells its tables out and does not follow data_access.app_schema.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_users",
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_folded", sa.Text, nullable=False, comment="what sign-in compares"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("supplier_ids", sa.JSON, nullable=False, comment="a list; what a supplier may see"),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("password_changed_at", sa.DateTime, nullable=False),
        sa.Column("signed_in_at", sa.DateTime),
        sa.UniqueConstraint("email_folded", name="app_users_email"),
        sa.CheckConstraint(
            "role IN ('administrator', 'analyst', 'manager', 'viewer', 'supplier')", name="app_users_role"
        ),
    )
    op.create_table(
        "app_sessions",
        sa.Column(
            "token_sha256",
            sa.String(64),
            primary_key=True,
            comment="the token itself is only in the browser",
        ),
        sa.Column(
            "user_id", sa.String(32), sa.ForeignKey("app_users.user_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("client_address", sa.Text),
    )
    op.create_index("app_sessions_user", "app_sessions", ["user_id"])
    op.create_table(
        "app_sign_in_attempts",
        sa.Column("kind", sa.String(8), primary_key=True, comment="account or address"),
        sa.Column(
            "key_sha256",
            sa.String(64),
            primary_key=True,
            comment="hashed: people type passwords into wrong fields",
        ),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", sa.DateTime, nullable=False),
        sa.Column("locked_until", sa.DateTime),
    )
    op.create_index("app_sign_in_attempts_failed", "app_sign_in_attempts", ["failed_at"])
    op.create_table(
        "app_audit_log",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("happened_at", sa.DateTime, nullable=False),
        sa.Column("user_id", sa.String(32)),
        sa.Column("email", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("target", sa.Text),
        sa.Column("details", sa.JSON, nullable=False),
    )
    op.create_index("app_audit_log_happened", "app_audit_log", ["happened_at"])
    op.create_table(
        "app_saved_views",
        sa.Column("view_id", sa.String(32), primary_key=True),
        sa.Column(
            "user_id", sa.String(32), sa.ForeignKey("app_users.user_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False, comment="the filters as they stand in the URL"),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("user_id", "name", name="app_saved_views_name"),
    )


def downgrade() -> None:
    for table in ("app_saved_views", "app_audit_log", "app_sign_in_attempts", "app_sessions", "app_users"):
        op.drop_table(table)
