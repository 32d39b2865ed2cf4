"""The chain of the journal, choices for digest and feeds, used action links."""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = ("all", "reports", "calls", "lunches")


def upgrade() -> None:
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=4), nullable=False),
        sa.Column("at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_journal_head_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    op.create_index("ix_journal_head_practice", "journal_head", ["practice_id", "seq"], unique=True)
    op.create_table(
        "action_use",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_seq"], ["journal_entry.seq"], name=op.f("fk_action_use_entry_seq_journal_entry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_action_use_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_action_use")),
    )
    # No batch here: it would make the table anew, without the triggers that guard it.
    op.add_column("journal_entry", sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
    op.create_index("ix_journal_entry_practice", "journal_entry", ["practice_id", "seq"])
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_days", sa.String(length=7), nullable=False, server_default="12345"))
        batch_op.add_column(sa.Column("digest_paused_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("digest_when_empty", sa.Boolean(), nullable=False, server_default=sa.false()))
    kind = sa.Enum(*KINDS, name="feed_kind", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", kind, nullable=False, server_default="all"))
        batch_op.add_column(sa.Column("days_back", sa.Integer(), nullable=False, server_default="90"))
        batch_op.add_column(sa.Column("days_ahead", sa.Integer(), nullable=False, server_default="370"))
    # The journal speaks of an erased client by a number: SQLite must not give it again.
    with op.batch_alter_table(
        "client", schema=None, recreate="auto" if op.get_bind().dialect.name == "postgresql" else "always",
        table_kwargs={"sqlite_autoincrement": True},
    ):  # fmt: skip
        pass
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE FUNCTION journal_head_keep() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"""
        )
        op.execute(
            """CREATE TRIGGER journal_head_keep BEFORE UPDATE OR DELETE ON journal_head
            FOR EACH ROW EXECUTE FUNCTION journal_head_keep()"""
        )
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"""CREATE TRIGGER journal_head_no_{what.lower()} BEFORE {what} ON journal_head
                BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
            )


def downgrade() -> None:
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_constraint("feed_kind", type_="check")
        for column in ("days_ahead", "days_back", "kind"):
            batch_op.drop_column(column)
    with op.batch_alter_table("user", schema=None) as batch_op:
        for column in ("digest_when_empty", "digest_paused_until", "digest_days"):
            batch_op.drop_column(column)
    op.drop_index("ix_journal_entry_practice", "journal_entry")
    op.execute("ALTER TABLE journal_entry DROP COLUMN digest")
    op.drop_table("action_use")
    op.drop_table("journal_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION journal_head_keep()")
