"""Plain functions that make rows for tests; everything has a sensible default."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ItemType, Mode, Role, StatusType, StepType
from dso.models import Contact, Customer, Entity, Item, Scenario, Status, Step, StepTemplate, User

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
_numbers = count(1)
Row = TypeVar("Row")


def _saved(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def an_entity(**values: Any) -> Entity:
    """A selling company in Paris with a fresh ledger."""
    n = next(_numbers)
    defaults = {
        "name": f"Acme {n}",
        "legal_name": f"Acme {n} SA",
        "country": "FR",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "language": "en",
        "created_at": NOW,
        "ledger_at": NOW - timedelta(hours=2),
        "first_import_on": TODAY - timedelta(days=30),
        "legal_footer": {"en": "Acme SA, 1 rue de la Paix, Paris"},
    }
    return _saved(Entity(**{**defaults, **values}))


def _entity() -> Entity:
    return db.session.scalar(select(Entity).order_by(Entity.id)) or an_entity()


def a_user(**values: Any) -> User:
    """An active user; a collector unless said otherwise."""
    n = next(_numbers)
    defaults = {
        "email": f"user{n}@acme.example",
        "first_name": "Una",
        "last_name": f"User{n}",
        "role": Role.COLLECTOR,
        "created_at": NOW,
    }
    merged = {**defaults, **values}
    merged.setdefault("may_import", merged["role"] in (Role.ADMIN, Role.CREDIT_MANAGER))
    return _saved(User(**merged))


def a_customer(**values: Any) -> Customer:
    """A customer without contact, scenario, collector."""
    n = next(_numbers)
    defaults = {
        "entity": None,
        "code": f"C{n:05}",
        "business_name": f"Customer {n}",
        "country": "FR",
        "created_at": NOW,
        "updated_at": NOW,
    }
    merged = {**defaults, **values}
    merged["entity"] = merged["entity"] or _entity()
    return _saved(Customer(**merged))


def a_contact(customer: Customer, **values: Any) -> Contact:
    """The contact for collection, with an address."""
    n = next(_numbers)
    defaults = {
        "customer_id": customer.id,
        "first_name": "Zoé",
        "last_name": f"Hébert{n}",
        "email": f"zoe{n}@client.example",
        "for_collection": True,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return _saved(Contact(**{**defaults, **values}))


def an_item(customer: Customer, amount: str | Decimal = "1000", **values: Any) -> Item:
    """An open invoice 20 days late, unless said otherwise; `days_late` sets the due date."""
    n = next(_numbers)
    due = TODAY - timedelta(days=values.pop("days_late", 20))
    due = values.pop("due_on", due)
    issued = values.pop("issued_on", due - timedelta(days=30))
    total = Decimal(amount)
    defaults = {
        "entity_id": customer.entity_id,
        "customer_id": customer.id,
        "account_id": customer.collected_by_id or customer.id,
        "number": f"FC{n:06}",
        "type": ItemType.INVOICE,
        "issued_on": issued,
        "issued_year": issued.year,
        "due_on": due,
        "amount": total,
        "remaining": total,
        "currency": "EUR",
        "created_at": NOW,
        "updated_at": NOW,
    }
    merged = {**defaults, **values}
    if merged.get("cleared_on"):
        merged["cleared_amount"] = merged["remaining"]
        merged["remaining"] = Decimal(0)
    return _saved(Item(**merged))


def a_status(type: StatusType = StatusType.PROMISE, **values: Any) -> Status:
    """A status of a type."""
    defaults = {"name": f"{type.value} {next(_numbers)}", "type": type, "labels": {"en": type.value, "fr": type.value}}
    return _saved(Status(**{**defaults, **values}))


def a_scenario(*steps: dict[str, Any], entity: Entity | None = None, **values: Any) -> Scenario:
    """A scenario; by default one manual reminder 7 days after the due date, then one 15 days after."""
    defaults = {
        "entity_id": (entity or _entity()).id,
        "name": f"Scenario {next(_numbers)}",
        "language": "en",
        "created_at": NOW,
    }
    scenario = Scenario(**{**defaults, **values})
    plan = steps or ({"name": "First reminder", "after_due": 7}, {"name": "Second reminder", "after_due": 15})
    for position, step in enumerate(plan, 1):
        scenario.steps.append(a_step(position, **step))
    return _saved(scenario)


def a_step(position: int, **values: Any) -> Step:
    """A manual e-mail step with an English text; not saved by itself."""
    values = dict(values)
    templates = values.pop(
        "templates", {"en": ("Reminder #leader_number", "<p>Dear #contact_name, #items_list_overdue</p>")}
    )
    defaults = {"position": position, "name": f"Step {position}", "type": StepType.EMAIL, "mode": Mode.MANUAL}
    step = Step(**{**defaults, **values})
    step.templates = [StepTemplate(language=k, subject=v[0], body=v[1]) for k, v in templates.items()]
    return step
