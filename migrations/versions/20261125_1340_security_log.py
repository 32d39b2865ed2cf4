"""Where each entry of the journal came from; counts of what went wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = ("error", "job", "csp")


def upgrade() -> None:
    # Not in a batch, which would copy the table: its triggers stay, and a long journal is not rewritten.
    op.add_column("journal_entry", sa.Column("ip", sa.String(length=45), nullable=False, server_default=""))
    op.add_column("journal_entry", sa.Column("session", sa.String(length=8), nullable=False, server_default=""))
    op.create_index("ix_journal_entry_type", "journal_entry", ["practice_id", "type", "at"])
    op.create_table(
        "trouble_count",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="trouble_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("on", "kind", "place", name=op.f("pk_trouble_count")),
    )


def downgrade() -> None:
    op.drop_table("trouble_count")
    op.drop_index("ix_journal_entry_type", table_name="journal_entry")
    op.drop_column("journal_entry", "session")
    op.drop_column("journal_entry", "ip")
