"""Sessions on the server, passkeys, the throttle of all secrets, known devices, what a one-time link is for."""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PURPOSES = ("owner", "invitation", "reset")


def upgrade() -> None:
    op.create_table(
        "webauthn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=True),
        sa.Column("transports", sa.Text(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("create_datetime", crm.db.UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("lastuse_datetime", crm.db.UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_webauthn_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webauthn")),
    )
    op.create_index("ix_webauthn_credential_id", "webauthn", ["credential_id"], unique=True)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=120), nullable=False),
        sa.Column("created_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("seen_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("expires_at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_user_session_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index("ix_user_session_user", "user_session", ["user_id"])
    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("seen_at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_known_device_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("user_id", "mark", name=op.f("uq_known_device_user_id_mark")),
    )
    op.create_table(
        "throttle",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("last_at", crm.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_throttle")),
    )
    purpose = sa.Enum(*PURPOSES, name="link_purpose", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table("setup_link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", purpose, nullable=False, server_default="owner"))
    op.execute("UPDATE setup_link SET purpose = 'invitation' WHERE user_id IS NOT NULL")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("idle_minutes", sa.Integer(), nullable=False, server_default="20"))
        batch_op.add_column(sa.Column("tf_last_counter", sa.Integer(), nullable=True))
        batch_op.create_check_constraint("idle_minutes", "idle_minutes BETWEEN 5 AND 60")


def downgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_constraint("idle_minutes", type_="check")
        batch_op.drop_column("tf_last_counter")
        batch_op.drop_column("idle_minutes")
    with op.batch_alter_table("setup_link", schema=None) as batch_op:
        batch_op.drop_constraint("link_purpose", type_="check")
        batch_op.drop_column("purpose")
    for table in ("throttle", "known_device", "user_session", "webauthn"):
        op.drop_table(table)
