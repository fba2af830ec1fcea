"""Who signs a message and who it goes to (3.2, 3.4)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import undefer

from dso.db import db
from dso.domain.codes import Channel, ContactRole, Flavour, Role, StepType
from dso.domain.salutations import Reader
from dso.models import Action, Contact, Customer, CustomerColleague, Entity, Step, User, user_entities
from dso.queries import settings
from dso.queries.messages.facts import Recipient, Sender

#: What stands in `Message.recipient` of a letter.
POST = "post"
#: Words of `Step.recipients`.
COLLECTION = "collection"
MANAGER = "manager"


def channel_of(type_: StepType) -> Channel | None:
    """The channel of a step type; None where it makes no message."""
    if type_ is StepType.EMAIL:
        return Channel.EMAIL
    if type_ in (StepType.LETTER, StepType.REGISTERED_LETTER):
        return Channel.LETTER
    return Channel.SMS if type_ is StepType.SMS else None


def sender_user(entity: Entity, customer: Customer, step: Step | None) -> User | None:
    """The collector, else a credit manager, else an administrator; a step may ask for the manager or an address."""
    wanted = step.sender if step else ""
    if "@" in wanted:
        return db.session.scalar(select(User).where(User.email == wanted.lower(), User.active.is_(True)))
    collector = customer.collector
    if wanted != MANAGER and collector is not None and collector.active:
        return collector
    return _first(entity, Role.CREDIT_MANAGER) or _first(entity, Role.ADMIN)


def _first(entity: Entity, role: Role) -> User | None:
    """The first active user of a role who works for the entity: named for it, or for every entity."""
    named = select(user_entities.c.user_id)
    here = named.where(user_entities.c.entity_id == entity.id)
    who = select(User).where(User.role == role, User.active.is_(True), User.id.in_(here) | User.id.not_in(named))
    return db.session.scalar(who.order_by(User.id).limit(1))


def sender(entity: Entity, customer: Customer, step: Step | None) -> Sender:
    """Who signs; the fixed sender of the settings takes the address, and the name too where no user has it."""
    user = sender_user(entity, customer, step)
    fixed = settings.get(entity, "sending.fixed_sender")
    if fixed:
        user = db.session.scalar(select(User).where(User.email == fixed.lower()))
    elif step is not None and "@" in step.sender and user is None:
        fixed = step.sender
    if user is None:
        return Sender(None, entity.legal_name or entity.name, fixed or entity.mail_from or entity.email)
    return Sender(
        user_id=user.id,
        name=user.full_name,
        email=fixed or user.email,
        phone=user.phone,
        mobile=user.mobile,
        job_title=user.job_title,
        signature=user.signature,
    )


def picture(sender: Sender) -> bytes | None:
    """The picture of the sender, read only where a text shows it."""
    if sender.user_id is None:
        return None
    query = select(User).options(undefer(User.picture)).where(User.id == sender.user_id)
    user = db.session.scalar(query)
    return user.picture if user else None


def collection_contact(customer: Customer) -> Contact | None:
    """The contact for collection: the payment centre's where there is one, else the customer's own."""
    centre = customer.payment_centre
    if centre is not None and centre.contact_id is not None:
        return db.session.get(Contact, centre.contact_id)
    query = select(Contact).where(Contact.customer_id == customer.id, Contact.for_collection.is_(True))
    return db.session.scalar(query)


def recipients(action: Action, channel: Channel, extra: Iterable[str] = ()) -> list[Recipient]:
    """The addressees of an action by a channel, each address once; addresses that bounced are left out.

    `extra` are addresses a person typed instead of what the step says.
    """
    customer, step = action.customer, action.step
    if channel is Channel.LETTER:
        contact = collection_contact(customer)
        return [Recipient(POST, customer.business_name, reader(contact), contact.language if contact else "")]
    typed = [address.strip() for address in extra if address.strip()]
    if typed and action.flavour is Flavour.INTERNAL:
        return _unique(_colleague_at(address) for address in typed)
    if typed:
        return _unique(_known(customer, address) for address in typed)
    if action.flavour is Flavour.INTERNAL:
        return _unique(_colleague(user) for user in _asked(action))
    words = (step.recipients.get("to") if step else None) or [COLLECTION]
    return _unique(one for word in words for one in _by_word(customer, word, channel))


def copies(action: Action) -> list[str]:
    """Addresses that get a copy: those of the step, and the colleagues of the roles it names."""
    wanted = action.step.recipients if action.step else {}
    found = [str(address) for address in wanted.get("cc", ())]
    roles = set(wanted.get("colleagues", ()))
    if roles and action.flavour is not Flavour.INTERNAL:
        found += [link.user.email for link in action.customer.colleagues if link.role.value in roles]
    return list(dict.fromkeys(found))


def _asked(action: Action) -> list[User]:
    """Colleagues an internal message asks: the resolver, else those of the roles of the step, else the collector."""
    if action.resolver is not None:
        return [action.resolver]
    roles = set(action.step.recipients.get("colleagues", ()) if action.step else ())
    linked: list[CustomerColleague] = action.customer.colleagues
    found = [link.user for link in linked if link.role.value in roles]
    return found or ([action.customer.collector] if action.customer.collector else [])


def _by_word(customer: Customer, word: str, channel: Channel) -> list[Recipient]:
    if "@" in word:
        return [_known(customer, word)]
    if word == COLLECTION:
        contact = collection_contact(customer)
        contacts = [contact] if contact else []
    elif word in set(ContactRole):
        contacts = [one for one in customer.contacts if one.role.value == word]
    else:
        contacts = []
    found = [_person(contact, channel) for contact in contacts if not (channel is Channel.EMAIL and contact.bounced)]
    return [one for one in found if one.address]


def _person(contact: Contact, channel: Channel) -> Recipient:
    address = contact.mobile if channel is Channel.SMS else contact.email
    return Recipient(address.strip(), contact.full_name, reader(contact), contact.language, contact_id=contact.id)


def _known(customer: Customer, address: str) -> Recipient:
    """An address, with the name of the contact who has it: the customer's own, or its payment centre's."""
    centre = collection_contact(customer) if customer.payment_centre_id is not None else None
    for contact in (*customer.contacts, *([centre] if centre else [])):
        if contact.email.lower() == address.lower():
            return _person(contact, Channel.EMAIL)
    return Recipient(address, "", Reader())


def _colleague(user: User) -> Recipient:
    name = Reader(first_name=user.first_name, last_name=user.last_name)
    return Recipient(user.email, user.full_name, name, user.language, user_id=user.id)


def _colleague_at(address: str) -> Recipient:
    user = db.session.scalar(select(User).where(User.email == address.lower()))
    return _colleague(user) if user else Recipient(address, "", Reader())


def reader(contact: Contact | None) -> Reader:
    """What is known of a contact for addressing it."""
    return Reader(contact.title, contact.first_name, contact.last_name) if contact else Reader()


def _unique(found: Iterable[Recipient]) -> list[Recipient]:
    """Each address once, the first to name it."""
    by_address: dict[str, Recipient] = {}
    for one in found:
        by_address.setdefault(one.address.lower(), one)
    return list(by_address.values())
