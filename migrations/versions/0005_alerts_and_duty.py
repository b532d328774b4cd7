"""alerts and duty."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.LargeBinary(length=16), nullable=False),
        sa.Column("log", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_alert_open",
        "alert",
        ["id"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_index(op.f("ix_alert_subject_id"), "alert", ["subject_id"], unique=False)
    op.create_index(
        "uq_alert_origin_open",
        "alert",
        ["origin"],
        unique=True,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_duty_shift_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    op.create_index(op.f("ix_duty_shift_starts"), "duty_shift", ["starts"], unique=False)
    op.create_index("uq_duty_shift_account_id_starts", "duty_shift", ["account_id", "starts"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_duty_shift_account_id_starts", table_name="duty_shift")
    op.drop_index(op.f("ix_duty_shift_starts"), table_name="duty_shift")
    op.drop_table("duty_shift")
    op.drop_index(
        "uq_alert_origin_open", table_name="alert", sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open")
    )
    op.drop_index(op.f("ix_alert_subject_id"), table_name="alert")
    op.drop_index(
        "ix_alert_open", table_name="alert", sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open")
    )
    op.drop_table("alert")
