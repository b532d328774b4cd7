"""subjects and their tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subject_ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holds", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_ticket")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("subject_ticket")
    op.drop_table("subject")
