"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of version 0.1."""
    op.create_table(
        "box",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("feeder", sa.String(64), nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Column("telemetry_t", sa.BigInteger),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("state_reason", sa.Text, nullable=False),
        sa.Column("hello", sa.JSON),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("refusal", sa.Text),
        sa.Column("refused_at", sa.BigInteger),
        sa.Column("duplicates", sa.Integer, nullable=False),
        sa.Column("dirty_from", sa.BigInteger),
    )
    op.create_table(
        "watermark",
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("epoch", sa.BigInteger, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "message",
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("epoch", sa.BigInteger, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("t", sa.BigInteger),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.Boolean, nullable=False),
    )
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), nullable=False),
        sa.Column("point", sa.String(24), nullable=False),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("value", sa.BigInteger),
        sa.Column("unit", sa.String(4), nullable=False),
        sa.Column("quality", sa.String(8), nullable=False),
        sa.Column("age_s", sa.BigInteger, nullable=False),
    )
    op.create_index("reading_box_point_t", "reading", ["box", "point", "t"])
    op.create_index("reading_box_t", "reading", ["box", "t"])
    op.create_table(
        "interval",
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("point", sa.String(24), primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("unit", sa.String(4), nullable=False),
        sa.Column("completeness", sa.Float, nullable=False),
    )
    op.create_table(
        "offer",
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("offer", sa.JSON, nullable=False),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("ttl_s", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("objective_eur", sa.Float, nullable=False),
        sa.Column("solve_s", sa.Float, nullable=False),
    )
    op.create_index("ix_plan_t", "plan", ["t"])
    op.create_index("ix_plan_start", "plan", ["start"])
    op.create_table(
        "plan_power",
        sa.Column("plan", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("actuator", sa.String(24), primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("power_w", sa.Integer, nullable=False),
    )
    op.create_table(
        "plan_box",
        sa.Column("plan", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("net_w", sa.Float, nullable=False),
    )
    op.create_table(
        "plan_feeder",
        sa.Column("plan", sa.Integer, primary_key=True),
        sa.Column("feeder", sa.String(64), primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("net_w", sa.Float, nullable=False),
        sa.Column("limit_w", sa.Float),
        sa.Column("shortfall_w", sa.Float, nullable=False),
        sa.Column("shadow_eur_mwh", sa.Float, nullable=False),
    )
    op.create_table(
        "reply",
        sa.Column("plan", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("accepted", sa.JSON, nullable=False),
        sa.Column("refused", sa.JSON, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), nullable=False),
        sa.Column("feeder_limit", sa.Integer, nullable=False),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.UniqueConstraint("box", "feeder_limit", name="event_once"),
    )
    op.create_table(
        "price",
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("announced", sa.BigInteger, primary_key=True),
        sa.Column("spot_eur_mwh", sa.Float, nullable=False),
    )
    op.create_table(
        "feeder_limit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feeder", sa.String(64), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("import_max_w", sa.Integer, nullable=False),
        sa.Column("announced", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "weather",
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("temp_mc", sa.Integer, nullable=False),
        sa.Column("ghi_w_m2", sa.Integer, nullable=False),
    )
