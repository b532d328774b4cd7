"""unsent texts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("place_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsent_text")),
        sqlite_with_rowid=False,
    )
    for column in ("account_digest", "place_digest", "ends_at"):
        op.create_index(f"ix_unsent_text_{column}", "unsent_text", [column], unique=False)


def downgrade() -> None:
    op.drop_table("unsent_text")
