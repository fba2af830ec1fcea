"""Showing a message: exactly what left, pictures inside, nothing in it that works; and the files that went along."""

import re
from datetime import date, datetime

from markupsafe import Markup, escape

from dso.db import db
from dso.domain.codes import Channel
from dso.domain.errors import NotFound, Refused
from dso.models import Customer, Message
from dso.queries.messages.facts import Company
from dso.queries.messages.material import company, debtor
from dso.services import files, statements
from dso.services.documents import pictures
from dso.services.documents.writing import Writer
from dso.services.messages import letters
from dso.services.messages.mime import File

_BODY = re.compile(r"<!--body-->(.*)<!--/body-->", re.DOTALL)
_STYLES = re.compile(r' style="[^"]*"')


def with_pictures(markup: str, seller: Company) -> str:
    """HTML whose logo stands in it, as a browser without access to the mail needs it."""
    return markup.replace('src="cid:logo"', f'src="{pictures.inline(seller.logo, seller.logo_type)}"')


def document(message: Message, *, today: date, now: datetime) -> str:
    """The kept HTML of a message; of one that was not written yet what it would say now."""
    if message.body_html:
        return with_pictures(message.body_html, company(message.entity_id))
    if message.action is None:
        return ""
    from dso.services.messages.draft import compose

    edited = message.edited_body is not None
    try:
        draft = compose(
            message.action,
            actor=None,
            today=today,
            now=now,
            subject=message.subject if edited else None,
            body=message.edited_body,
        )
    except Refused as refused:
        return f"<!doctype html><title>-</title><p>{escape(str(refused))}</p>"
    return draft.body_html


def letter_pdf(message: Message) -> bytes:
    """The letter as it was made; one that was only kept for show is drawn from its text."""
    if message.channel is not Channel.LETTER or not message.body_html:
        raise NotFound("This message is no letter.")
    for entry in message.attachments:
        if entry["kind"] == "letter" and entry.get("stored_as"):
            return files.path_of(str(entry["stored_as"])).read_bytes()
    seller = company(message.entity_id)
    account = debtor(db.session.get_one(Customer, message.customer_id))
    write = Writer(message.language, account.country)
    found = _BODY.search(message.body_html)
    body = _STYLES.sub("", found.group(1)) if found else str(Markup.escape(message.body_text))
    return letters.draw(letters.Letter(seller, account, write, write.long_day(message.left_on), message.subject, body))


def attachment(message: Message, number: int, *, today: date) -> File:
    """A file of a message from the store; a statement that was never sent is made of what is open today."""
    entry = message.attachments[number]
    if entry.get("elsewhere"):
        raise NotFound("This file stayed in the installation the message comes from.")
    if entry.get("stored_as"):
        return letters.read(entry, str(entry["name"]))
    customer = db.session.get_one(Customer, message.customer_id)
    content = statements.statement_pdf(customer, today=today, language=message.language)
    return File(str(entry["name"]), letters.PDF, content)
