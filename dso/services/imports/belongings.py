"""What belongs to a customer in tables of its own: colleagues, other guarantees, the payment centre."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import delete, insert, select, update

from dso.db import among, db
from dso.domain.codes import ColleagueRole
from dso.domain.imports.dumps import in_order
from dso.models import Customer, CustomerColleague, Entity, ImportRun, OtherGuarantee, PaymentCentre
from dso.services.imports import befores


class Belonging(Protocol):
    """One of them: a value per customer, None where there is nothing."""

    def of(self, customer_ids: Sequence[int]) -> dict[int, Any]:
        """What customers have now."""
        ...

    def write(self, wanted: Mapping[int, Any], run: ImportRun) -> None:
        """Replace what customers have."""
        ...


class Colleagues:
    """Users and the part each plays, in the order of the users; who set it is a matter of dumps."""

    def __init__(self, *, dump: bool) -> None:
        self._dump = dump

    def of(self, customer_ids: Sequence[int]) -> dict[int, Any]:
        """User id, part, and whether an import set it."""
        table = CustomerColleague
        query = select(table.customer_id, table.user_id, table.role, table.by_import)
        query = query.where(among(table.customer_id, customer_ids)).order_by(table.user_id)
        found: dict[int, Any] = {}
        for customer_id, user_id, role, by_import in db.session.execute(query):
            found[customer_id] = (*found.get(customer_id, ()), (user_id, role.value, by_import and self._dump))
        return found

    def write(self, wanted: Mapping[int, Any], run: ImportRun) -> None:
        """Replace them."""
        befores.linking(run, befores.table_of(CustomerColleague), wanted)
        db.session.execute(delete(CustomerColleague).where(among(CustomerColleague.customer_id, wanted)))
        rows = [
            {"customer_id": customer_id, "user_id": user_id, "role": ColleagueRole(role), "by_import": by_import}
            for customer_id, found in wanted.items()
            for user_id, role, by_import in found or ()
        ]
        if rows:
            db.session.execute(insert(CustomerColleague), rows)


class Guarantees:
    """Guarantees beside the insurer's: kind, amount, expiry."""

    def of(self, customer_ids: Sequence[int]) -> dict[int, Any]:
        """Them, in order."""
        table = OtherGuarantee
        query = select(table.customer_id, table.kind, table.amount, table.expires_on)
        found: dict[int, Any] = {}
        for customer_id, *guarantee in db.session.execute(query.where(among(table.customer_id, customer_ids))):
            found[customer_id] = in_order([*found.get(customer_id, ()), tuple(guarantee)])  # type: ignore[list-item]
        return found

    def write(self, wanted: Mapping[int, Any], run: ImportRun) -> None:
        """Replace them."""
        befores.linking(run, befores.table_of(OtherGuarantee), wanted)
        db.session.execute(delete(OtherGuarantee).where(among(OtherGuarantee.customer_id, wanted)))
        rows = [
            {"customer_id": customer_id, "kind": kind[:100], "amount": amount, "expires_on": until}
            for customer_id, guarantees in wanted.items()
            for kind, amount, until in guarantees or ()
        ]
        if rows:
            db.session.execute(insert(OtherGuarantee), rows)


class Centres:
    """Payment centres by name; one nobody knows is made."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity

    def of(self, customer_ids: Sequence[int]) -> dict[int, Any]:
        """The name of the centre of each."""
        query = select(Customer.id, PaymentCentre.name).join(
            PaymentCentre, PaymentCentre.id == Customer.payment_centre_id
        )
        return dict(db.session.execute(query.where(among(Customer.id, customer_ids))).all())

    def write(self, wanted: Mapping[int, Any], run: ImportRun) -> None:
        """Lead customers to the centres of these names."""
        ids = self._ids({name for name in wanted.values() if name}, run)
        rows = [{"id": each, "payment_centre_id": ids.get(name or "")} for each, name in wanted.items()]
        if rows:
            befores.changing(run, befores.table_of(Customer), rows)
            db.session.execute(update(Customer), rows)

    def _ids(self, names: set[str], run: ImportRun) -> dict[str, int]:
        """The centres of these names, made where nobody knows them."""
        known = self._known()
        more = [{"entity_id": self._entity.id, "name": name} for name in sorted(names - known.keys())]
        if more:
            made = db.session.scalars(insert(PaymentCentre).returning(PaymentCentre.id), more)
            befores.made(run, befores.table_of(PaymentCentre), made)
            known = self._known()
        return known

    def _known(self) -> dict[str, int]:
        query = select(PaymentCentre.name, PaymentCentre.id).where(PaymentCentre.entity_id == self._entity.id)
        return dict(db.session.execute(query.order_by(PaymentCentre.id.desc())).all())

    def lead_to(self, contacts: Mapping[str, int], run: ImportRun) -> None:
        """Give centres, by name, their contact."""
        ids = self._ids(set(contacts), run)
        rows = [{"id": ids[name], "contact_id": contact_id} for name, contact_id in contacts.items()]
        if rows:
            befores.changing(run, befores.table_of(PaymentCentre), rows)
            db.session.execute(update(PaymentCentre), rows)


def belongings(entity: Entity, targets: set[str], *, dump: bool) -> dict[str, Belonging]:
    """Those a file speaks of, by the name of their field."""
    known: dict[str, Belonging] = {
        "colleagues": Colleagues(dump=dump),
        "other_guarantees": Guarantees(),
        "payment_centre": Centres(entity),
    }
    return {name: each for name, each in known.items() if name in targets}
