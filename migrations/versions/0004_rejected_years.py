"""The year of the item a rejected row was about."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("rejected_rows", sa.Column("issued_year", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("rejected_rows", schema=None) as batch_op:
        batch_op.drop_column("issued_year")
