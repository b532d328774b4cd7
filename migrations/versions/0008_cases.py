"""cases."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("assignee", sa.Uuid(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_case_assignee_open",
        "case",
        ["assignee"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_index("ix_case_subject_id", "case", ["subject_id"], unique=False)
    op.create_index(
        "uq_case_subject_id_open",
        "case",
        ["subject_id"],
        unique=True,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "case_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("once", sa.LargeBinary(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
        sa.UniqueConstraint("once", name=op.f("uq_case_entry_once")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_entry_case_id", "case_entry", ["case_id"], unique=False)
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recommendation_case_id", "recommendation", ["case_id"], unique=False)
    op.create_index(
        "ix_recommendation_subject_id_open",
        "recommendation",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_recommendation_subject_id_open",
        table_name="recommendation",
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.drop_index("ix_recommendation_case_id", table_name="recommendation")
    op.drop_table("recommendation")
    op.drop_index("ix_case_entry_case_id", table_name="case_entry")
    op.drop_table("case_entry")
    op.drop_index(
        "uq_case_subject_id_open", table_name="case", sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open")
    )
    op.drop_index("ix_case_subject_id", table_name="case")
    op.drop_index(
        "ix_case_assignee_open", table_name="case", sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open")
    )
    op.drop_table("case")
