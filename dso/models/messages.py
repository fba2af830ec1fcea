"""The outbox: every message is a row with its content before it goes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, UtcDateTime, enum_by_value
from dso.domain.codes import Channel, MessageKind, MessageState
from dso.models.actions import Action
from dso.models.customers import Customer

WAITING = text("state IN ('queued', 'sending')")


class Message(Base):
    """One e-mail, letter or text message to one recipient.

    UNIQUE (action, occurrence, recipient) is what makes "sent once" a matter of the database.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("action_id", "occurrence", "recipient"),
        Index("ix_messages_waiting", "state", "next_try_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_messages_customer", "customer_id", "id"),
        Index("ix_messages_entity_state", "entity_id", "state", "id"),
        Index("ix_messages_recipient_sent", "recipient", "sent_at"),
        Index("ix_messages_left", "entity_id", "left_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"))
    occurrence: Mapped[int] = mapped_column(default=1)
    kind: Mapped[MessageKind] = mapped_column(enum_by_value(MessageKind), default=MessageKind.ACTION)
    channel: Mapped[Channel] = mapped_column(enum_by_value(Channel))
    #: Main address: e-mail, telephone number, or "post" for a letter.
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    cc: Mapped[list[str]] = mapped_column(Json, default=list)
    bcc: Mapped[list[str]] = mapped_column(Json, default=list)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    language: Mapped[str] = mapped_column(String(20), default="en")
    subject: Mapped[str] = mapped_column(Text, default="")
    #: What a person edited in the composer; null = rendered from the template at the second of sending.
    edited_body: Mapped[str | None] = mapped_column(Text)
    #: Frozen content: exactly what left, with links made harmless.
    body_html: Mapped[str] = mapped_column(Text, default="")
    body_text: Mapped[str] = mapped_column(Text, default="")
    #: [{"name", "kind": "statement"|"file", "file_id"}].
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    #: Numbers of the items the text listed, and what was asked for per currency, as frozen.
    listed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[MessageState] = mapped_column(enum_by_value(MessageState), default=MessageState.QUEUED)
    #: Sent by the clock, not by a person's click.
    automatic: Mapped[bool] = mapped_column(default=False)
    #: Why a person sent it although the budget was used up.
    override_reason: Mapped[str] = mapped_column(Text, default="")
    #: Why it failed, was cancelled, withheld or is uncertain, in words.
    explanation: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str] = mapped_column(String(100), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Calendar day of the entity on which it left (sent, uncertain or withheld).
    left_on: Mapped[date | None]
    #: When the PDF of a letter was first fetched to be printed and posted.
    printed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The message it left together with, as one for all accounts of a payment centre (3.4).
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    message_id_header: Mapped[str] = mapped_column(String(200), default="")
    #: Message-IDs of the thread, for References.
    references_header: Mapped[str] = mapped_column(Text, default="")

    action: Mapped[Action | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
