"""seals of rows that open a door."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("seal", sa.LargeBinary(), nullable=True))
    # Sessions say more in their sealed value than before: everybody signs in once more.
    op.execute("DELETE FROM signed_in_session")


def downgrade() -> None:
    op.execute("DELETE FROM signed_in_session")
    op.drop_column("account", "seal")
