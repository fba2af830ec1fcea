"""What the composer and the preview show of an action's message before anything is queued."""

from dataclasses import dataclass
from datetime import date, datetime

from dso.db import db
from dso.domain.codes import Channel, Flavour
from dso.domain.errors import Refused
from dso.domain.languages import Taken
from dso.domain.salutations import Reader
from dso.models import Action, Entity, User
from dso.queries import settings
from dso.queries.messages import people
from dso.queries.messages.facts import Material, Recipient
from dso.queries.messages.material import material
from dso.services.documents.writing import Writer
from dso.services.messages import display, letters, render, servers
from dso.services.messages.render import Edited


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as a person can still change it.

    `text` is what the composer edits: one-line values are filled in, tables, pictures and links to the page stay
    hashtags that the sender fills; `body_html` is the preview of all of it, with no working link.
    """

    subject: str
    text: str
    body_html: str
    channel: Channel | None
    recipients: tuple[Recipient, ...]
    cc: tuple[str, ...]
    sender: str
    language: str
    attachments: tuple[str, ...]
    warnings: tuple[Refused, ...]


def compose(
    action: Action,
    *,
    actor: User | None,
    today: date,
    now: datetime,
    subject: str | None = None,
    body: str | None = None,
    language: str | None = None,
) -> Draft:
    """The draft of an action; of a call or a task its sheet, which has no recipients.

    `subject` and `body` render what a person wrote instead of the template; `language` another template of the step.
    """
    channel = people.channel_of(action.type)
    found = people.recipients(action, channel) if channel else []
    reader = found[0] if found else _nobody(action)
    made = material(action, today=today)
    taken = render.choose_language(made, reader)
    if language in made.templates:
        taken = Taken(str(language), fallback=False)
    edited = render.editable(made, reader, taken)
    if subject is not None or body is not None:
        edited = Edited(edited.subject if subject is None else subject, edited.body if body is None else body)
    shown = render.render(made, reader, page=leads_to_page(made, channel), edited=edited, taken=taken)
    preview, _text = shown.archived(Writer(shown.language, made.debtor.country))
    return Draft(
        subject=edited.subject,
        text=edited.body,
        body_html=display.with_pictures(preview, made.company),
        channel=channel,
        recipients=tuple(found),
        cc=made.cc if channel is Channel.EMAIL else (),
        sender=made.sender.name,
        language=shown.language,
        attachments=tuple(letters.file_names(made, shown.language)),
        warnings=tuple(_warnings(action, channel, found, fallback=shown.fallback)),
    )


def leads_to_page(made: Material, channel: Channel | None) -> bool:
    """Whether the message carries a link: an interactive e-mail to a customer who wants them, or an internal one."""
    if channel not in (Channel.EMAIL, Channel.SMS):
        return False
    return made.flavour is Flavour.INTERNAL or (made.flavour is Flavour.INTERACTIVE and made.debtor.interactive)


def _nobody(action: Action) -> Recipient:
    contact = people.collection_contact(action.customer)
    if contact is None:
        return Recipient("", "", Reader())
    return Recipient("", contact.full_name, people.reader(contact), contact.language, contact_id=contact.id)


def _warnings(action: Action, channel: Channel | None, found: list[Recipient], *, fallback: bool) -> list[Refused]:
    entity = db.session.get_one(Entity, action.entity_id)
    warnings = []
    if channel is Channel.EMAIL and not found:
        warnings.append(Refused("There is no contact for collection with a valid e-mail address."))
    if fallback:
        warnings.append(Refused("There is no text in the language of this customer."))
    if channel is not None and not settings.is_live(entity):
        warnings.append(Refused("Test mode: this message stays in the outbox and reaches nobody."))
    elif channel is Channel.EMAIL and servers.of_entity(entity) is None:
        warnings.append(Refused("No mail server is set: this message stays in the outbox."))
    return warnings
