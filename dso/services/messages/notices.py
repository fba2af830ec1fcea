"""Mails of the product itself: invitations, "a reply was received", copies. They go through the outbox as well."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from jinja2 import TemplateNotFound
from markupsafe import Markup, escape
from sqlalchemy import select

from dso.db import db
from dso.domain import plaintext
from dso.domain.codes import Channel, MessageKind, MessageState
from dso.models import Entity, Message, User
from dso.queries import settings
from dso.queries.messages.facts import Company, Sender
from dso.queries.messages.material import company
from dso.services.documents.writing import Writer
from dso.services.messages import clean, layout, servers
from dso.services.messages.freeze import Frozen
from dso.services.messages.mime import File, Mail
from dso.services.messages.render import LINK

#: Languages the product's own mails exist in.
LANGUAGES = ("en", "fr", "de")


def send_plain(
    to: str,
    template: str,
    context: Mapping[str, Any],
    *,
    entity: Entity,
    now: datetime,
    kind: MessageKind = MessageKind.NOTICE,
) -> Message:
    """Queue a mail of the product; `template` is a folder under `mail/` with a file per language.

    `context["language"]` chooses the language, `context["url"]` is a secret that the outbox forgets once it left.
    """
    seller = company(entity.id)
    write = Writer(_language(str(context.get("language") or entity.language)), entity.country)
    subject, body = _written(template, context, seller, write)
    secret = str(context.get("url") or "")
    html = layout.framed(body, subject=subject, company=seller, write=write)
    text = f"{plaintext.from_html(body)}\n-- \n{seller.footer(write.language)}\n"
    message = Message(
        entity_id=entity.id,
        kind=kind,
        channel=Channel.EMAIL,
        recipient=to.strip()[:254],
        recipient_name=clean.subject(str(context.get("name") or ""))[:200],
        language=write.language,
        subject=subject,
        body_html=html.replace(str(escape(secret)), LINK) if secret else html,
        body_text=text.replace(secret, LINK) if secret else text,
        listed={"secret": secret} if secret else {},
        state=MessageState.QUEUED,
        queued_at=now,
    )
    db.session.add(message)
    db.session.flush()
    return message


def _language(wanted: str) -> str:
    plain = wanted.replace("_", "-").partition("-")[0].lower()
    return plain if plain in LANGUAGES else "en"


def _written(template: str, context: Mapping[str, Any], seller: Company, write: Writer) -> tuple[str, str]:
    env = current_app.jinja_env
    try:
        source = env.get_template(f"mail/{template}/{write.language}.html")
    except TemplateNotFound:
        source = env.get_template(f"mail/{template}/en.html")
    values = {**context, "company": seller, "write": write, "public_url": current_app.config["DSO"].public_url}
    blocks = {name: "".join(source.blocks[name](source.new_context(values))) for name in ("subject", "body")}
    return clean.subject(Markup(blocks["subject"]).unescape()), blocks["body"].strip()


def freeze_notice(message: Message, entity: Entity, *, now: datetime) -> Frozen | None:
    """The notice as it leaves; None, with the reason in its explanation, when it stays here.

    In test mode notices still reach the team, nobody else.
    """
    reason = _stays(message, entity)
    if reason:
        message.explanation = reason
        return None
    secret = str((message.listed or {}).get("secret", ""))
    seller = company(entity.id)
    sender = Sender(None, seller.name, seller.mail_from or seller.email)
    come_from, _answer = servers.from_address(seller, sender)
    mail = Mail(
        sender_name=seller.name,
        sender_address=come_from or "dso@localhost.localdomain",
        to_name=message.recipient_name,
        to_address=message.recipient,
        subject=message.subject,
        text=message.body_text.replace(LINK, secret),
        html=message.body_html.replace(LINK, str(escape(secret))),
        message_id=servers.message_id(come_from),
        at=now,
        automatic=True,
        pictures={"logo": File("logo", seller.logo_type or "image/png", seller.logo)} if seller.logo else {},
    )
    return Frozen(message.id, mail)


def _stays(message: Message, entity: Entity) -> str:
    if servers.of_entity(entity) is None:
        return servers.NO_SERVER
    if settings.is_live(entity):
        return ""
    ours = db.session.scalar(select(User.id).where(User.email == message.recipient.lower()))
    return "" if ours is not None else servers.TEST


def forget(message: Message) -> None:
    """Once a notice has left or failed, the outbox keeps it without the secret it carried."""
    gone = Writer(message.language).words.link_gone
    message.body_html = message.body_html.replace(f' href="{LINK}"', "").replace(LINK, gone)
    message.body_text = message.body_text.replace(LINK, gone)
    message.listed = {}
