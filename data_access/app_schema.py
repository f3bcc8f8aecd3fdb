"""The app database's tables: users, sessions, audit log, saved views, and the alerts with their delivery.

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
    Double,
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
    "alert_channels",
    "alert_deliveries",
    "alert_rule_channels",
    "alert_rules",
    "alert_seen",
    "alerts",
    "audit_log",
    "forecast_runs",
    "metadata",
    "saved_scenarios",
    "saved_views",
    "sessions",
    "sign_in_attempts",
    "supplier_notes",
    "targets",
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

alert_rules = Table(
    "app_alert_rules",
    metadata,
    Column("rule_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("metric", Text, nullable=False, comment="a key of reporting.alerts.metrics"),
    Column("comparison", String(8), nullable=False),
    Column("threshold", Double, nullable=False, comment="in the metric's unit: kg, g/tkm, 0..1, hours"),
    Column("window_hours", Integer, nullable=False),
    Column("filters", JSON, nullable=False, comment="lists of suppliers and modes; empty is all"),
    Column("cooldown_minutes", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("last_evaluated_at", DateTime),
    Column("last_value", Double, comment="null: no data"),
    Column("last_error", Text, comment="why it could not be evaluated"),
    Column("last_fired_at", DateTime),
    UniqueConstraint("name", name="app_alert_rules_name"),
    CheckConstraint("comparison IN ('above', 'below')", name="app_alert_rules_comparison"),
)

alert_channels = Table(
    "app_alert_channels",
    metadata,
    Column("channel_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("url", Text, nullable=False, comment="holds secrets: neither shown nor logged"),
    Column("shown", Text, nullable=False, comment="what people see instead"),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("last_sent_at", DateTime),
    Column("last_error", Text, comment="why the latest attempt failed; null once one went well"),
    Column("last_error_at", DateTime),
    UniqueConstraint("name", name="app_alert_channels_name"),
)

alert_rule_channels = Table(
    "app_alert_rule_channels",
    metadata,
    Column("rule_id", String(32), ForeignKey(alert_rules.c.rule_id, ondelete="CASCADE"), primary_key=True),
    Column(
        "channel_id",
        String(32),
        ForeignKey(alert_channels.c.channel_id, ondelete="CASCADE"),
        primary_key=True,
    ),
)

alerts = Table(
    "app_alerts",
    metadata,
    Column("alert_id", String(32), primary_key=True),
    # What was fired stays on record after its rule is gone.
    Column("rule_id", String(32), ForeignKey(alert_rules.c.rule_id, ondelete="SET NULL")),
    Column("rule_name", Text, nullable=False),
    Column("fired_at", DateTime, nullable=False),
    Column("value", Double, nullable=False),
    Column("message", Text, nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", DateTime),
    Index("app_alerts_fired", "fired_at"),
)

alert_deliveries = Table(
    "app_alert_deliveries",
    metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("alert_id", String(32), ForeignKey(alerts.c.alert_id, ondelete="CASCADE"), nullable=False),
    Column(
        "channel_id", String(32), ForeignKey(alert_channels.c.channel_id, ondelete="CASCADE"), nullable=False
    ),
    Column(
        "attempts", Integer, nullable=False, comment="begun, also those that a stop of the server cut off"
    ),
    Column("status", String(8), nullable=False),
    Column("last_error", Text),
    Column("next_attempt_at", DateTime, nullable=False),
    Index("app_alert_deliveries_due", "status", "next_attempt_at"),
    CheckConstraint("status IN ('pending', 'sent', 'failed')", name="app_alert_deliveries_status"),
)

alert_seen = Table(
    "app_alert_seen",
    metadata,
    Column("user_id", String(32), ForeignKey(users.c.user_id, ondelete="CASCADE"), primary_key=True),
    Column("seen_at", DateTime, nullable=False, comment="the newest alert that the user has read"),
)

supplier_notes = Table(
    "app_supplier_notes",
    metadata,
    Column("note_id", String(32), primary_key=True),
    # The supplier is in the warehouse, so no foreign key: a note outlives an undone import.
    Column("supplier_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Text, nullable=False, comment="e-mail, kept after the user is gone"),
    Column("written_at", DateTime, nullable=False),
    Index("app_supplier_notes_supplier", "supplier_id", "written_at"),
)

saved_scenarios = Table(
    "app_saved_scenarios",
    metadata,
    Column("scenario_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column(
        "definition", JSON, nullable=False, comment="levers in their order, as analytics.scenarios writes"
    ),
    Column("query", Text, nullable=False, comment="the filters as they stand in the URL"),
    Column("shared", Boolean, nullable=False, comment="whoever may see all legs can open it by its link"),
    Column("user_id", String(32), ForeignKey(users.c.user_id, ondelete="CASCADE"), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    UniqueConstraint("user_id", "name", name="app_saved_scenarios_name"),
)

targets = Table(
    "app_targets",
    metadata,
    Column("target_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(9), nullable=False, comment="kg CO2e a year, or g CO2e per tonne-km"),
    Column("base_year", Integer, nullable=False),
    Column("base_value", Double, comment="given by the user in the unit of the kind; null: from the data"),
    Column("yearly_pct", Double, nullable=False, comment="linear reduction a year, % of the base year"),
    Column("target_year", Integer, nullable=False),
    Column("filters", JSON, nullable=False, comment="lists of suppliers and modes; empty is all"),
    Column("created_by", Text, nullable=False, comment="e-mail, kept after the user is gone"),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("name", name="app_targets_name"),
    CheckConstraint("kind IN ('absolute', 'intensity')", name="app_targets_kind"),
)

forecast_runs = Table(
    "app_forecast_runs",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("selection", String(64), nullable=False, comment="hash of warehouse, scope, filters"),
    Column("history_end", DateTime, nullable=False, comment="the first day that was not known yet"),
    Column("made_at", DateTime, nullable=False),
    Column("method", Text, nullable=False),
    Column("daily", JSON, nullable=False, comment="mean and bands of each day ahead, kg CO2e"),
    Column("backtest", JSON, comment="measures by method and horizon; null: not tested yet"),
    UniqueConstraint("selection", "history_end", name="app_forecast_runs_selection"),
)
