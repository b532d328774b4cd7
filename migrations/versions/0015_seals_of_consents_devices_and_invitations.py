"""seals of consents, devices and invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("challenge", "consent", "invitation", "known_device")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("seal", sa.LargeBinary(), nullable=True))
    # Challenges live for half an hour at most: those without a seal go.
    op.execute("DELETE FROM challenge")


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "seal")
