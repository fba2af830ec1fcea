"""Taking an import back: whole, or refused with the list of what depends on it (2.3, 11.5).

It adds to history and removes nothing others wrote: what an import wrote on timelines stays, with a line that it was
taken back.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.exc import IntegrityError

from dso.db import db
from dso.domain.codes import EventKind, ImportKind, Role
from dso.domain.errors import Refused
from dso.models import Action, Contact, Customer, Entity, Event, ImportRun, Item, ItemChange, User
from dso.queries import import_dependents, imports
from dso.queries.import_dependents import Dependent
from dso.services import actions, states
from dso.services.imports import befores, check_right, rates, removing, restoring, take_turns
from dso.services.imports.befores import table_of

TAKEN_BACK = "Import of %(file)s taken back"


class Depends(Refused):
    """The import cannot be taken back; `dependents` say what depends on it."""

    def __init__(self, found: Sequence[Dependent]) -> None:
        self.dependents = list(found)
        words = "Nothing was taken back: %(count)s later acts depend on this import."
        one = "Nothing was taken back: one later act depends on this import."
        super().__init__(one if len(found) == 1 else words, count=len(found))


def get(entity: Entity, run_id: int | None) -> ImportRun:
    """The run named, else the last one that is not taken back; Refused when there is none."""
    if run_id is None:
        last = imports.last_run(entity)
        if last is None:
            raise Refused("There is no import to take back in %(entity)s.", entity=entity.name)
        return last
    mine = select(ImportRun).where(ImportRun.entity_id == entity.id)
    run: ImportRun | None = db.session.scalar(mine.where(ImportRun.id == run_id))
    if run is None:
        raise Refused("There is no import %(id)s in %(entity)s.", id=run_id, entity=entity.name)
    return run


def dependents(run: ImportRun) -> list[Dependent]:
    """What stands in the way of taking the run back; Refused when it never can be (again)."""
    check(run)
    return import_dependents.dependents(run)


def check(run: ImportRun) -> None:
    """Refused when the run is taken back already, or nothing is kept of how things stood before it."""
    if (why := imports.why_not_undone(run)) is not None:
        raise why


def undo(run: ImportRun, *, actor: User | None, today: date, now: datetime) -> int:
    """Bring everything the run touched back to how it stood before; the number of customers looked at again.

    Refused, `Depends` with the list, or all of it; afterwards the accounts are reviewed.
    """
    check_right(run.kind, actor)
    entity = db.session.get_one(Entity, run.entity_id)
    _hold(entity, run)
    found = dependents(run)
    if found:
        raise Depends(found)
    if today < run.on:
        raise Refused("The import counts from %(day)s on: it cannot be taken back on an earlier day.", day=run.on)
    touched, currencies = _touched(run), rates.currencies_of(run)
    _tell(run, actor, now)
    try:
        with db.session.begin_nested():
            _bring_back(entity, run, actor=actor, today=today, now=now)
    except IntegrityError as error:
        raise Refused("Nothing was taken back: something made since refers to records of this import.") from error
    run.undone_at, run.undone_by_id = now, actor.id if actor else None
    db.session.flush()
    db.session.expire_all()
    if currencies:
        rates.refresh_figures(currencies, now)
    actions.review(entity, touched, today=today, now=now)
    return len(touched)


def _hold(entity: Entity, run: ImportRun) -> None:
    """One at a time for an entity, and nobody works on its accounts meanwhile."""
    take_turns(entity, run.kind)
    states.lock(entity, None)
    db.session.refresh(run)


def _bring_back(entity: Entity, run: ImportRun, *, actor: User | None, today: date, now: datetime) -> None:
    removing.detach(run)
    removing.remove(run)
    restoring.items(run, actor=actor, today=today, now=now)
    restoring.records(run, now)
    restoring.entity(entity, run)
    removing.remove_custom_fields(run)
    admins = select(User.id).where(User.role == Role.ADMIN, User.active)
    if run.kind is ImportKind.USERS and db.session.scalar(admins.limit(1)) is None:
        raise Refused("Nothing was taken back: nobody could administer any more.")
    befores.forget(run)


def _touched(run: ImportRun) -> list[int]:
    """Customers that stay and whose account changes."""
    changed = select(ItemChange.item_id).where(ItemChange.import_run_id == run.id)
    new = (Item.entity_id == run.entity_id, Item.id > run.entity_before["last_item"])
    made = befores.made_by(run, table_of(Customer))
    contacts, customers = table_of(Contact), befores.changed_by(run, table_of(Customer))
    queries: list[Select[Any]] = [
        select(Item.customer_id).where(Item.id.in_(changed)),
        select(Item.account_id).where(Item.id.in_(changed)),
        select(Item.customer_id).where(*new),
        select(Item.account_id).where(*new),
        befores.left_accounts(run),
        select(Customer.id).where(Customer.id.in_(customers)),
        select(Customer.collected_by_id).where(Customer.id.in_(customers), Customer.collected_by_id.is_not(None)),
        befores.left_pilots(run),
        select(Contact.customer_id).where(Contact.id.in_(befores.changed_by(run, contacts))),
        select(Contact.customer_id).where(Contact.id.in_(befores.made_by(run, contacts))),
        select(Action.customer_id).where(Action.id.in_(befores.changed_by(run, table_of(Action)))),
    ]
    found: set[int] = set()
    for query in queries:
        ids = query.subquery()
        found.update(db.session.scalars(select(ids.c[0]).where(ids.c[0].not_in(made)).distinct()))
    return sorted(found)


def _tell(run: ImportRun, actor: User | None, now: datetime) -> None:
    """It stands in the history of the entity, and on the timeline of every customer on whose the import stands."""
    data = {"params": {"file": run.file_name}, "import_run_id": run.id}
    values = {
        "entity_id": run.entity_id, "kind": EventKind.IMPORT, "text": TAKEN_BACK, "data": data, "pinned": False,
        "actor_id": actor.id if actor else None, "actor_name": "", "at": now,
    }  # fmt: skip
    db.session.execute(insert(Event), [{**values, "customer_id": None}])
    told = select(Event.customer_id).where(
        Event.entity_id == run.entity_id,
        Event.id > run.entity_before["last_event"],
        Event.customer_id.is_not(None),
        Event.kind.in_((EventKind.IMPORT, EventKind.CONTACT)),
        Event.data["import_run_id"].as_integer() == run.id,
    )
    columns: dict[str, Any] = {name: literal(value, table_of(Event).c[name].type) for name, value in values.items()}
    found = select(Customer.id, *columns.values()).where(
        Customer.id.in_(told), Customer.id.not_in(befores.made_by(run, table_of(Customer)))
    )
    statement = insert(Event).from_select(["customer_id", *columns], found, include_defaults=False)
    db.session.execute(statement)
