"""caseload buckets, and indexes for staff, for cases as lists read them, and for receipts by week."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WHILE_OPEN = {"sqlite_where": sa.text("open = 1"), "postgresql_where": sa.text("open")}


def upgrade() -> None:
    op.create_table(
        "caseload_bucket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_bucket")),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_case_assignee_open", "case")
    op.create_index("ix_case_open", "case", ["assignee", "subject_id", "id", "version"], unique=False, **WHILE_OPEN)
    op.create_index("ix_account_role", "account", ["role"], unique=False)
    op.create_index("ix_idempotency_week", "idempotency", ["week"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_idempotency_week", "idempotency")
    op.drop_index("ix_account_role", "account")
    op.drop_index("ix_case_open", "case")
    op.create_index("ix_case_assignee_open", "case", ["assignee"], unique=False, **WHILE_OPEN)
    op.drop_table("caseload_bucket")
