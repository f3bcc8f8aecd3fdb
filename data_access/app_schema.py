"""The app database's tables: who may sign in, who is signed in, who did what, and the views they saved.

All names start with `app_`, so that the tables can share a Postgres database with the warehouse. Times: UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "VERSION_TABLE",
    "audit_log",
    "metadata",
    "saved_views",
    "sessions",
    "sign_in_attempts",
    "users",
]

VERSION_TABLE = "app_alembic_version"

metadata = MetaData()
# SQLite numbers rows by itself only in a column that is exactly INTEGER.
_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")

users = Table(
    "app_users",
    metadata,
    Column("user_id", String(32), primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False, comment="what sign-in compares"),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("supplier_ids", JSON, nullable=False, comment="a list; what a supplier may see"),
    Column("password_hash", Text, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("password_changed_at", DateTime, nullable=False),
    Column("signed_in_at", DateTime),
    UniqueConstraint("email_folded", name="app_users_email"),
    CheckConstraint(
        "role IN ('administrator', 'analyst', 'manager', 'viewer', 'supplier')", name="app_users_role"
    ),
)

sessions = Table(
    "app_sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True, comment="the token itself is only in the browser"),
    Column("user_id", String(32), ForeignKey(users.c.user_id, ondelete="CASCADE"), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("client_address", Text),
    Index("app_sessions_user", "user_id"),
)

sign_in_attempts = Table(
    "app_sign_in_attempts",
    metadata,
    Column("kind", String(8), primary_key=True, comment="account or address"),
    Column(
        "key_sha256", String(64), primary_key=True, comment="hashed: people type passwords into wrong fields"
    ),
    Column("failures", Integer, nullable=False),
    Column("failed_at", DateTime, nullable=False),
    Column("locked_until", DateTime),
    Index("app_sign_in_attempts_failed", "failed_at"),
)

audit_log = Table(
    "app_audit_log",
    metadata,
    Column("entry_id", _ROW_NUMBER, primary_key=True),
    Column("happened_at", DateTime, nullable=False),
    # No foreign key: what a user did stays on record after the user is gone.
    Column("user_id", String(32)),
    Column("email", Text),
    Column("action", Text, nullable=False),
    Column("target", Text),
    Column("details", JSON, nullable=False),
    Index("app_audit_log_happened", "happened_at"),
)

saved_views = Table(
    "app_saved_views",
    metadata,
    Column("view_id", String(32), primary_key=True),
    Column("user_id", String(32), ForeignKey(users.c.user_id, ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("query", Text, nullable=False, comment="the filters as they stand in the URL"),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("user_id", "name", name="app_saved_views_name"),
)
