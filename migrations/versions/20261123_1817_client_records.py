"""Client records: sheets, sessions, measures, goals, red flags; the ledger of erased clients."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("erased_at", sa.DateTime(), nullable=False),
        sa.Column("erased_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["erased_by"], ["user.id"], name=op.f("fk_erasure_erased_by_user")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_erasure_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_erasure_client_uuid")),
    )
    op.create_table(
        "client_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "person",
                "health",
                "gate",
                "plan",
                "criteria",
                name="client_sheet_part",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_sheet_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_client_sheet_practice_id_practice")),
        sa.ForeignKeyConstraint(["saved_by"], ["user.id"], name=op.f("fk_client_sheet_saved_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_sheet")),
        sa.UniqueConstraint("uuid", name=op.f("uq_client_sheet_uuid")),
    )
    with op.batch_alter_table("client_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_client_sheet_client", ["client_id", "part", "id"], unique=False)

    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "met",
                "not_met",
                "dropped",
                name="goal_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("days IN (30, 90)", name=op.f("ck_goal_days")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_goal_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_goal_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("uuid", name=op.f("uq_goal_uuid")),
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.create_index("ix_goal_client", ["client_id", "due_on"], unique=False)

    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_measurement_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_measurement_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["measurement.id"], name=op.f("fk_measurement_replaces_id_measurement"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint("uuid", name=op.f("uq_measurement_uuid")),
    )
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index("ix_measurement_client", ["client_id", "taken_on"], unique=False)

    op.create_table(
        "red_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("lifted_seq", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_red_flag_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_red_flag_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_flag")),
        sa.UniqueConstraint("uuid", name=op.f("uq_red_flag_uuid")),
    )
    with op.batch_alter_table("red_flag", schema=None) as batch_op:
        batch_op.create_index("ix_red_flag_client", ["client_id", "raised_on"], unique=False)

    op.create_table(
        "session_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column(
            "attendance",
            sa.Enum(
                "attended",
                "missed",
                "cancelled",
                name="session_attendance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("form_key", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_session_log_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_session_log_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_log")),
        sa.UniqueConstraint("form_key", name=op.f("uq_session_log_form_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_session_log_uuid")),
    )
    with op.batch_alter_table("session_log", schema=None) as batch_op:
        batch_op.create_index("ix_session_log_client", ["client_id", "held_on"], unique=False)

    op.create_table(
        "treating_provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_treating_provider_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_treating_provider_practice_id_practice")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_treating_provider_source_id_source"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treating_provider")),
        sa.UniqueConstraint("uuid", name=op.f("uq_treating_provider_uuid")),
    )
    with op.batch_alter_table("treating_provider", schema=None) as batch_op:
        batch_op.create_index("ix_treating_provider_client", ["client_id"], unique=False)
        batch_op.create_index("ix_treating_provider_source", ["source_id"], unique=False)

    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_hold", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    # SQLite would copy the table for it, and dropping the old one takes along what hangs on it.
    op.execute("ALTER TABLE client DROP COLUMN on_hold")

    with op.batch_alter_table("treating_provider", schema=None) as batch_op:
        batch_op.drop_index("ix_treating_provider_source")
        batch_op.drop_index("ix_treating_provider_client")

    op.drop_table("treating_provider")
    with op.batch_alter_table("session_log", schema=None) as batch_op:
        batch_op.drop_index("ix_session_log_client")

    op.drop_table("session_log")
    with op.batch_alter_table("red_flag", schema=None) as batch_op:
        batch_op.drop_index("ix_red_flag_client")

    op.drop_table("red_flag")
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.drop_index("ix_measurement_client")

    op.drop_table("measurement")
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.drop_index("ix_goal_client")

    op.drop_table("goal")
    with op.batch_alter_table("client_sheet", schema=None) as batch_op:
        batch_op.drop_index("ix_client_sheet_client")

    op.drop_table("client_sheet")
    op.drop_table("erasure")
