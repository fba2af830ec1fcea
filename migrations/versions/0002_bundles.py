"""Messages that left as one for the accounts of a payment centre."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bundle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(batch_op.f("ix_messages_bundle_id"), ["bundle_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_messages_bundle_id"), "messages", ["bundle_id"], ["id"])


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_messages_bundle_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_messages_bundle_id"))
        batch_op.drop_column("bundle_id")
