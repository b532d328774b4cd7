"""recovery of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("former_index", sa.LargeBinary(length=16), nullable=True))
    op.add_column("account", sa.Column("recovery", sa.LargeBinary(), nullable=True))
    op.create_index("ix_account_former_index", "account", ["former_index"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_account_former_index", table_name="account")
    op.drop_column("account", "recovery")
    op.drop_column("account", "former_index")
