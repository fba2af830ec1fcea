"""The second of sending: a message gets its final text, is kept as it leaves, and becomes plain values to hand over."""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import Channel, Flavour, MessageState, Mode
from dso.domain.reasons import SENTENCES
from dso.domain.salutations import Reader
from dso.domain.sending import EXPLANATIONS
from dso.models import Action, Message
from dso.queries.messages import people
from dso.queries.messages.facts import Material, Recipient
from dso.queries.messages.material import material
from dso.services import files, links, statements
from dso.services.documents.writing import Writer
from dso.services.messages import bundles, letters, render, servers
from dso.services.messages.draft import leads_to_page
from dso.services.messages.letters import Letter
from dso.services.messages.mime import File, Mail
from dso.services.messages.render import Edited, Rendered
from dso.services.messages.values import PICTURE

#: How many earlier messages of a thread `References` names.
_THREAD = 5


#: A message of another account that leaves with this one, and its action.
Bound = tuple[Message, Action]
#: Under this name a waiting message keeps in `listed` why it never leaves: it was made in test mode.
STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Frozen:
    """A message whose content is final; what is drawn or sent of it needs no database any more."""

    message_id: int
    mail: Mail | None = None
    #: Statements that go along, by file name: one for each account the message speaks for.
    enclosed: Mapping[str, statements.Page] = field(default_factory=dict)
    letter: Letter | None = None
    #: Files already in the store.
    stored: tuple[tuple[dict[str, Any], str], ...] = ()


@dataclass(frozen=True, slots=True)
class AskFirst:
    """The message must not leave without a person; `word` is the code the action carries."""

    word: str
    words: str


def freeze(
    message: Message, action: Action, *, today: date, now: datetime, others: Sequence[Bound] = (), worker: str = ""
) -> Frozen | AskFirst:
    """Render the message from what is open now and keep it; or say that a person has to look first.

    `others` are messages of other accounts of its payment centre: it speaks for them too, and they are bound to it.
    """
    made = material(action, today=today)
    if others:
        copies = dict.fromkeys([*made.cc, *(address for _one, each in others for address in people.copies(each))])
        made = replace(made, companions=bundles.facts(others, today=today), cc=tuple(copies))
    recipient = _recipient(message, action)
    taken = render.choose_language(made, recipient)
    if message.automatic and taken.fallback and action.mode is not Mode.MANUAL and action.confirmed_at is None:
        return AskFirst("language_fallback", SENTENCES["confirm.language_fallback"])
    page = leads_to_page(made, message.channel)
    edited = Edited(message.subject, message.edited_body) if message.edited_body is not None else None
    rendered = render.render(made, recipient, page=page, edited=edited, taken=taken)
    if edited is not None and _changed(message, rendered):
        return AskFirst("amount_changed", EXPLANATIONS["amount_changed"])
    if "cid:picture" in rendered.html:
        made = replace(made, sender=replace(made.sender, picture=people.picture(made.sender)))
    _keep(message, action, made, rendered)
    bundles.bind(message, others, made, worker=worker, now=now)
    pages = {each.customer_id: _page_address(one, each, now=now) for one, each in [(message, action), *others] if page}
    return _frozen(message, made, rendered, pages, now=now)


def amounts(made: Material, recipient: Recipient) -> Mapping[str, str]:
    """What the action asks for per currency, as a message keeps it."""
    taken = render.choose_language(made, recipient)
    plain = Edited("", "")
    found: Mapping[str, str] = render.render(made, recipient, page=False, edited=plain, taken=taken).listed["amounts"]
    return found


def _changed(message: Message, rendered: Rendered) -> bool:
    """Whether a text written by hand speaks of other sums than what is open now."""
    written: Mapping[str, str] | None = (message.listed or {}).get("amounts")
    return written is not None and dict(written) != rendered.listed["amounts"]


def _recipient(message: Message, action: Action) -> Recipient:
    found = people.recipients(action, message.channel, [message.recipient])
    return found[0] if found else Recipient(message.recipient, message.recipient_name, Reader())


def _keep(message: Message, action: Action, made: Material, rendered: Rendered) -> None:
    """The row from now on says what leaves, with harmless links."""
    write = Writer(rendered.language, made.debtor.country)
    message.subject, message.language = rendered.subject, rendered.language
    message.body_html, message.body_text = rendered.archived(write)
    message.listed = dict(rendered.listed)
    message.sender_id = made.sender.user_id
    message.attachments = _attachments(made, rendered, write)
    if message.channel is Channel.EMAIL:
        message.cc = [address for address in made.cc if address.lower() != message.recipient.lower()]
        message.bcc = [made.company.mail_bcc] if made.company.mail_bcc else []
        message.references_header = " ".join(_thread(message))


