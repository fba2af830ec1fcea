"""Files as programs of five more languages write them go in with no question: headers, amounts, dates, letters."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import ImportKind, ItemType
from dso.models import Item
from tests.services.imports.helpers import DATA, Importer, counts, customer, item

FOLDER = DATA / "languages"
#: What a customers file says of its first customer: name, town, payment term.
SAID = {
    "polish": ("Żółć Świętokrzyska Sp. z o.o.", "Łódź", "14 dni"),
    "spanish": ("Peña & Muñoz, S.L.", "Logroño", "30 días"),
    "portuguese": ("João Conceição, Lda.", "Évora", "30 dias"),
    "dutch": ("Coöperatie Zeeën B.V.", "Mûnein", "30 dagen"),
    "italian": ("Società Perù è Più S.r.l.", "Forlì", "30 giorni"),
}


@pytest.mark.parametrize("language", SAID)
def test_a_customers_file_of_the_language_goes_in_with_no_question(take: Importer, language: str) -> None:
    assert counts(take.file(ImportKind.CUSTOMERS, FOLDER / f"{language}_customers.csv")) == {"new": 2}
    known = customer("K1")
    assert (known.business_name, known.city, known.payment_term) == SAID[language]
    assert (known.credit_limit, known.email) == (Decimal("12500.50"), "a@example.com")
    assert known.street and known.postal_code and known.phone and (known.vat_number or known.legal_id)


@pytest.mark.parametrize("language", SAID)
def test_an_items_file_of_the_language_goes_in_with_no_question(take: Importer, language: str) -> None:
    take.file(ImportKind.CUSTOMERS, FOLDER / f"{language}_customers.csv")
    assert counts(take.file(ImportKind.ITEMS, FOLDER / f"{language}_items.csv")) == {"new": 2}
    assert db.session.scalar(select(func.sum(Item.remaining))) == Decimal("11345.67")
    # The amounts of the Dutch file carry their sign.
    currency = "EUR" if language == "dutch" else "PLN"
    found, other = item("FV/1/2026"), item("KOR/2/2026")
    assert (found.type, other.type) == (ItemType.INVOICE, ItemType.CREDIT_NOTE)
    assert (f"{found.issued_on}", f"{found.due_on}", found.currency) == ("2026-10-13", "2026-10-27", currency)
