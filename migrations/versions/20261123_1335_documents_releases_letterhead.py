"""Documents and their deliveries, releases, the letterhead."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_words",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_letter_words_practice_id_practice")),
        sa.PrimaryKeyConstraint("practice_id", "key", name=op.f("pk_letter_words")),
    )
    op.create_table(
        "client_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_client_release_days")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_release_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_client_release_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_client_release_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_release")),
    )
    with op.batch_alter_table("client_release", schema=None) as batch_op:
        batch_op.create_index("ix_client_release_client", ["client_id", "source_id"], unique=False)
        batch_op.create_index("ix_client_release_source", ["source_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "approved",
                "discarded",
                name="document_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("task_key", sa.String(length=120), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_document_version")),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_document_approved_by_user")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_document_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_document_created_by_user")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_document_practice_id_practice")),
        sa.ForeignKeyConstraint(["replaces_id"], ["document.id"], name=op.f("fk_document_replaces_id_document")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_document_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("uuid", name=op.f("uq_document_uuid")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_client", ["client_id"], unique=False)
        batch_op.create_index("ix_document_practice", ["practice_id", "state", "updated_at"], unique=False)
        batch_op.create_index("ix_document_source", ["source_id"], unique=False)
        batch_op.create_index("ix_document_task", ["practice_id", "task_key"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "fax",
                "letter",
                "portal",
                "hand",
                "phone",
                "visit",
                name="delivery_channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "cancelled",
                name="delivery_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("to_address", sa.String(length=400), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column(
            "proof",
            sa.Enum(
                "",
                "fax_receipt",
                "portal",
                "in_person",
                "front_desk",
                "in_chart",
                name="delivery_proof",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proof_to", sa.String(length=120), nullable=False),
        sa.Column("proof_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_delivery_created_by_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_delivery_document_id_document"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name=op.f("fk_delivery_message_id_outbox_message")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_delivery_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["client_release.id"], name=op.f("fk_delivery_release_id_client_release")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_delivery_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_document", ["document_id"], unique=False)
        batch_op.create_index("ix_delivery_message", ["message_id"], unique=False)
        batch_op.create_index("ix_delivery_practice", ["practice_id", "state", "channel"], unique=False)
        batch_op.create_index("ix_delivery_source", ["source_id", "sent_at"], unique=False)

    op.create_table(
        "document_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_file_document_id_document"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_file")),
        sa.UniqueConstraint("uuid", name=op.f("uq_document_file_uuid")),
    )
    with op.batch_alter_table("document_file", schema=None) as batch_op:
        batch_op.create_index("ix_document_file_document", ["document_id", "position"], unique=True)

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unsubscribe", sa.String(length=300), nullable=False, server_default=""))

    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("street", sa.String(length=160), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("city", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("state", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("zip", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("phone", sa.String(length=32), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("fax", sa.String(length=32), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("email", sa.String(length=254), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("role_title", sa.String(length=80), nullable=False, server_default="Medical Exercise Specialist")
        )
        batch_op.add_column(sa.Column("serves", sa.String(length=160), nullable=False, server_default="adults"))
        batch_op.add_column(sa.Column("fax_gateway", sa.String(length=120), nullable=False, server_default=""))

    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("licence", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("has_doctorate", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("has_doctorate")
        batch_op.drop_column("licence")

    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_column("fax_gateway")
        batch_op.drop_column("serves")
        batch_op.drop_column("role_title")
        batch_op.drop_column("email")
        batch_op.drop_column("fax")
        batch_op.drop_column("phone")
        batch_op.drop_column("zip")
        batch_op.drop_column("state")
        batch_op.drop_column("city")
        batch_op.drop_column("street")

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("unsubscribe")

    with op.batch_alter_table("document_file", schema=None) as batch_op:
        batch_op.drop_index("ix_document_file_document")

    op.drop_table("document_file")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_source")
        batch_op.drop_index("ix_delivery_practice")
        batch_op.drop_index("ix_delivery_message")
        batch_op.drop_index("ix_delivery_document")

    op.drop_table("delivery")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index("ix_document_task")
        batch_op.drop_index("ix_document_source")
        batch_op.drop_index("ix_document_practice")
        batch_op.drop_index("ix_document_client")

    op.drop_table("document")
    with op.batch_alter_table("client_release", schema=None) as batch_op:
        batch_op.drop_index("ix_client_release_source")
        batch_op.drop_index("ix_client_release_client")

    op.drop_table("client_release")
    op.drop_table("letter_words")
