"""Opening a link: what is noted, and what an expired, revoked, altered or forged one says."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso import clock
from dso.db import Base
from dso.models import Link
from dso.services import links
from tests import factories
from tests.conftest import NOW, Client
from tests.portal.world import a_link, an_account, path


def test_opening_notes_first_last_count_and_address_and_nothing_else(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer)
    link = a_link(customer)
    before = _everything(session)
    client.get(path(link))
    with clock.at(NOW + timedelta(hours=3)):
        client.get(path(link))
    session.refresh(link)
    assert (link.opened_count, link.first_opened_at, link.last_opened_at) == (2, NOW, NOW + timedelta(hours=3))
    assert link.last_address == "127.0.0.1"
    assert _everything(session) == before


def test_scanners_that_open_every_address_change_nothing(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer)
    link = a_link(customer)
    before = _everything(session)
    for rest in ("", "?lang=fr", "/statement.pdf", "/statement.xlsx", "/logo", "/colours.css", "/sent/1", "/files/1"):
        client.head(path(link, rest))
    session.refresh(link)
    assert link.opened_count == 0
    for rest in ("/statement.pdf", "/statement.xlsx", "/colours.css"):
        assert client.get(path(link, rest)).status_code == 200
    assert _everything(session) == before


def _everything(session: Session) -> dict[str, int]:
    """Rows of every table, and what the columns beside the log of openings say of links."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "links"]
    counts = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    columns = [Link.id, Link.expires_at, Link.revoked_at, Link.nonce]
    return {**counts, "links": hash(tuple(map(tuple, session.execute(select(*columns)).all())))}


@pytest.mark.parametrize("days", [60, 61])
def test_an_expired_link_answers_410_with_the_entitys_contact_and_nothing_else(
    session: Session, client: Client, days: int
) -> None:
    customer, _ = an_account(business_name="Secret Debtor")
    customer.entity.phone, customer.entity.email = "+33 1 11 11 11 11", "hello@acme.example"
    factories.an_item(customer, number="FCX")
    link = a_link(customer)
    with clock.at(NOW + timedelta(days=days)):
        responses = [client.get(path(link, rest)) for rest in ("", "/statement.pdf", "/logo", "/sent/1", "/files/1")]
        responses.append(client.post(path(link), data={"kind": "comment"}))
    for response in responses:
        text = response.get_data(as_text=True)
        assert response.status_code == 410
        assert "no longer valid" in text and "+33 1 11 11 11 11" in text and "hello@acme.example" in text
        assert "Secret Debtor" not in text and "FCX" not in text
    session.refresh(link)
    assert link.opened_count == 0


def test_a_link_opens_until_its_last_second(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    with clock.at(NOW + timedelta(days=60) - timedelta(seconds=1)):
        assert client.get(path(link)).status_code == 200


def test_a_revoked_link_answers_410(session: Session, client: Client) -> None:
    customer, collector = an_account()
    link = a_link(customer)
    links.revoke(link, actor=collector, now=NOW)
    assert client.get(path(link)).status_code == 410


def test_a_link_altered_in_any_character_answers_404(session: Session, client: Client) -> None:
    customer, _ = an_account()
    whole = path(a_link(customer))
    token = whole.removeprefix("/p/")
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "B"
        response = client.get(f"/p/{token[:at]}{other}{token[at + 1 :]}")
        assert response.status_code == 404, f"character {at}"


@pytest.mark.parametrize("token", ["x", "1", "WzEsIngiXQ.abc", "..%2F..%2Fetc", "%00", "é" * 50, "a" * 5000])
def test_a_forged_link_answers_404_politely(session: Session, client: Client, token: str) -> None:
    an_account()
    response = client.get(f"/p/{token}")
    assert response.status_code == 404


def test_what_stands_in_the_database_alone_opens_nothing(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    assert client.get(f"/p/{link.nonce}").status_code == 404
    assert client.get(f"/p/{link.id}.{link.nonce}").status_code == 404


def test_a_colleagues_link_does_not_open_the_debtors_page(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer, flavour="internal")
    assert client.get("/p/" + path(link).rpartition("/")[2]).status_code == 404


def test_answers_are_never_indexed_kept_or_told_to_other_sites(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    for address in (path(link), path(link, "/statement.xlsx"), "/p/forged", path(link, "/files/99")):
        headers = client.get(address).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_sets_no_cookie(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer)
    assert "Set-Cookie" not in client.get(path(a_link(customer))).headers
