"""Opening the debtor page: what it shows, to whom, and that opening changes nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ItemType, StatusType
from dso.models import Attachment, BankAccount, Link, attachment_items
from tests import factories
from tests.conftest import NOW, TODAY, Client
from tests.portal.world import a_link, an_account, path


def shown(client: Client, link: Link, rest: str = "") -> str:
    response = client.get(path(link, rest))
    assert response.status_code == 200
    return str(response.get_data(as_text=True))


def test_the_page_shows_the_open_items_of_its_customer(session: Session, client: Client) -> None:
    customer, _ = an_account(business_name="Garnier Transports")
    factories.an_item(customer, "1234.50", number="FC1", order_number="PO-77", days_late=62)
    factories.an_item(customer, "99", number="FC2", cleared_on=TODAY)
    text = shown(client, a_link(customer))
    for words in (
        "Garnier Transports",
        customer.code,
        "FC1",
        "PO-77",
        "1,234.50",
        "62 d",
        "Zoé Lambert",
        "Position as of",
    ):
        assert words in text
    assert "FC2" not in text


def test_no_item_file_or_answer_of_another_customer_is_on_the_page(session: Session, client: Client) -> None:
    customer, _ = an_account()
    other, _ = an_account(business_name="Somebody Else")
    factories.an_item(customer, number="MINE1")
    factories.an_item(other, number="THEIRS1")
    text = shown(client, a_link(customer))
    assert "MINE1" in text
    assert "THEIRS1" not in text
    assert "Somebody Else" not in text


def test_the_pilot_of_a_group_collection_sees_the_grouped_accounts_and_a_member_its_own(
    session: Session, client: Client
) -> None:
    pilot, _ = an_account(business_name="Pilot SA")
    member = factories.a_customer(collected_by_id=pilot.id, business_name="Member SARL")
    factories.an_item(pilot, number="PIL1")
    factories.an_item(member, number="MEM1")
    text = shown(client, a_link(pilot))
    assert "PIL1" in text and "MEM1" in text and "Member SARL" in text
    text = shown(client, a_link(member))
    assert "MEM1" in text and "PIL1" not in text


def test_down_payment_requests_stand_apart_and_outside_the_total(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer, "100")
    factories.an_item(customer, "5000", number="DP1", type=ItemType.DOWN_PAYMENT)
    text = shown(client, a_link(customer))
    assert "Down-payment requests in EUR (not part of the total)" in text
    assert "5,100.00" not in text


def test_disputed_items_are_marked_and_there_is_a_total_without_them(session: Session, client: Client) -> None:
    customer, _ = an_account()
    status = factories.a_status(StatusType.DISPUTE, labels={"en": "Price query"})
    dispute = {"status_id": status.id, "status_type": StatusType.DISPUTE}
    factories.an_item(customer, "1000")
    factories.an_item(customer, "300", disputed_amount=Decimal(120), **dispute)
    text = shown(client, a_link(customer))
    assert "Price query" in text
    assert "Total without what is in dispute" in text
    assert "1,180.00" in text


def test_credits_are_netted_in_the_total(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer, "1000")
    factories.an_item(customer, "-250", type=ItemType.CREDIT_NOTE)
    text = shown(client, a_link(customer))
    assert "750.00" in text
    assert "−250.00" in text


def test_currencies_are_never_added_up(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer, "100")
    factories.an_item(customer, "40", currency="USD")
    text = shown(client, a_link(customer))
    assert "Open items in EUR" in text and "Open items in USD" in text
    assert "140.00" not in text


def test_a_status_without_a_label_for_debtors_and_a_comment_not_marked_visible_stay_inside(
    session: Session, client: Client
) -> None:
    customer, _ = an_account()
    secret = factories.a_status(StatusType.LITIGATION, name="Handed to lawyer", labels={})
    factories.an_item(customer, status_id=secret.id, status_type=StatusType.LITIGATION, status_comment="he lies")
    told = factories.a_status(StatusType.ONGOING, name="Internal name", labels={"en": "In progress"})
    values: dict[str, Any] = {
        "status_type": StatusType.ONGOING,
        "status_comment": "We look into it",
        "status_visible": True,
    }
    factories.an_item(customer, status_id=told.id, **values)
    text = shown(client, a_link(customer))
    assert "Handed to lawyer" not in text and "he lies" not in text and "Internal name" not in text
    assert "In progress" in text and "We look into it" in text


def test_the_yellow_note_and_other_internal_facts_are_not_on_the_page(session: Session, client: Client) -> None:
    customer, _ = an_account(comment="never trust them", risk_category="D", credit_limit=Decimal(77777))
    factories.an_item(customer, internal_reply_text="sales say no", ignored=True, number="IGN1")
    text = shown(client, a_link(customer))
    for words in ("never trust them", "77,777", "sales say no"):
        assert words not in text
    assert "IGN1" in text, "an ignored item is still open"


def test_the_account_to_pay_to_has_copy_buttons(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer, assigned_to="Factor One")
    session.add(BankAccount(entity_id=customer.entity_id, currency="EUR", iban="FR7630006000011234567890189"))
    text = shown(client, a_link(customer))
    assert "FR76 3000 6000 0112 3456 7890 189" in text
    assert 'data-copy="FR7630006000011234567890189"' in text
    assert "To be paid to Factor One" in text


def test_a_settled_account_says_so(session: Session, client: Client) -> None:
    customer, _ = an_account()
    assert "Your account is settled" in shown(client, a_link(customer))


def test_the_language_is_the_links_and_can_be_switched(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer, "1234.50")
    link = a_link(customer, language="fr-FR")
    assert '<html lang="fr">' in shown(client, link)
    assert '<html lang="en">' in shown(client, link, "?lang=en")
    assert '<html lang="fr">' in shown(client, link, "?lang=xx")
    assert '<html lang="en">' in shown(client, a_link(customer, language="ja"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=po-9", {"B"}),
        ("text=fca", {"A"}),
        ("overdue=1", {"A", "B"}),
        ("status=In+progress", {"B"}),
        ("from=2026-11-01", {"C"}),
        ("to=2026-10-31", {"A", "B"}),
        ("from=2026-10-01&to=2026-10-15", {"B"}),
        ("from=yesterday&page=0&sort=evil", {"A", "B", "C"}),
        ("text=nothing", set()),
    ],
)
def test_the_statement_can_be_searched_and_filtered(
    session: Session, client: Client, query: str, found: set[str]
) -> None:
    customer, _ = an_account()
    status = factories.a_status(StatusType.ONGOING, labels={"en": "In progress"})
    tagged: dict[str, Any] = {"status_id": status.id, "status_type": StatusType.ONGOING}
    factories.an_item(customer, number="FCA", due_on=date(2026, 10, 1), issued_on=date(2026, 9, 1))
    factories.an_item(
        customer, number="FCB", due_on=date(2026, 11, 1), issued_on=date(2026, 10, 5), order_number="PO-9", **tagged
    )
    factories.an_item(customer, number="FCC", due_on=date(2026, 12, 1), issued_on=date(2026, 11, 5))
    text = shown(client, a_link(customer), f"?{query}")
    assert {letter for letter in "ABC" if f'aria-label="Tick FC{letter}"' in text} == found


def test_the_statement_can_be_sorted_both_ways(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer, "10", number="SMALL", days_late=1)
    factories.an_item(customer, "900", number="LARGE", days_late=0)
    link = a_link(customer)
    up, down = shown(client, link, "?sort=remaining"), shown(client, link, "?sort=-remaining")
    assert up.index("Tick SMALL") < up.index("Tick LARGE")
    assert down.index("Tick LARGE") < down.index("Tick SMALL")


def test_ticked_items_stay_on_the_page_whatever_is_searched(session: Session, client: Client) -> None:
    customer, _ = an_account()
    kept = factories.an_item(customer, number="KEPT")
    factories.an_item(customer, number="WANTED")
    text = shown(client, a_link(customer), f"?text=wanted&items={kept.id}")
    assert "Tick KEPT" in text and "Tick WANTED" in text


def test_a_part_for_htmx_is_the_statement_alone(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer)
    link = a_link(customer)
    text = client.get(path(link), headers={"HX-Request": "true"}).get_data(as_text=True)
    assert text.lstrip().startswith('<div id="statement"')
    session.refresh(link)
    assert link.opened_count == 0


def test_many_items_come_in_pages_and_the_totals_are_of_all(session: Session, client: Client) -> None:
    customer, _ = an_account()
    for n in range(205):
        factories.an_item(customer, "10", number=f"N{n:03}")
    text = shown(client, a_link(customer))
    assert text.count("data-tick ") == 200
    assert "2,050.00" in text
    assert shown(client, a_link(customer), "?page=2").count("data-tick ") == 5


SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_script_text_in_every_field_is_escaped(session: Session, client: Client) -> None:
    customer, collector = an_account(business_name=SCRIPT, code=SCRIPT[:60])
    entity = customer.entity
    for name in ("legal_name", "address", "legal_id", "vat_number", "website"):
        setattr(entity, name, SCRIPT[:50])
    entity.colour, entity.legal_footer = '#" onl', {"en": SCRIPT}
    collector.first_name = collector.last_name = collector.job_title = collector.phone = SCRIPT[:60]
    status = factories.a_status(StatusType.PROMISE, labels={"en": SCRIPT})
    session.add(BankAccount(entity_id=entity.id, currency="EUR", iban=SCRIPT[:40], bank=SCRIPT, details=SCRIPT))
    values: dict[str, Any] = {
        "status_comment": SCRIPT,
        "status_visible": True,
        "assigned_to": SCRIPT,
        "order_number": SCRIPT,
    }
    item = factories.an_item(
        customer,
        number=SCRIPT,
        status_id=status.id,
        status_type=StatusType.PROMISE,
        document_url="javascript:alert(1)",
        **values,
    )
    file = Attachment(entity_id=entity.id, name=SCRIPT, content_type="text/plain", size=1, sha256="", stored_as="x")
    file.visible_to_debtor, file.created_at = True, NOW
    session.add(file)
    session.flush()
    session.execute(attachment_items.insert(), [{"attachment_id": file.id, "item_id": item.id}])
    link = a_link(customer, name=SCRIPT)
    text = shown(client, link, "?text=%3Cscript%3Ealert(1)")
    text += shown(client, link)
    assert "<script>alert" not in text and "<img src=x" not in text
    assert "javascript:" not in text


def test_only_addresses_of_the_web_become_links_to_duplicates(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer, number="GOOD", document_url="https://docs.example/1.pdf")
    factories.an_item(customer, number="BAD", document_url="file:///etc/passwd")
    text = shown(client, a_link(customer))
    assert 'href="https://docs.example/1.pdf"' in text
    assert "passwd" not in text


def test_the_statement_is_fetched_as_pdf_and_as_a_table(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer)
    link = a_link(customer)
    pdf, table = client.get(path(link, "/statement.pdf")), client.get(path(link, "/statement.xlsx"))
    assert pdf.data.startswith(b"%PDF") and table.data.startswith(b"PK")
    assert pdf.headers["Content-Disposition"].startswith("attachment; filename=statement-")


def test_the_companys_colour_is_used_only_where_it_is_a_readable_colour(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    customer.entity.colour = "#7a1f3d"
    assert "#7a1f3d" in client.get(path(link, "/colours.css")).get_data(as_text=True)
    customer.entity.colour = "#ffee00"
    assert client.get(path(link, "/colours.css")).get_data(as_text=True) == ""


def test_logo_and_picture_are_shown_only_when_they_are_pictures(session: Session, client: Client) -> None:
    customer, collector = an_account()
    link = a_link(customer)
    assert client.get(path(link, "/logo")).status_code == 404
    customer.entity.logo, customer.entity.logo_type = b"\x89PNG\r\n\x1a\nxx", "image/png"
    collector.picture = b"<svg onload='x'/>"
    assert client.get(path(link, "/logo")).mimetype == "image/png"
    assert client.get(path(link, "/person")).status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_items(session: Session, client: Client) -> None:
    customer, _ = an_account()
    address = path(a_link(customer))
    counts = []
    for n in (1, 30):
        for _ in range(n):
            factories.an_item(customer)
        counts.append(_statements(lambda: client.get(address)))
    assert counts[0] == counts[1] < 30


def _statements(run: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in seen if "SAVEPOINT" not in statement])
