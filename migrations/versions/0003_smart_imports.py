"""Imports beside the request, taken back, and by programs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "api_users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_from", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_users_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_users")),
        sa.UniqueConstraint("name", name=op.f("uq_api_users_name")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_users_secret_hash")),
    )
    with op.batch_alter_table("api_users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_users_user_id"), ["user_id"], unique=False)

    op.create_table(
        "import_befores",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["import_run_id"], ["import_runs.id"], name=op.f("fk_import_befores_import_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_befores")),
    )
    with op.batch_alter_table("import_befores", schema=None) as batch_op:
        batch_op.create_index("ix_import_befores_run", ["import_run_id", "subject", "record_id"], unique=False)

    op.add_column("items", sa.Column("fingerprint", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("customer_colleagues", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_import", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("import_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("entity_before", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("undone_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_import_runs_undone_by_id"), "users", ["undone_by_id"], ["id"])

    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("task", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("force", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("worker", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("phase", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("rows_done", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rows_total", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("report", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("problem", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("import_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index("ix_import_uploads_state", ["state", "queued_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_import_uploads_import_run_id"), "import_runs", ["import_run_id"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_import_uploads_import_run_id"), type_="foreignkey")
        batch_op.drop_index("ix_import_uploads_state")
        batch_op.drop_column("import_run_id")
        batch_op.drop_column("origin")
        batch_op.drop_column("problem")
        batch_op.drop_column("report")
        batch_op.drop_column("rows_total")
        batch_op.drop_column("rows_done")
        batch_op.drop_column("phase")
        batch_op.drop_column("attempts")
        batch_op.drop_column("worker")
        batch_op.drop_column("beat_at")
        batch_op.drop_column("started_at")
        batch_op.drop_column("queued_at")
        batch_op.drop_column("force")
        batch_op.drop_column("state")
        batch_op.drop_column("task")

    with op.batch_alter_table("import_runs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_import_runs_undone_by_id"), type_="foreignkey")
        batch_op.drop_column("undone_by_id")
        batch_op.drop_column("undone_at")
        batch_op.drop_column("entity_before")
        batch_op.drop_column("source")

    op.drop_column("items", "fingerprint")

    with op.batch_alter_table("customer_colleagues", schema=None) as batch_op:
        batch_op.drop_column("by_import")

    with op.batch_alter_table("import_befores", schema=None) as batch_op:
        batch_op.drop_index("ix_import_befores_run")

    op.drop_table("import_befores")
    with op.batch_alter_table("api_users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_users_user_id"))

    op.drop_table("api_users")
