"""The company of the demonstration and the people who work there."""

from datetime import date, datetime

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import Role
from dso.models import Entity, Rate, User
from dso.services import users
from dso.services.entities import Account, CompanyData, save_account, update_company
from dso.services.installation import Administrator, Company, install
from dso.services.settings import set_value

NAME = "Maison Delorme"
#: One for all four: the data is invented, and the page that says so is served on the own machine only.
PASSWORD = "Lantern-47-demo"  # noqa: S105 - printed for everybody who loads the demonstration
_DOMAIN = "maison-delorme.example"
_ADDRESS = "14 quai Saint-Vincent\n69001 Lyon"
_FOOTER = "Maison Delorme SAS · 14 quai Saint-Vincent, 69001 Lyon"

#: First name, last name, role, job title.
_TEAM = (
    ("Alice", "Martin", Role.ADMIN, "Directrice administrative et financière"),
    ("Bruno", "Leroy", Role.CREDIT_MANAGER, "Credit manager"),
    ("Chloé", "Petit", Role.COLLECTOR, "Chargée de recouvrement"),
    ("David", "Moreau", Role.SALES, "Commercial région Sud"),
)
#: Units for one euro: the ledger holds items in these currencies. Invented, like the ledger.
_RATES = {"USD": "1.0842", "GBP": "0.8431", "CHF": "0.9385"}


def found(*, now: datetime) -> tuple[Entity, list[User]]:
    """The company with its four people: administrator, credit manager, collector, sales."""
    first, last, _role, title = _TEAM[0]
    company = Company(NAME, "EUR", "FR", "Europe/Paris", "fr")
    entity, admin = install(company, Administrator(_email(first), PASSWORD, first, last), now=now)
    admin.job_title = title
    _describe(entity)
    people = [admin, *(_hire(person, admin, now) for person in _TEAM[1:])]
    for person in people:
        person.signature = f"{person.full_name}\n{person.job_title}\n{person.phone}"
    set_value(entity, "collection.default_collector", people[2].email, actor=admin, now=now)
    for currency, units in _RATES.items():
        db.session.add(Rate(reference="EUR", currency=currency, on=date(now.year - 2, 1, 1), units=units))
    db.session.flush()
    return entity, people


def people() -> list[User]:
    """The four of them."""
    emails = [_email(first) for first, _last, _role, _title in _TEAM]
    return list(db.session.scalars(select(User).where(User.email.in_(emails)).order_by(User.id)))


def _describe(entity: Entity) -> None:
    data = CompanyData(
        legal_name="Maison Delorme SAS",
        legal_id="552100554",
        vat_number="FR96552100554",
        address=_ADDRESS,
        phone="+33 4 78 00 00 00",
        email=f"comptabilite@{_DOMAIN}",
        website=f"https://www.{_DOMAIN}",
        language="fr",
        legal_footer={
            "fr": f"{_FOOTER} · SAS au capital de 250 000 EUR · RCS Lyon 552 100 554",
            "en": f"{_FOOTER}, France · RCS Lyon 552 100 554",
        },
    )
    update_company(entity, data)
    account = Account("EUR", "Maison Delorme SAS", "Banque de démonstration", "FR7630006000011234567890189", "AGRIFRPP")
    save_account(entity, account)


def _hire(person: tuple[str, str, Role, str], admin: User, now: datetime) -> User:
    first, last, role, title = person
    new = users.NewUser(
        email=_email(first), first_name=first, last_name=last, role=role, job_title=title, phone="+33 4 78 00 00 00"
    )
    user = users.add(new, actor=admin, now=now)
    users.set_password(user, PASSWORD, now=now)
    return user


def _email(first_name: str) -> str:
    return f"{first_name.lower().replace('é', 'e')}@{_DOMAIN}"
