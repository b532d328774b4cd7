"""units and accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowance")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_allowance_ends_at"), "allowance", ["ends_at"], unique=False)
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("phone_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_challenge_attempts_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_challenge_ends_at"), "challenge", ["ends_at"], unique=False)
    op.create_index(op.f("ix_challenge_phone_digest"), "challenge", ["phone_digest"], unique=False)
    op.create_table(
        "signed_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("account_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_signed_in_session_token_digest")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_signed_in_session_account_digest"), "signed_in_session", ["account_digest"], unique=False)
    op.create_index(op.f("ix_signed_in_session_ends_at"), "signed_in_session", ["ends_at"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("DISTRICT", "TOWNSHIP", "ENTERPRISE", "JOINT", name="unitkind", native_enum=False, length=12),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("join_code", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("join_code", name=op.f("uq_unit_join_code")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_path"), "unit", ["path"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "WORKER", "COUNSELLOR", "SUPERVISOR", "ADMIN", "AUDITOR", name="role", native_enum=False, length=12
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("REQUESTED", "INVITED", "ACTIVE", "CLOSED", name="status", native_enum=False, length=12),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("occupation", sa.String(length=24), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("alias_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("credential", sa.LargeBinary(), nullable=True),
        sa.Column("second_factor", sa.LargeBinary(), nullable=True),
        sa.Column("link", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_account_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("alias_index", name=op.f("uq_account_alias_index")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_account_phone_index")),
    )
    op.create_index(op.f("ix_account_unit_id"), "account", ["unit_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_account_id_purpose", "consent", ["account_id", "purpose"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invitation_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index(op.f("ix_invitation_account_id"), "invitation", ["account_id"], unique=False)
    op.create_table(
        "known_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_known_device_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_known_device_token_digest")),
    )
    op.create_index(op.f("ix_known_device_account_id"), "known_device", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_known_device_account_id"), table_name="known_device")
    op.drop_table("known_device")
    op.drop_index(op.f("ix_invitation_account_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_consent_account_id_purpose", table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_account_unit_id"), table_name="account")
    op.drop_table("account")
    op.drop_index(op.f("ix_unit_path"), table_name="unit")
    op.drop_index(op.f("ix_unit_parent_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index(op.f("ix_signed_in_session_ends_at"), table_name="signed_in_session")
    op.drop_index(op.f("ix_signed_in_session_account_digest"), table_name="signed_in_session")
    op.drop_table("signed_in_session")
    op.drop_index(op.f("ix_challenge_phone_digest"), table_name="challenge")
    op.drop_index(op.f("ix_challenge_ends_at"), table_name="challenge")
    op.drop_table("challenge")
    op.drop_index(op.f("ix_allowance_ends_at"), table_name="allowance")
    op.drop_table("allowance")
