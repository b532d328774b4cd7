"""triage buckets, and an index of open results that both databases use."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "triage_bucket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_bucket")),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_result_open_week", "result")
    op.create_index(
        "ix_result_open",
        "result",
        ["subject_id", "id"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )


def downgrade() -> None:
    op.drop_index("ix_result_open", "result")
    op.create_index(
        "ix_result_open_week",
        "result",
        ["week"],
        unique=False,
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    op.drop_table("triage_bucket")
