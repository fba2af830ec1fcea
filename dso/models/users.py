"""People of the selling company, their invitations and failed log-ins."""

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Key, UtcDateTime, enum_by_value
from dso.domain.codes import Role
from dso.domain.permissions import Capability, can
from dso.models.entities import Entity

user_entities = Table(
    "user_entities",
    Base.metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("entity_id", ForeignKey("entities.id"), primary_key=True),
)


class User(UserMixin, Base):
    """Somebody of the selling company. Inactive users cannot log in but can be linked, copied and asked."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    #: Lower case.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role] = mapped_column(enum_by_value(Role))
    active: Mapped[bool] = mapped_column(default=True)
    may_import: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(300))
    password_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Changes with every password and sign-out-everywhere; sessions carry it.
    session_key: Mapped[str] = mapped_column(String(64), default="")
    job_title: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    mobile: Mapped[str] = mapped_column(String(60), default="")
    #: Language of the interface: "en" or "fr"; empty = the browser's.
    language: Mapped[str] = mapped_column(String(20), default="")
    picture: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    signature: Mapped[str] = mapped_column(Text, default="")
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    absent_from: Mapped[date | None]
    absent_to: Mapped[date | None]
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_from: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    #: Empty = every entity.
    entities: Mapped[list[Entity]] = relationship(secondary=user_entities)

    @property
    def is_active(self) -> bool:
        """Whether Flask-Login lets the user in."""
        return self.active

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def can(self, capability: Capability | str) -> bool:
        """Whether the user holds a right."""
        return self.active and can(self.role, Capability(capability), may_import=self.may_import)

    def get_id(self) -> str:
        """What the session cookie carries: id and session key, so that a new password ends old sessions."""
        return f"{self.id}:{self.session_key}"


class SignInFailure(Base):
    """A failed log-in, counted for the growing delay per address of mail and of network."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_email_at", "email", "at"),
        Index("ix_sign_in_failures_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """The right to choose a password once: an invitation or a reset."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    #: SHA-256 of the secret in the link; the secret itself is nowhere.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()
