"""lectures and bookings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lecturer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lecturer_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lecturer")),
    )
    op.create_index(op.f("ix_lecturer_unit_id"), "lecturer", ["unit_id"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("target_lectures", sa.Integer(), nullable=False),
        sa.Column("target_participants", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_series_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index(op.f("ix_series_unit_id"), "series", ["unit_id"], unique=False)
    op.create_table(
        "venue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_venue_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
    )
    op.create_index(op.f("ix_venue_unit_id"), "venue", ["unit_id"], unique=False)
    op.create_table(
        "lecture",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("lecturer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("LECTURE", "WORKSHOP", "GROUP", name="lecturekind", native_enum=False, length=12),
            nullable=False,
        ),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("for_units", sa.Text(), nullable=False),
        sa.Column("for_occupations", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Text(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "opens_at < closes_at AND closes_at <= starts_at", name=op.f("ck_lecture_window_before_start")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_lecture_starts_before_it_ends")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_lecture_taken_within_capacity")),
        sa.ForeignKeyConstraint(["lecturer_id"], ["lecturer.id"], name=op.f("fk_lecture_lecturer_id_lecturer")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_lecture_series_id_series")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lecture_unit_id_unit")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_lecture_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lecture")),
    )
    op.create_index("ix_lecture_lecturer_id_starts_at", "lecture", ["lecturer_id", "starts_at"], unique=False)
    op.create_index("ix_lecture_series_id_starts_at", "lecture", ["series_id", "starts_at"], unique=False)
    op.create_index("ix_lecture_starts_at_id", "lecture", ["starts_at", "id"], unique=False)
    op.create_index(op.f("ix_lecture_unit_id"), "lecture", ["unit_id"], unique=False)
    op.create_index("ix_lecture_venue_id_starts_at", "lecture", ["venue_id", "starts_at"], unique=False)
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lecture_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "BOOKED",
                "WAITING",
                "CANCELLED",
                "ATTENDED",
                "ABSENT",
                name="bookingstate",
                native_enum=False,
                length=12,
            ),
            nullable=False,
        ),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'WAITING') = (turn IS NOT NULL)", name=op.f("ck_booking_only_the_waiting_have_a_turn")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_booking_account_id_account")),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_booking_lecture_id_lecture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("lecture_id", "account_id", name=op.f("uq_booking_lecture_id")),
    )
    op.create_index(op.f("ix_booking_account_id"), "booking", ["account_id"], unique=False)
    op.create_index("ix_booking_lecture_id_state_turn", "booking", ["lecture_id", "state", "turn"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_booking_lecture_id_state_turn", table_name="booking")
    op.drop_index(op.f("ix_booking_account_id"), table_name="booking")
    op.drop_table("booking")
    op.drop_index("ix_lecture_venue_id_starts_at", table_name="lecture")
    op.drop_index(op.f("ix_lecture_unit_id"), table_name="lecture")
    op.drop_index("ix_lecture_starts_at_id", table_name="lecture")
    op.drop_index("ix_lecture_series_id_starts_at", table_name="lecture")
    op.drop_index("ix_lecture_lecturer_id_starts_at", table_name="lecture")
    op.drop_table("lecture")
    op.drop_index(op.f("ix_venue_unit_id"), table_name="venue")
    op.drop_table("venue")
    op.drop_index(op.f("ix_series_unit_id"), table_name="series")
    op.drop_table("series")
    op.drop_index(op.f("ix_lecturer_unit_id"), table_name="lecturer")
    op.drop_table("lecturer")
