"""Backups, rehearsals, checks and restores: when, and what came of them."""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = ("backup", "rehearsal", "quick_check", "full_check", "restore")
STATES = ("running", "ok", "failed")


def upgrade() -> None:
    op.create_table(
        "keeping_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="keeping_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="keeping_state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("file", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("seen_at", crm.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping_run")),
    )
    op.create_index("ix_keeping_run_kind", "keeping_run", ["kind", "state", "id"])


def downgrade() -> None:
    op.drop_table("keeping_run")
