"""staff by role and unit: an index that finds the staff of a branch without its workers."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_account_role", "account")
    op.create_index("ix_account_role_unit_id", "account", ["role", "unit_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_account_role_unit_id", "account")
    op.create_index("ix_account_role", "account", ["role"], unique=False)
