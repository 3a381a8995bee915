"""Limits of single homes and their evidence, terms, and who takes part in events."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Events that were told before have no answer: null."""
    op.add_column("event", sa.Column("answer", sa.String(8)))
    op.add_column("event", sa.Column("refusal", sa.String(16)))
    op.add_column("event", sa.Column("detail", sa.Text))
    op.create_table(
        "home_limit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), nullable=False, index=True),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("power_w", sa.Integer),
        sa.Column("until", sa.BigInteger),
        sa.Column("heartbeat_s", sa.Integer),
        sa.Column("fail_safe_w", sa.Integer, nullable=False),
        sa.Column("fail_safe_s", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "home_limit_reply",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), nullable=False, index=True),
        sa.Column("home_limit", sa.Integer),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("power_w", sa.Integer),
        sa.Column("until", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "terms",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), nullable=False, index=True),
        sa.Column("t", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("numbers", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("counter", sa.JSON),
        sa.Column("replied", sa.BigInteger),
        sa.Column("detail", sa.Text),
    )
