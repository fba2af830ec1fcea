"""Making an installation usable: a selling company, its first administrator, shipped statuses and scenarios."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from babel import Locale
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import Mode, Role, StatusType
from dso.domain.errors import Refused
from dso.domain.languages import BY_COUNTRY, SHIPPED
from dso.models import Entity, Scenario, Status, Step, User
from dso.queries.users import by_email
from dso.services import scenarios, users

_NAMES = Locale("en")


@dataclass(frozen=True)
class Company:
    """What has to be known of a selling company to begin with."""

    name: str
    currency: str
    country: str
    timezone: str
    #: Empty = the one of the country where the shipped texts have it, else English.
    language: str = ""


@dataclass(frozen=True)
class Administrator:
    """The first person who may do everything."""

    email: str
    password: str
    first_name: str = ""
    last_name: str = "Administrator"


@dataclass(frozen=True)
class ShippedStatus:
    """A status a new installation has: name, type, what the debtor reads per language, text of its follow-up."""

    name: str
    type: StatusType
    labels: dict[str, str]
    template: str = ""
    mode: Mode = Mode.MANUAL


_ONGOING, _PROMISE, _DISPUTE = StatusType.ONGOING, StatusType.PROMISE, StatusType.DISPUTE
_IN_DISPUTE = {"en": "In clarification", "fr": "En cours d’éclaircissement", "de": "In Klärung"}
STATUSES = (
    ShippedStatus(
        "Processing",
        _ONGOING,
        {"en": "Being processed", "fr": "En cours de traitement", "de": "In Bearbeitung"},
        "Follow-up of your answer",
    ),
    ShippedStatus(
        "Duplicate requested",
        _ONGOING,
        {"en": "Copy requested", "fr": "Duplicata demandé", "de": "Kopie angefordert"},
        "Copies of invoices",
    ),
    ShippedStatus(
        "Reminder answered",
        _ONGOING,
        {"en": "Answer received", "fr": "Réponse reçue", "de": "Antwort erhalten"},
        "Follow-up of your answer",
    ),
    ShippedStatus(
        "Promise to pay",
        _PROMISE,
        {"en": "Payment promised", "fr": "Règlement promis", "de": "Zahlung zugesagt"},
        "Promise not kept",
        Mode.CONFIRM,
    ),
    ShippedStatus(
        "Payment announced",
        _PROMISE,
        {"en": "Payment announced", "fr": "Règlement annoncé", "de": "Zahlung angekündigt"},
        "Announced payment not received",
        Mode.CONFIRM,
    ),
    ShippedStatus("Administrative dispute", _DISPUTE, _IN_DISPUTE, "Dispute: question to the colleague in charge"),
    ShippedStatus("Price dispute", _DISPUTE, _IN_DISPUTE, "Dispute: question to the colleague in charge"),
    ShippedStatus("Quality dispute", _DISPUTE, _IN_DISPUTE, "Dispute: question to the colleague in charge"),
    ShippedStatus("Missing goods", _DISPUTE, _IN_DISPUTE, "Dispute: question to the colleague in charge"),
    ShippedStatus(
        "Dispute resolved",
        StatusType.DISPUTE_RESOLVED,
        {"en": "Clarified", "fr": "Litige résolu", "de": "Geklärt"},
        "Dispute settled",
    ),
    # Litigation shows the debtor nothing unless somebody writes a label (3.6).
    ShippedStatus("Handed to lawyer", StatusType.LITIGATION, {}, "Follow the lawyer"),
    ShippedStatus("Insolvency proceedings", StatusType.LITIGATION, {}, "Follow the lawyer"),
)


def check_company(company: Company) -> Company:
    """The company with its words in their one form; Refused names the first that cannot be."""
    currency, country = company.currency.strip().upper(), company.country.strip().upper()
    language = company.language.strip().lower() or BY_COUNTRY.get(country, "en")
    if not company.name.strip():
        raise Refused("The company needs a name.")
    if currency not in _NAMES.currencies:
        raise Refused('"%(value)s" is no currency: write an ISO code such as EUR.', value=company.currency)
    if len(country) != 2 or not country.isalpha() or country not in _NAMES.territories:
        raise Refused('"%(value)s" is no country: write an ISO code such as FR.', value=company.country)
    if company.timezone not in available_timezones():
        raise Refused('"%(value)s" is no time zone: write a name such as Europe/Paris.', value=company.timezone)
    if company.language and language not in SHIPPED:
        raise Refused('"%(value)s" has no shipped texts: choose en, fr or de.', value=company.language)
    language = language if language in SHIPPED else "en"
    return Company(company.name.strip(), currency, country, company.timezone, language)


def add_entity(company: Company, *, now: datetime) -> Entity:
    """A selling company with the shipped scenarios; the shipped statuses too when there are none yet."""
    company = check_company(company)
    if db.session.scalar(select(Entity.id).where(Entity.name == company.name)):
        raise Refused('There is a company "%(name)s" already.', name=company.name)
    entity = Entity(
        name=company.name,
        legal_name=company.name,
        currency=company.currency,
        country=company.country,
        timezone=company.timezone,
        language=company.language,
        created_at=now,
    )
    db.session.add(entity)
    db.session.flush()
    scenarios.load_shipped(entity, now=now)
    if not db.session.scalar(select(Status.id).limit(1)):
        add_statuses(entity)
    return entity


def add_statuses(entity: Entity) -> None:
    """The shipped statuses, their follow-ups with the texts of the entity's library scenario."""
    library = select(Step.name, Step.id).join(Scenario, Step.scenario_id == Scenario.id)
    library = library.where(Scenario.entity_id == entity.id, Scenario.library.is_(True))
    texts = dict(db.session.execute(library).all())
    for position, shipped in enumerate(STATUSES, 1):
        db.session.add(
            Status(
                name=shipped.name,
                type=shipped.type,
                labels=shipped.labels,
                template_step_id=texts.get(shipped.template),
                mode=shipped.mode,
                position=position,
            )
        )
    db.session.flush()


def add_administrator(person: Administrator, *, now: datetime) -> User:
    """An administrator of all companies with a password; one who is there already stays as he is."""
    found = by_email(person.email)
    if found is not None:
        if found.role is not Role.ADMIN or not found.active:
            raise Refused("%(email)s is there already and is no active administrator.", email=found.email)
        return found
    new = users.NewUser(
        email=person.email, first_name=person.first_name, last_name=person.last_name, role=Role.ADMIN, may_import=True
    )
    user = users.add(new, actor=None, now=now)
    users.set_password(user, person.password, now=now)
    return user


def install(company: Company, person: Administrator, *, now: datetime) -> tuple[Entity, User]:
    """A company and an administrator; the first ones make the installation, later ones add to it."""
    company = check_company(company)
    admin = add_administrator(person, now=now)
    return add_entity(company, now=now), admin
