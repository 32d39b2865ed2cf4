"""What a practice says of itself, its setup plan and readiness, papers, skills, goals, lunches in detail, gifts."""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_goal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("referrals", sa.Integer(), nullable=True),
        sa.Column("retention", sa.Integer(), nullable=True),
        sa.Column("revenue_cents", sa.Integer(), nullable=True),
        sa.Column("earned_cents", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_month_goal_practice_id_practice")),
        sa.PrimaryKeyConstraint("practice_id", "month", name=op.f("pk_month_goal")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "certification",
                "cpr",
                "liability",
                "licence",
                "other",
                name="paper_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("remind_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("remind_days BETWEEN 1 AND 365", name=op.f("ck_paper_remind_days")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_paper_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index("ix_paper_practice", "paper", ["practice_id", "expires_on"])

    op.create_table(
        "plan_day",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("at", crm.db.UtcDateTime(), nullable=False),
        sa.CheckConstraint("day BETWEEN 1 AND 30", name=op.f("ck_plan_day_day")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_plan_day_practice_id_practice")),
        sa.PrimaryKeyConstraint("practice_id", "day", name=op.f("pk_plan_day")),
    )
    op.create_table(
        "practice_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_text_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_text")),
        sa.UniqueConstraint("practice_id", "kind", name=op.f("uq_practice_text_practice_id_kind")),
    )
    op.create_table(
        "readiness_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("gates", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", crm.db.UtcDateTime(), nullable=False),
        sa.CheckConstraint("total BETWEEN 0 AND 100", name=op.f("ck_readiness_check_total")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_readiness_check_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_check")),
    )
    op.create_index("ix_readiness_check_practice", "readiness_check", ["practice_id", "on", "id"])

    op.create_table(
        "setup_plan",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("every_day", sa.Boolean(), nullable=False),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_setup_plan_practice_id_practice")),
        sa.PrimaryKeyConstraint("practice_id", name=op.f("pk_setup_plan")),
    )
    op.create_table(
        "skill_mark",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_skill_mark_practice_id_practice")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_skill_mark_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("practice_id", "user_id", "skill", name=op.f("pk_skill_mark")),
    )
    op.create_table(
        "lunch_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("lunch", sa.String(length=12), nullable=False),
        sa.Column("topic", sa.String(length=160), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.Column("diets", sa.String(length=300), nullable=False),
        sa.Column("order_text", sa.String(length=300), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_lunch_plan_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_lunch_plan_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lunch_plan")),
        sa.UniqueConstraint("source_id", "lunch", name=op.f("uq_lunch_plan_source_id_lunch")),
    )
    op.create_table(
        "gift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("meal", "gift", name="gift_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=160), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_gift_cents")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_gift_contact_id_contact"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["lunch_plan.id"], name=op.f("fk_gift_plan_id_lunch_plan"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_gift_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_gift_source_id_source"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
    )
    op.create_index("ix_gift_practice", "gift", ["practice_id", "on"])

    op.create_table(
        "lunch_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("guest_source_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_lunch_guest_contact_id_contact"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["guest_source_id"], ["source.id"], name=op.f("fk_lunch_guest_guest_source_id_source"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["lunch_plan.id"], name=op.f("fk_lunch_guest_plan_id_lunch_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lunch_guest")),
    )
    op.create_index("ix_lunch_guest_plan", "lunch_guest", ["plan_id"])

    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gift_limit_cents", sa.Integer(), nullable=False, server_default="10000"))

    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("volume", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("top_rank", sa.Integer(), nullable=True))
        batch_op.create_check_constraint("volume", "volume BETWEEN 0 AND 3")
        batch_op.create_check_constraint("top_rank", "top_rank BETWEEN 1 AND 3")
        batch_op.create_unique_constraint(op.f("uq_source_practice_id_top_rank"), ["practice_id", "top_rank"])


def downgrade() -> None:
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_source_practice_id_top_rank"), type_="unique")
        batch_op.drop_constraint("top_rank", type_="check")
        batch_op.drop_constraint("volume", type_="check")
        batch_op.drop_column("top_rank")
        batch_op.drop_column("volume")

    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_column("gift_limit_cents")

    op.drop_table("lunch_guest")
    op.drop_table("gift")
    op.drop_table("lunch_plan")
    op.drop_table("skill_mark")
    op.drop_table("setup_plan")
    op.drop_table("readiness_check")
    op.drop_table("practice_text")
    op.drop_table("plan_day")
    op.drop_table("paper")
    op.drop_table("month_goal")
