"""the audit log shows nothing but its order; what it showed is put aside until ``flask prepare`` has sealed it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMED = sa.text("target IS NOT NULL")


def upgrade() -> None:
    is_empty = op.get_bind().scalar(sa.text("SELECT count(*) FROM audit_entry")) == 0
    if not is_empty:
        op.execute("CREATE TABLE audit_entry_plain AS SELECT * FROM audit_entry")
    op.drop_table("audit_entry")
    op.create_table(
        "audit_entry",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("act", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_mention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.LargeBinary(length=16), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_mention")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_audit_mention_about_week", "audit_mention", ["about", "week"], unique=False)
    if not is_empty:
        op.execute("INSERT INTO audit_entry (seq, id, digest) SELECT seq, id, digest FROM audit_entry_plain ORDER BY seq")
        op.create_index("ix_audit_entry_plain_seq", "audit_entry_plain", ["seq"])


def downgrade() -> None:
    """Back to plain columns, without what was sealed meanwhile: without keys it cannot be read."""
    op.drop_table("audit_mention")
    op.drop_table("audit_entry")
    op.execute("DROP TABLE IF EXISTS audit_entry_plain")
    op.create_table(
        "audit_entry",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.LargeBinary(length=16), nullable=False),
        sa.Column("target", sa.LargeBinary(length=16), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_action_seq", "audit_entry", ["action", "seq"], unique=False)
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"], unique=False)
    op.create_index(
        "ix_audit_entry_target", "audit_entry", ["target"], sqlite_where=NAMED, postgresql_where=NAMED, unique=False
    )
