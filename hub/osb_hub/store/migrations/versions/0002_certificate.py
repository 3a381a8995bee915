"""How good each plan surely is, what it changed, and what is due to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBERS = (
    "lower_bound_eur",
    "gap",
    "gap_of_savings",
    "no_dispatch_eur",
    "realised_objective_eur",
    "change_wh",
    "change_eur",
    "due_eur",
)


def upgrade() -> None:
    """Plans that were made before have none of it: null."""
    op.add_column("plan", sa.Column("solver", sa.String(16)))
    for name in _NUMBERS:
        op.add_column("plan", sa.Column(name, sa.Float))
    op.create_table(
        "plan_due",
        sa.Column("plan", sa.Integer, primary_key=True),
        sa.Column("box", sa.String(32), primary_key=True),
        sa.Column("due_eur", sa.Float, nullable=False),
    )
