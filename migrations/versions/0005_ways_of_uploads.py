"""The door a file that is not in yet came by."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("import_uploads", sa.Column("source", sa.String(length=120), nullable=False, server_default="web"))
    op.execute("UPDATE import_uploads SET source = 'folder' WHERE author_id IS NULL")


def downgrade() -> None:
    """Take the change back; what programs failed with has no other place."""
    op.execute("DELETE FROM import_uploads WHERE source LIKE 'api %'")
    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.drop_column("source")
