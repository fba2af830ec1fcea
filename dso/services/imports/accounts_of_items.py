"""Items are collected under the pilot of their customer: they move when a file, or its undoing, names another."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, exists, func, select, update

from dso.db import among, db
from dso.domain.codes import OPEN_ACTION_STATES
from dso.models import Action, Customer, Item


def move_items(customer_ids: Sequence[int]) -> None:
    """Put the items of these customers under the pilot they have now."""
    if not customer_ids:
        return
    pilot = select(case((Customer.collected_by_id.is_not(None), Customer.collected_by_id), else_=Customer.id))
    account = pilot.where(Customer.id == Item.customer_id).scalar_subquery()
    mine = among(Item.customer_id, customer_ids)
    db.session.execute(
        update(Item).where(mine, Item.account_id != account).values(account_id=account),
        execution_options={"synchronize_session": False},
    )
    _move_actions(mine)


def _move_actions(mine: ColumnElement[bool]) -> None:
    """Specific actions follow when all items they hold have moved: members of a group show none (3.8)."""
    holding = select(Item.held_by_id).where(mine, Item.held_by_id.is_not(None))
    held = Item.held_by_id == Action.id
    account = select(func.min(Item.account_id)).where(held).scalar_subquery()
    db.session.execute(
        update(Action)
        .where(
            Action.id.in_(holding),
            Action.state.in_(OPEN_ACTION_STATES),
            ~exists().where(held, Item.account_id == Action.customer_id),
        )
        .values(customer_id=account),
        execution_options={"synchronize_session": False},
    )
