"""Alert rules, channels, alerts, their deliveries, and what each user has read.

A revision is frozen once released: it spells its tables out and does not follow data_access.app_schema.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _key(target: str, ondelete: str, **more: Any) -> sa.Column[str]:
    name = target.partition(".")[2]
    return sa.Column(name, sa.String(32), sa.ForeignKey(target, ondelete=ondelete), **more)


def upgrade() -> None:
    op.create_table(
        "app_alert_rules",
        sa.Column("rule_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("metric", sa.Text, nullable=False, comment="a key of reporting.alerts.metrics"),
        sa.Column("comparison", sa.String(8), nullable=False),
        sa.Column(
            "threshold", sa.Double, nullable=False, comment="in the metric's unit: kg, g/tkm, 0..1, hours"
        ),
        sa.Column("window_hours", sa.Integer, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False, comment="lists of suppliers and modes; empty is all"),
        sa.Column("cooldown_minutes", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("last_evaluated_at", sa.DateTime),
        sa.Column("last_value", sa.Double, comment="null: no data"),
        sa.Column("last_error", sa.Text, comment="why it could not be evaluated"),
        sa.Column("last_fired_at", sa.DateTime),
        sa.UniqueConstraint("name", name="app_alert_rules_name"),
        sa.CheckConstraint("comparison IN ('above', 'below')", name="app_alert_rules_comparison"),
    )
    op.create_table(
        "app_alert_channels",
        sa.Column("channel_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("url", sa.Text, nullable=False, comment="holds secrets: neither shown nor logged"),
        sa.Column("shown", sa.Text, nullable=False, comment="what people see instead"),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("last_sent_at", sa.DateTime),
        sa.Column("last_error", sa.Text, comment="why the latest attempt failed; null once one went well"),
        sa.Column("last_error_at", sa.DateTime),
        sa.UniqueConstraint("name", name="app_alert_channels_name"),
    )
    op.create_table(
        "app_alert_rule_channels",
        _key("app_alert_rules.rule_id", "CASCADE", primary_key=True),
        _key("app_alert_channels.channel_id", "CASCADE", primary_key=True),
    )
    op.create_table(
        "app_alerts",
        sa.Column("alert_id", sa.String(32), primary_key=True),
        _key("app_alert_rules.rule_id", "SET NULL"),
        sa.Column("rule_name", sa.Text, nullable=False),
        sa.Column("fired_at", sa.DateTime, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("acknowledged_by", sa.Text),
        sa.Column("acknowledged_at", sa.DateTime),
    )
    op.create_index("app_alerts_fired", "app_alerts", ["fired_at"])
    op.create_table(
        "app_alert_deliveries",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        _key("app_alerts.alert_id", "CASCADE", nullable=False),
        _key("app_alert_channels.channel_id", "CASCADE", nullable=False),
        sa.Column(
            "attempts",
            sa.Integer,
            nullable=False,
            comment="begun, also those that a stop of the server cut off",
        ),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("next_attempt_at", sa.DateTime, nullable=False),
        sa.CheckConstraint("status IN ('pending', 'sent', 'failed')", name="app_alert_deliveries_status"),
    )
    op.create_index("app_alert_deliveries_due", "app_alert_deliveries", ["status", "next_attempt_at"])
    op.create_table(
        "app_alert_seen",
        _key("app_users.user_id", "CASCADE", primary_key=True),
        sa.Column("seen_at", sa.DateTime, nullable=False, comment="the newest alert that the user has read"),
    )


def downgrade() -> None:
    for table in ("seen", "deliveries"):
        op.drop_table(f"app_alert_{table}")
    op.drop_table("app_alerts")
    for table in ("rule_channels", "channels", "rules"):
        op.drop_table(f"app_alert_{table}")
