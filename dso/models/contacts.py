"""Persons at the customer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from dso.db import Base, Key, UtcDateTime, enum_by_value
from dso.domain.codes import ContactRole


class Contact(Base):
    """A person at the customer; at most one is the contact for collection."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index(
            "uq_contacts_for_collection",
            "customer_id",
            unique=True,
            sqlite_where=text("for_collection = 1"),
            postgresql_where=text("for_collection"),
        ),
        Index("ix_contacts_email", "email"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    title: Mapped[str] = mapped_column(String(30), default="")
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[ContactRole] = mapped_column(enum_by_value(ContactRole), default=ContactRole.OTHER)
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    mobile: Mapped[str] = mapped_column(String(60), default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    for_collection: Mapped[bool] = mapped_column(default=False)
    #: The address refused a message for good.
    bounced: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()
