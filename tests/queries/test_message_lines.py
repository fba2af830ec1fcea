"""What a message lists and asks for is the pool of its account, for any ledger; on both databases."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from dso.domain import documents
from dso.domain.settings import CollectionSettings
from dso.models import Entity
from dso.queries import pool
from dso.queries.messages.lines import account_lines
from tests.factories import TODAY, a_customer, a_scenario, an_entity, an_item
from tests.queries.test_pool import SETTINGS, Drawn, a_holder, drawn, rules, store, without_zero
from tests.services.agenda import a_debtor, item_of


def test_on_the_day_a_promise_breaks_its_item_is_asked_for(entity: Entity) -> None:
    customer = a_debtor(a_scenario())
    broken = an_item(customer, "700", days_late=30, promise_until=TODAY, promise_broken=True)
    found = documents.chased(account_lines(customer, today=TODAY), SETTINGS, TODAY)
    assert {line.item.id for line in found.due} == {broken.id, item_of(customer).id}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=st.lists(drawn, max_size=7), insolvent=st.none() | st.integers(-40, 0), by=rules)
def test_a_message_lists_the_items_and_sums_of_the_pool(
    session: Session, ledger: list[Drawn], insolvent: int | None, by: CollectionSettings
) -> None:
    entity = an_entity()
    since = None if insolvent is None else TODAY + timedelta(days=insolvent)
    customer = a_customer(entity=entity, insolvent_on=since)
    holder = a_holder(customer)
    for one in ledger:
        store(customer, one, holder)
    session.expire_all()
    found = documents.chased(account_lines(customer, today=TODAY), by, TODAY)
    asked = pool.item_ids(entity, by, TODAY, [customer.id]).get(customer.id, [])
    assert {line.item.id for line in found.due} == set(asked)
    row = pool.rows(entity, by, TODAY)[customer.id]
    if row.leader is not None and row.leader.due_on <= TODAY:
        assert without_zero(documents.totals(found.due)) == without_zero(row.chaseable)
