"""Business settings kept in the database."""

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dso.db import Base, Key


class Setting(Base):
    """The text of a setting, of one entity or of the installation; absent = the default of the rule."""

    __tablename__ = "settings"
    __table_args__ = (
        Index(
            "uq_settings_installation",
            "name",
            unique=True,
            sqlite_where=text("entity_id IS NULL"),
            postgresql_where=text("entity_id IS NULL"),
        ),
        Index(
            "uq_settings_entity",
            "name",
            "entity_id",
            unique=True,
            sqlite_where=text("entity_id IS NOT NULL"),
            postgresql_where=text("entity_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(Text)
