"""Files that go with messages, and letters as PDF."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import select

from dso.db import db
from dso.models import Attachment, attachment_items
from dso.queries.messages.facts import Company, Debtor, Material
from dso.services import files, statements
from dso.services.documents import pictures
from dso.services.documents.writing import Writer
from dso.services.messages.mime import File

STATEMENT, INVOICES = "statement", "invoices"
PDF = "application/pdf"
_MAIL_PICTURE = re.compile(r'<img src="cid:[^"]*"[^>]*>')


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as plain values, so that it can be drawn with no transaction open."""

    company: Company
    debtor: Debtor
    write: Writer
    date: str
    subject: str
    body: str


def draw(letter: Letter) -> bytes:
    """The PDF of a letter: window address, text, legal footer, page x of y."""
    # Imported here: what draws takes most of a second to load, and most processes never draw.
    from dso.services.documents import pdf

    template = current_app.jinja_env.get_template("pdf/letter.html")
    markup = template.render(
        **statements.head(letter.company, letter.debtor, letter.write),
        date=letter.date,
        subject=letter.subject,
        body=Markup(_with_logo(letter)),
    )
    return pdf.render(markup, accent=letter.company.colour)


def _with_logo(letter: Letter) -> str:
    """The text with the logo in it where it shows one; a letter carries no other pictures."""
    logo = pictures.inline(letter.company.logo, letter.company.logo_type)
    body = letter.body.replace('src="cid:logo"', f'src="{logo}"') if logo else letter.body
    return _MAIL_PICTURE.sub("", body)


def statement_page(made: Material, write: Writer) -> statements.Page:
    """The statement that goes with a message, in the message's language."""
    return statements.page_of(list(made.lines), made.company, made.debtor, today=made.today, language=write.language)


def statement_pages(made: Material, write: Writer) -> dict[str, statements.Page]:
    """By file name the statement of the account, and of each other one the message speaks for."""
    pages = [statement_page(made, write)]
    for one in made.companions:
        lines = list(one.lines)
        pages.append(statements.page_of(lines, made.company, one.debtor, today=made.today, language=write.language))
    return {statements.file_name(page, "pdf"): page for page in pages}


def file_names(made: Material, language: str) -> list[str]:
    """What the composer says goes with the message."""
    names = []
    if STATEMENT in made.attachments:
        names.append(statements.file_name(statement_page(made, Writer(language)), "pdf"))
    if INVOICES in made.attachments:
        names += [one.name for one in item_files(made.selected_ids or [line.item.id for line in made.lines])]
    return names


def item_files(item_ids: Collection[int]) -> list[Attachment]:
    """Files of items that the debtor may see."""
    query = (
        select(Attachment)
        .join(attachment_items, attachment_items.c.attachment_id == Attachment.id)
        .where(attachment_items.c.item_id.in_(item_ids), Attachment.visible_to_debtor.is_(True))
        .order_by(Attachment.id)
    )
    return list(db.session.scalars(query).unique())


def read(entry: dict[str, Any], name: str) -> File:
    """The file of an entry of `Message.attachments` from the store."""
    content = files.path_of(str(entry["stored_as"])).read_bytes()
    return File(name, str(entry.get("content_type") or PDF), content)
