"""A practice's own terms for the scope check."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scope_terms", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("scope_relaxed", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_column("scope_relaxed")
        batch_op.drop_column("scope_terms")
