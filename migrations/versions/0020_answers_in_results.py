"""answers stand in the row of their result, receipts in the sitting's draft."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN = {"sqlite_where": sa.text("open = 1"), "postgresql_where": sa.text("open")}
PLACE = "id, subject_id, sitting_id, week"


def upgrade() -> None:
    op.execute("CREATE TABLE result_before AS SELECT * FROM result")
    op.drop_table("result")
    _create("result", _flag("open"), _sealed("answers"), _sealed("scores"))
    op.execute(
        f"INSERT INTO result ({PLACE}, open, answers, scores) "  # noqa: S608
        "SELECT r.id, r.subject_id, r.sitting_id, r.week, r.open, a.answers, r.scores "
        "FROM result_before r JOIN response a ON a.id = r.id ORDER BY r.id"
    )
    _index_results()
    for table in ("result_before", "response", "idempotency"):
        op.drop_table(table)


def downgrade() -> None:
    """Back to two rows; receipts stay in the drafts, which older programs pass over."""
    _create("response", _sealed("answers"))
    op.execute(f"INSERT INTO response ({PLACE}, answers) SELECT {PLACE}, answers FROM result ORDER BY id")  # noqa: S608
    op.execute(f"CREATE TABLE result_before AS SELECT {PLACE}, open, scores FROM result")  # noqa: S608
    op.drop_table("result")
    _create("result", _flag("open"), _sealed("scores"))
    op.execute(
        f"INSERT INTO result ({PLACE}, open, scores) SELECT {PLACE}, open, scores FROM result_before ORDER BY id"  # noqa: S608
    )
    op.drop_table("result_before")
    _index_results()
    op.create_table(
        "idempotency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_idempotency_week", "idempotency", ["week"], unique=False)


def _create(table: str, *more: sa.Column) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def _index_results() -> None:
    op.create_index("ix_result_subject_id", "result", ["subject_id"], unique=False)
    op.create_index("ix_result_open", "result", ["subject_id", "id"], unique=False, **OPEN)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _sealed(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=False)
