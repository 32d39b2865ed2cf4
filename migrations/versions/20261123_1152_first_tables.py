"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("channel_paused", sa.String(length=300), nullable=False),
        sa.Column("channel_next_at", sa.DateTime(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("cutoff", sa.String(length=5), nullable=False),
        sa.Column("office_per_week", sa.Integer(), nullable=False),
        sa.Column("closed_days", sa.JSON(), nullable=False),
        sa.Column("work_days", sa.String(length=7), nullable=False),
        sa.Column("next_client", sa.Integer(), nullable=False),
        sa.Column("task_revision", sa.Integer(), nullable=False),
        sa.Column("replanned_on", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("office_per_week BETWEEN 1 AND 20", name=op.f("ck_practice_office_per_week")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        sa.UniqueConstraint("uuid", name=op.f("uq_practice_uuid")),
    )
    op.create_table(
        "role",
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("permissions", sa.UnicodeText(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "checked",
                "done",
                "undone",
                name="batch_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("checked_rows", sa.Integer(), nullable=False),
        sa.Column("total_rows", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_import_batch_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index("ix_import_batch_practice", ["practice_id", "id"], unique=False)

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "digest", "letter", "notice", name="message_kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "claimed",
                "in_data",
                "sent",
                "retry",
                "failed",
                "held",
                "unknown",
                "cancelled",
                name="message_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("reply", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_message_attempts")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_outbox_message_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_practice", ["practice_id", "state", "id"], unique=False)
        batch_op.create_index("ix_outbox_message_state_next", ["state", "next_at"], unique=False)

    op.create_table(
        "user",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column(
            "theme",
            sa.Enum("system", "light", "dark", name="theme", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("digest_hour", sa.String(length=5), nullable=False),
        sa.Column("digest_on", sa.Boolean(), nullable=False),
        sa.Column("create_datetime", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False),
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(), nullable=True),
        sa.Column("current_login_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_ip", sa.String(length=64), nullable=True),
        sa.Column("current_login_ip", sa.String(length=64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_phone_number", sa.String(length=128), nullable=True),
        sa.Column("us_totp_secrets", sa.Text(), nullable=True),
        sa.Column("us_phone_number", sa.String(length=128), nullable=True),
        sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_user_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_user_fs_webauthn_user_handle")),
        sa.UniqueConstraint("us_phone_number", name=op.f("uq_user_us_phone_number")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hide_sources", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(), nullable=True),
        sa.Column("fetched_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_calendar_feed_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_calendar_feed_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_feed_user", ["user_id"], unique=False)

    op.create_table(
        "digest_day",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_day_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "on", name=op.f("pk_digest_day")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(happened_at IS NULL) <> (happened_on IS NULL)", name=op.f("ck_journal_entry_one_moment")),
        sa.ForeignKeyConstraint(["actor"], ["user.id"], name=op.f("fk_journal_entry_actor_user")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_journal_entry_practice_id_practice")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index("ix_journal_entry_client", ["practice_id", "client_id", "seq"], unique=False)
        batch_op.create_index("ix_journal_entry_source", ["practice_id", "source_id", "seq"], unique=False)
        batch_op.create_index("ix_journal_entry_undoes", ["undoes"], unique=False)

    op.create_table(
        "office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("street", sa.String(length=160), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("zip", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("fax", sa.String(length=32), nullable=False),
        sa.Column("hours", sa.String(length=160), nullable=False),
        sa.Column("closed_weekdays", sa.String(length=7), nullable=False),
        sa.Column("closed_days", sa.JSON(), nullable=False),
        sa.Column("match_key", sa.String(length=200), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_office_batch_id_import_batch"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_office_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.create_index("ix_office_batch", ["batch_id"], unique=False)
        batch_op.create_index("ix_office_practice_match", ["practice_id", "match_key"], unique=False)
        batch_op.create_index("ix_office_practice_name", ["practice_id", "name"], unique=False)

    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_roles_users_role_id_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_roles_users_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_roles_users")),
    )
    op.create_table(
        "setup_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_setup_link_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_setup_link_token_hash")),
    )
    op.create_table(
        "entry_note",
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_seq"], ["journal_entry.seq"], name=op.f("fk_entry_note_entry_seq_journal_entry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_seq", name=op.f("pk_entry_note")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("middle_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("suffix", sa.String(length=20), nullable=False),
        sa.Column(
            "credential",
            sa.Enum(
                "MD",
                "DO",
                "DPM",
                "NP",
                "PA",
                "PT",
                "DPT",
                "OT",
                "DC",
                "RN",
                "CM",
                "OTHER",
                name="credential",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("credentials_text", sa.String(length=80), nullable=False),
        sa.Column("specialty", sa.String(length=80), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=True),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", name="grade", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "fax", "portal", "email", "letter", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("fax", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("report_days", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("sort_name", sa.String(length=180), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=True),
        sa.Column(
            "lane",
            sa.Enum(
                "0",
                "1",
                "2",
                "3",
                "4",
                "5",
                "parked",
                name="lane",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("step_since", sa.Date(), nullable=True),
        sa.Column("wake_on", sa.Date(), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_source_batch_id_import_batch"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_source_office_id_office")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_source_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("practice_id", "npi", name=op.f("uq_source_practice_id_npi")),
    )
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.create_index("ix_source_batch", ["batch_id"], unique=False)
        batch_op.create_index("ix_source_board", ["practice_id", "lane", "next_due_on", "id"], unique=False)
        batch_op.create_index(
            "ix_source_board_days", ["practice_id", "added_on", "lane", "step_since", "next_due_on"], unique=False
        )
        batch_op.create_index(
            "ix_source_board_idle", ["practice_id", "lane", "next_due_on", "added_on", "id"], unique=False
        )
        batch_op.create_index("ix_source_office", ["office_id"], unique=False)
        batch_op.create_index("ix_source_practice_contact", ["practice_id", "last_contact_on", "id"], unique=False)
        batch_op.create_index("ix_source_practice_due", ["practice_id", "next_due_on", "id"], unique=False)
        batch_op.create_index("ix_source_practice_grade", ["practice_id", "grade", "sort_name"], unique=False)
        batch_op.create_index("ix_source_practice_name", ["practice_id", "sort_name", "id"], unique=False)
        batch_op.create_index("ix_source_practice_specialty", ["practice_id", "specialty", "sort_name"], unique=False)

    op.create_table(
        "background_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("found_at", sa.String(length=300), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_background_fact_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_background_fact_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_fact")),
    )
    with op.batch_alter_table("background_fact", schema=None) as batch_op:
        batch_op.create_index("ix_background_fact_source", ["source_id"], unique=False)

    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column(
            "client_class",
            sa.Enum(
                "post_rehab",
                "medical_exercise",
                "corrective",
                "maintenance",
                name="client_class",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "referred",
                "active",
                "paused",
                "discharged",
                name="client_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_client_practice_id_practice")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_client_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("practice_id", "code", name=op.f("uq_client_practice_id_code")),
        sa.UniqueConstraint("uuid", name=op.f("uq_client_uuid")),
    )
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.create_index("ix_client_source", ["source_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "office_manager",
                "front_desk",
                "referral_coordinator",
                "nurse",
                "other",
                name="contact_role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_contact_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_contact_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_source", ["source_id"], unique=False)

    op.create_table(
        "source_term",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_source_term_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_term_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice_id", "term", "source_id", name=op.f("pk_source_term")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("source_term", schema=None) as batch_op:
        batch_op.create_index("ix_source_term_source", ["source_id"], unique=False)

    op.create_table(
        "step_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=True),
        sa.Column("from_lane", sa.String(length=12), nullable=False),
        sa.Column("to_lane", sa.String(length=12), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_step_change_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_step_change_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_change")),
    )
    with op.batch_alter_table("step_change", schema=None) as batch_op:
        batch_op.create_index("ix_step_change_source", ["source_id", "id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "fax",
                "letter",
                "email",
                "portal",
                "by_hand",
                "phone",
                name="referral_method",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_written", sa.Boolean(), nullable=False),
        sa.Column("has_wording", sa.Boolean(), nullable=False),
        sa.Column("has_diagnosis", sa.Boolean(), nullable=False),
        sa.Column("has_transition", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("form_key", sa.String(length=36), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_referral_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_referral_practice_id_practice")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_referral_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("form_key", name=op.f("uq_referral_form_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_referral_uuid")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index("ix_referral_client", ["client_id"], unique=False)
        batch_op.create_index("ix_referral_source", ["source_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "done",
                "cancelled",
                "suppressed",
                name="task_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("template", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=140), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("trigger_on", sa.Date(), nullable=True),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("snoozed", sa.Integer(), nullable=False),
        sa.Column("manual_kind", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_task_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_task_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_task_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("practice_id", "key", name=op.f("uq_task_practice_id_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_task_uuid")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_client", ["client_id", "status", "due"], unique=False)
        batch_op.create_index("ix_task_done", ["practice_id", "done_at"], unique=False)
        batch_op.create_index("ix_task_practice_status_due", ["practice_id", "status", "due"], unique=False)
        batch_op.create_index("ix_task_source", ["source_id", "status", "due"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("visit_on", sa.Date(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_visit_client_id_client"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_visit_practice_id_practice")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_visit_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_client", ["client_id", "visit_on"], unique=False)
        batch_op.create_index("ix_visit_source", ["source_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE FUNCTION journal_entry_keep() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' AND OLD.sample THEN RETURN OLD; END IF;
              RAISE EXCEPTION 'the journal is append-only';
            END $$"""
        )
        op.execute(
            """CREATE TRIGGER journal_entry_keep BEFORE UPDATE OR DELETE ON journal_entry
            FOR EACH ROW EXECUTE FUNCTION journal_entry_keep()"""
        )
    else:
        op.execute(
            """CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
        )
        op.execute(
            """CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry WHEN NOT OLD.sample
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
        )


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_source")
        batch_op.drop_index("ix_visit_client")

    op.drop_table("visit")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_source")
        batch_op.drop_index("ix_task_practice_status_due")
        batch_op.drop_index("ix_task_done")
        batch_op.drop_index("ix_task_client")

    op.drop_table("task")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_source")
        batch_op.drop_index("ix_referral_client")

    op.drop_table("referral")
    with op.batch_alter_table("step_change", schema=None) as batch_op:
        batch_op.drop_index("ix_step_change_source")

    op.drop_table("step_change")
    with op.batch_alter_table("source_term", schema=None) as batch_op:
        batch_op.drop_index("ix_source_term_source")

    op.drop_table("source_term")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_source")

    op.drop_table("contact")
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_index("ix_client_source")

    op.drop_table("client")
    with op.batch_alter_table("background_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_background_fact_source")

    op.drop_table("background_fact")
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_index("ix_source_practice_specialty")
        batch_op.drop_index("ix_source_practice_name")
        batch_op.drop_index("ix_source_practice_grade")
        batch_op.drop_index("ix_source_practice_due")
        batch_op.drop_index("ix_source_practice_contact")
        batch_op.drop_index("ix_source_office")
        batch_op.drop_index("ix_source_board_idle")
        batch_op.drop_index("ix_source_board_days")
        batch_op.drop_index("ix_source_board")
        batch_op.drop_index("ix_source_batch")

    op.drop_table("source")
    op.drop_table("entry_note")
    op.drop_table("setup_link")
    op.drop_table("roles_users")
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_index("ix_office_practice_name")
        batch_op.drop_index("ix_office_practice_match")
        batch_op.drop_index("ix_office_batch")

    op.drop_table("office")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entry_undoes")
        batch_op.drop_index("ix_journal_entry_source")
        batch_op.drop_index("ix_journal_entry_client")

    op.drop_table("journal_entry")
    op.drop_table("digest_day")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_feed_user")

    op.drop_table("calendar_feed")
    op.drop_table("user")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_state_next")
        batch_op.drop_index("ix_outbox_message_practice")

    op.drop_table("outbox_message")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_import_batch_practice")

    op.drop_table("import_batch")
    op.drop_table("role")
    op.drop_table("practice")
    op.drop_table("heartbeat")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION journal_entry_keep()")
