"""Saved scenarios, reduction targets, and forecasts kept to be held against what came.

A revision is frozen once released: it spells its tables out and does not follow data_access.app_schema.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_saved_scenarios",
        sa.Column("scenario_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "definition",
            sa.JSON,
            nullable=False,
            comment="levers in their order, as analytics.scenarios writes",
        ),
        sa.Column("query", sa.Text, nullable=False, comment="the filters as they stand in the URL"),
        sa.Column(
            "shared", sa.Boolean, nullable=False, comment="whoever may see all legs can open it by its link"
        ),
        sa.Column(
            "user_id", sa.String(32), sa.ForeignKey("app_users.user_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("user_id", "name", name="app_saved_scenarios_name"),
    )

    op.create_table(
        "app_targets",
        sa.Column("target_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "kind",
            sa.String(9),
            nullable=False,
            comment="kg CO2e a year, or g CO2e per tonne-km",
        ),
        sa.Column("base_year", sa.Integer, nullable=False),
        sa.Column(
            "base_value", sa.Double, comment="given by the user in the unit of the kind; null: from the data"
        ),
        sa.Column(
            "yearly_pct", sa.Double, nullable=False, comment="linear reduction a year, % of the base year"
        ),
        sa.Column("target_year", sa.Integer, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False, comment="lists of suppliers and modes; empty is all"),
        sa.Column("created_by", sa.Text, nullable=False, comment="e-mail, kept after the user is gone"),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("name", name="app_targets_name"),
        sa.CheckConstraint("kind IN ('absolute', 'intensity')", name="app_targets_kind"),
    )

    op.create_table(
        "app_forecast_runs",
        sa.Column("run_id", sa.String(32), primary_key=True),
        sa.Column(
            "selection",
            sa.String(64),
            nullable=False,
            comment="hash of warehouse, scope, filters",
        ),
        sa.Column("history_end", sa.DateTime, nullable=False, comment="the first day that was not known yet"),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("daily", sa.JSON, nullable=False, comment="mean and bands of each day ahead, kg CO2e"),
        sa.Column("backtest", sa.JSON, comment="measures by method and horizon; null: not tested yet"),
        sa.UniqueConstraint("selection", "history_end", name="app_forecast_runs_selection"),
    )


def downgrade() -> None:
    for table in ("app_forecast_runs", "app_targets", "app_saved_scenarios"):
        op.drop_table(table)
