"""Imports are taken back beside the request: in the queue of the files, without a file of their own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the change; and SQLite gives the number of a file that was left out to no other one any more."""
    never_again = {"sqlite_autoincrement": True}
    with op.batch_alter_table("import_uploads", schema=None, table_kwargs=never_again) as batch_op:
        batch_op.add_column(sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.alter_column("stored_as", existing_type=sa.String(length=100), nullable=True)
        batch_op.create_unique_constraint(batch_op.f("uq_import_uploads_undoes_id"), ["undoes_id"])
        batch_op.create_foreign_key(batch_op.f("fk_import_uploads_undoes_id"), "import_runs", ["undoes_id"], ["id"])


def downgrade() -> None:
    """Take the change back; what waits to be taken back is asked for again by whoever wanted it."""
    op.execute("DELETE FROM import_uploads WHERE undoes_id IS NOT NULL")
    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_import_uploads_undoes_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_import_uploads_undoes_id"), type_="unique")
        batch_op.alter_column("stored_as", existing_type=sa.String(length=100), nullable=False)
        batch_op.drop_column("undoes_id")