def _thread(message: Message) -> list[str]:
    """Message-IDs of what this recipient got about this account before, oldest first."""
    query = (
        select(Message.message_id_header)
        .where(
            Message.customer_id == message.customer_id,
            Message.recipient == message.recipient,
            Message.state == MessageState.SENT,
            Message.message_id_header != "",
            Message.id != message.id,
        )
        .order_by(Message.id.desc())
        .limit(_THREAD)
    )
    return list(db.session.scalars(query))[::-1]


def _attachments(made: Material, rendered: Rendered, write: Writer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if letters.STATEMENT in made.attachments:
        found += [{"name": name, "kind": "statement"} for name in letters.statement_pages(made, write)]
    if letters.INVOICES in made.attachments:
        found += [
            {
                "name": one.name,
                "kind": "file",
                "file_id": one.id,
                "stored_as": one.stored_as,
                "content_type": one.content_type,
            }
            for one in letters.item_files(rendered.listed["items"])
        ]
    return found


def _page_address(message: Message, action: Action, *, now: datetime) -> str:
    flavour = Flavour.INTERNAL if action.flavour is Flavour.INTERNAL else Flavour.INTERACTIVE
    link = links.create(
        action.customer,
        message,
        message.recipient,
        flavour=flavour,
        now=now,
        name=message.recipient_name,
        language=message.language,
    )
    return links.url(link)


def _frozen(message: Message, made: Material, rendered: Rendered, pages: Mapping[int, str], *, now: datetime) -> Frozen:
    write = Writer(rendered.language, made.debtor.country)
    enclosed = letters.statement_pages(made, write) if letters.STATEMENT in made.attachments else {}
    if message.channel is Channel.LETTER:
        letter = Letter(made.company, made.debtor, write, write.long_day(made.today), rendered.subject, rendered.body)
        return Frozen(message.id, None, enclosed, letter)
    html, text = rendered.with_link(pages.get(made.debtor.id, ""), pages)
    come_from, answer_to = servers.from_address(made.company, made.sender)
    mail = Mail(
        sender_name=made.sender.name,
        sender_address=come_from,
        to_name=message.recipient_name,
        to_address=message.recipient,
        subject=rendered.subject,
        text=text,
        html=html,
        message_id=message.message_id_header or servers.message_id(come_from),
        at=now,
        reply_to=answer_to,
        cc=tuple(message.cc),
        bcc=tuple(message.bcc),
        references=message.references_header,
        automatic=message.automatic,
        pictures=_pictures(made),
    )
    stored = tuple((entry, entry["name"]) for entry in message.attachments if entry.get("stored_as"))
    return Frozen(message.id, mail, enclosed, None, stored)


def _pictures(made: Material) -> dict[str, File]:
    found = {}
    if made.company.logo:
        found["logo"] = File("logo", made.company.logo_type or "image/png", made.company.logo)
    if made.sender.picture:
        found[PICTURE.removeprefix("cid:")] = File("picture", "image/png", made.sender.picture)
    return found


def draw_files(frozen: Frozen) -> tuple[list[File], list[File]]:
    """The files of a message: those made now, which are to be kept, and those of the store. No database is touched."""
    made = []
    if frozen.letter is not None:
        made.append(
            File(
                f"{frozen.letter.write.words.letter_file}-{frozen.message_id}.pdf",
                letters.PDF,
                letters.draw(frozen.letter),
            )
        )
    made += [File(name, letters.PDF, statements.draw(page)) for name, page in frozen.enclosed.items()]
    return made, [letters.read(entry, name) for entry, name in frozen.stored]


def keep_files(message: Message, made: list[File], left_out: Collection[str]) -> None:
    """Put the drawn files into the store, so that the outbox shows exactly what left, and what was too large to."""
    entries = [dict(entry) for entry in message.attachments if entry["kind"] != "letter"]
    for file in made:
        stored = {"stored_as": files.keep(io.BytesIO(file.content)), "content_type": file.content_type}
        known = next((entry for entry in entries if entry["name"] == file.name), None)
        if known is None:
            entries.insert(0, {"name": file.name, "kind": "letter", **stored})
        else:
            known.update(stored)
    for entry in entries:
        entry["left_out"] = entry["name"] in left_out
    message.attachments = entries
