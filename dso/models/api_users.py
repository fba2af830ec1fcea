"""Programs that may talk to the API, each in the name of a user."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Key, UtcDateTime
from dso.models.users import User


class ApiUser(Base):
    """A program's log-in: its secret is the token of the REST API and the password of Basic authentication.

    What it may do, and which customers it sees, is what its user may and sees.
    """

    __tablename__ = "api_users"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    #: SHA-256 of the secret, which is long and random; the secret itself is nowhere.
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_from: Mapped[str] = mapped_column(String(64), default="")
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()
