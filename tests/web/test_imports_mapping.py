"""The mapping screen: sheets, constants, own fields, names, companies, headers that are new or gone."""

import io
import re
from html import unescape

import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import FieldType, ImportKind
from dso.domain.imports.fields import FIELDS
from dso.models import Customer, CustomField, Entity, ImportMapping, Item, User
from tests import factories
from tests.conftest import Client
from tests.web.test_imports import CUSTOMERS, decide, proposed, send, take

ITEMS = "Code client;N° pièce;Date facture;Échéance;Montant TTC\nC1;F1;13/10/2026;13/11/2026;1 200,00\n"


@pytest.fixture
def customers(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))


def shown(importer: Client, address: str) -> str:
    return importer.get(address).get_data(as_text=True)


def chosen(page: str, place: int) -> str:
    """What a column is said to mean."""
    body = re.search(rf'name="column-{place}".*?</select>', page, re.S)
    found = re.search(r'value="([^"]*)" selected', body[0]) if body else None
    return found[1] if found else ""


def book(*sheets: str) -> bytes:
    """A workbook whose sheets hold a customers list, the first with one row, the next with two."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as workbook:
        for length, name in enumerate(sheets, start=1):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, ["Code client", "Raison sociale"])
            for row in range(1, length + 1):
                sheet.write_row(row, 0, [f"{name}{row}", f"Name {row}"])
    return kept.getvalue()


def send_book(importer: Client, data: bytes) -> str:
    said = {"kind": "customers", "file": (io.BytesIO(data), "book.xlsx")}
    return importer.post("/imports", data=said, content_type="multipart/form-data").location


def test_the_sheet_of_a_workbook_is_chosen_among_names_and_row_counts(session: Session, importer: Client) -> None:
    address = send_book(importer, book("North", "South"))
    page = shown(importer, address)
    assert "North" in page and "one row" in page and "2 rows" in page and "column-0" not in page
    assert decide(importer, address, sheet="South") == address, "its columns are looked at first"
    take(importer, decide(importer, address, sheet="South"))
    assert set(session.scalars(select(Customer.code))) == {"South1", "South2"}


def test_the_sheet_chosen_once_is_taken_the_next_time(importer: Client) -> None:
    address = send_book(importer, book("North", "South"))
    decide(importer, address, sheet="South")
    take(importer, decide(importer, address, sheet="South"))
    answer = importer.get(send_book(importer, book("North", "South", "West")))
    assert answer.status_code == 303 and answer.location.endswith("/preview")


def test_other_columns_after_another_sheet_are_shown_before_anything_is_decided(importer: Client) -> None:
    address = send_book(importer, book("North", "South"))
    decide(importer, address, sheet="South")
    assert chosen(shown(importer, address), 1) == "business_name"


def test_separator_and_encoding_are_asked_of_texts_and_not_of_workbooks(importer: Client) -> None:
    of_texts = ('name="separator"', 'name="encoding"')
    text = shown(importer, send(importer, "items", ITEMS))
    workbook = shown(importer, send_book(importer, book("North")))
    assert all(name in text for name in of_texts) and not any(name in workbook for name in of_texts)


def test_any_field_can_be_the_same_in_every_row(session: Session, importer: Client, customers: None) -> None:
    said = {"constant-field-0": "currency", "constant-0": "usd", "constant-field-1": "project", "constant-1": "Line 7"}
    take(importer, decide(importer, send(importer, "items", ITEMS), **said))
    item = session.scalars(select(Item)).one()
    assert (item.currency, item.project) == ("USD", "Line 7")


def coded(importer: Client, said: bytes | str, encoding: str = "", **more: object) -> str:
    """The address of a file of items in some encoding."""
    data = said.encode(encoding) if isinstance(said, str) else said
    sent = {"kind": "items", "file": (io.BytesIO(data), "file.csv"), **more}
    return importer.post("/imports", data=sent, content_type="multipart/form-data").location


def encoding_field(page: str) -> tuple[list[str], str]:
    """The words of the first choice of the encoding, then of the chosen one where it is another; what is chosen."""
    body = re.search(r'<select [^>]*name="encoding">.*?</select>', page, re.S)
    assert body is not None
    options = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', body[0])
    picked = [code for code, selected, _words in options if selected]
    assert len(picked) <= 1
    return [options[0][2], *(words for _code, selected, words in options if selected)], "".join(picked)


def test_damaged_utf_8_is_refused_with_its_line_and_another_encoding_can_be_chosen_and_is_kept(
    session: Session, importer: Client, customers: None
) -> None:
    text = "Code client;No piece;Date facture;Echeance;Montant TTC\nC1;FÃ©Ã©é;13/10/2026;13/11/2026;1 200,00\n"
    address = coded(importer, text, "cp1252")
    answer = importer.get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Line 2 holds bytes that are no UTF-8" in page and 'name="encoding"' in page
    assert importer.post(address, data={"encoding": "cp1252", "shape": ""}).location == address
    take(importer, decide(importer, address, encoding="cp1252"))
    assert session.scalars(select(Item.number)).one() == "FÃ©Ã©é"
    assert importer.get(coded(importer, text, "cp1252")).location.endswith("/preview")


@pytest.mark.parametrize(
    ("language", "encoding", "words"),
    [
        ("en", "cp1252", "recognised: Windows (Western Europe) – cp1252"),
        ("fr", "cp1252", "reconnu\xa0: Windows (Europe occidentale) – cp1252"),
        ("en", "utf-8", "recognised: Unicode – utf-8"),
        ("en", "utf-16", "recognised: Unicode (Unicode text of Excel) – utf-16"),
    ],
)
def test_the_encoding_is_a_choice_in_words_with_the_one_recognised_chosen(
    importer: Client, admin: User, session: Session, language: str, encoding: str, words: str
) -> None:
    admin.language = language
    session.flush()
    assert encoding_field(shown(importer, coded(importer, ITEMS, encoding))) == ([words], "")


def test_what_is_recognised_is_not_nailed_down_for_the_next_file(
    session: Session, importer: Client, customers: None
) -> None:
    take(importer, decide(importer, coded(importer, ITEMS, "cp1252")))
    kept = session.scalars(select(ImportMapping).where(ImportMapping.kind == ImportKind.ITEMS)).one()
    assert kept.mapping["encoding"] == ""
    assert importer.get(coded(importer, ITEMS.replace("F1", "F2"), "utf-8")).location.endswith("/preview")


def test_an_encoding_is_chosen_and_kept(session: Session, importer: Client, customers: None) -> None:
    take(importer, decide(importer, coded(importer, ITEMS, "cp850"), encoding="cp850"))
    page = shown(importer, f"{coded(importer, ITEMS, 'cp850')}?edit=1")
    assert encoding_field(page) == (
        ["recognised: DOS (Western Europe) – cp850", "DOS (Western Europe) – cp850"],
        "cp850",
    )


@pytest.mark.parametrize(
    ("kept", "words", "code"),
    [("Latin1", "ISO (Western Europe) – iso-8859-1", "iso8859-1"), ("klingon", "klingon", "klingon")],
)
def test_an_encoding_kept_by_another_name_or_by_none_there_is_stays_what_is_chosen(
    session: Session, importer: Client, customers: None, kept: str, words: str, code: str
) -> None:
    take(importer, decide(importer, coded(importer, ITEMS, "cp1252")))
    mapping = session.scalars(select(ImportMapping).where(ImportMapping.kind == ImportKind.ITEMS)).one()
    mapping.mapping = {**mapping.mapping, "encoding": kept}
    session.flush()
    address = f"{coded(importer, ITEMS, 'cp1252')}?edit=1"
    answer = importer.get(address)
    assert encoding_field(answer.get_data(as_text=True))[0][-1] == words
    assert encoding_field(answer.get_data(as_text=True))[1] == code
    again = importer.post(address, data=proposed(importer, address))
    assert (again.status_code, "There is no encoding named" in again.get_data(as_text=True)) == (
        (422, True) if kept == "klingon" else (303, False)
    )


def test_a_field_with_a_column_and_a_constant_is_refused_in_words(importer: Client, customers: None) -> None:
    address = send(importer, "items", ITEMS)
    data = {"constants": "1", "constant-field-0": "amount", "constant-0": "5", "column-4": "amount"}
    answer = importer.post(address, data=data)
    assert answer.status_code == 422 and "has a constant value" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "field", "value", "alert", "beside"),
    [
        ("en", "currency", "DOLLARS", '"DOLLARS" cannot stand in every row as Currency: this is not a currency',
         "this is not a currency; write its code, such as EUR"),
        ("fr", "currency", "DOLLARS", "« DOLLARS » ne peut pas valoir pour toutes les lignes comme Devise",
         "ce n’est pas une devise ; écrivez son code, par exemple EUR"),
        ("en", "ordered_on", "31/12/2026", '"31/12/2026" cannot stand in every row as Order date',
         "this cannot be read as a date; write it as 2026-12-31"),
        ("en", "custom:score", "high", '"high" cannot stand in every row as Score of ours', "this is not a number"),
        ("en", "entity", "Nobody", '"Nobody" cannot stand in every row as Company', "there is no company named Nobody"),
    ],
)  # fmt: skip
def test_a_value_no_row_could_go_in_with_is_refused_at_its_field(
    session: Session, importer: Client, admin: User, language: str, field: str, value: str, alert: str, beside: str
) -> None:
    session.add(CustomField(subject="item", code="score", label="Score of ours", type=FieldType.NUMBER))
    admin.language = language
    session.flush()
    address = send(importer, "items", ITEMS)
    data = {**proposed(importer, address), "constant-field-0": "project", "constant-0": "Line 7"}
    answer = importer.post(address, data={**data, "constant-field-1": field, "constant-1": value})
    page = re.sub(r"\xa0", " ", answer.get_data(as_text=True))
    assert answer.status_code == 422 and alert in unescape(page)
    assert re.search(rf'id="constant-1" [^>]*value="{value}"[^>]*aria-invalid="true"[^>]*="constant-1-error"', page)
    assert re.findall(r'id="constant-(\d)-error"[^>]*>.*?<span>(.*?)</span>', page) == [("1", beside)]


def test_a_kept_value_no_row_could_go_in_with_leads_back_to_its_field(
    session: Session, importer: Client, customers: None
) -> None:
    said = {"constant-field-0": "currency", "constant-0": "usd"}
    take(importer, decide(importer, send(importer, "items", ITEMS), **said))
    kept = session.scalars(select(ImportMapping).where(ImportMapping.kind == ImportKind.ITEMS)).one()
    kept.mapping = {**kept.mapping, "constants": {"currency": "DOLLARS"}}
    session.flush()
    preview = importer.get(send(importer, "items", ITEMS)).location
    columns = importer.get(preview).location
    page = shown(importer, columns)
    assert "cannot stand in every row as Currency" in page and 'id="constant-0-error"' in page


@pytest.mark.parametrize(
    ("cells", "proven"),
    [
        (["12,5", "1 000"], FieldType.NUMBER),
        (["13/10/2026", "01/02/2026"], FieldType.DATE),
        (["oui", "non"], FieldType.YESNO),
        (["007", "012"], FieldType.TEXT),
        (["A1", "5"], FieldType.TEXT),
    ],
)
def test_a_new_field_is_offered_first_with_the_type_its_column_proves(
    importer: Client, cells: list[str], proven: FieldType
) -> None:
    text = "Code client;Raison sociale;Score\n" + "".join(f"C{n};Alpha;{cell}\n" for n, cell in enumerate(cells))
    page = shown(importer, send(importer, "customers", text))
    assert re.findall(r'value="custom:score\|(\w+)"', page)[0] == proven


def test_a_new_field_is_made_with_the_type_chosen(session: Session, importer: Client) -> None:
    text = "Code client;Raison sociale;Score\nC1;Alpha;1 250,5\n"
    result = take(importer, decide(importer, send(importer, "customers", text), **{"column-2": "custom:score|number"}))
    made = session.scalars(select(CustomField)).one()
    assert (made.code, made.type, made.label) == ("score", FieldType.NUMBER, "Score")
    assert session.scalars(select(Customer)).one().custom == {"score": "1250.5"}
    assert "Every row went in." in shown(importer, result)


def test_a_field_that_is_there_already_is_offered_by_its_label(session: Session, importer: Client) -> None:
    session.add(CustomField(subject="customer", code="site", label="Site number", type=FieldType.TEXT))
    page = shown(importer, send(importer, "customers", "Code client;Raison sociale;Site\nC1;Alpha;7\n"))
    assert '<option value="custom:site">Site number</option>' in page and "custom:site|" not in page


@pytest.mark.parametrize("kind", list(FIELDS))
@pytest.mark.parametrize("other", list(FIELDS))
def test_a_file_of_each_kind_is_shown_as_each_other(importer: Client, kind: str, other: str) -> None:
    names = [*FIELDS[ImportKind(other)], "custom:site", "client_field_perso1"]
    page = importer.get(send(importer, kind, f"{';'.join(names)}\n{';'.join('x' for _ in names)}\n"))
    assert page.status_code == 200 and "custom:site" in page.get_data(as_text=True)


def test_a_field_of_one_s_own_is_refused_in_words_for_records_that_have_none(importer: Client) -> None:
    address = send(importer, "contacts", "customer;last name;site\nC1;One;x\n")
    answer = importer.post(address, data={"column-2": "custom:site"})
    assert answer.status_code == 422 and "in contacts files. The fields are" in answer.get_data(as_text=True)


def test_a_mapping_is_kept_under_a_name(session: Session, importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS), name="Sage"))
    assert session.scalars(select(ImportMapping)).one().name == "Sage"
    assert 'value="Sage"' in shown(importer, f"{send(importer, 'customers', CUSTOMERS)}?edit=1")


def test_a_new_header_opens_the_screen_with_the_rest_as_it_was(importer: Client) -> None:
    address = send(importer, "customers", CUSTOMERS)
    take(importer, decide(importer, address, **{"column-2": "state"}))
    page = shown(importer, send(importer, "customers", CUSTOMERS.replace("Ville\n", "Ville;Téléphone\n")))
    assert "New in the file: Téléphone" in page
    assert [chosen(page, place) for place in range(4)] == ["code", "business_name", "state", "phone"]


def test_a_header_that_is_gone_is_named(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    page = shown(importer, send(importer, "customers", "Code client;Raison sociale\nC1;Alpha\n"))
    assert "No longer in the file: Ville" in page and chosen(page, 1) == "business_name"


def test_rows_of_other_companies_are_counted_on_the_preview_and_the_result(
    session: Session, importer: Client, entity: Entity, customers: None
) -> None:
    factories.an_entity(name="Berlin")
    text = ITEMS.replace("TTC\n", "TTC;Entité\n").replace("200,00", f"200,00;{entity.name}")
    preview = decide(importer, send(importer, "items", text + "C1;F2;13/10/2026;13/11/2026;5,00;Berlin\n"))
    assert "Rows of other companies, left out: 1." in shown(importer, preview)
    assert "Berlin 1" in shown(importer, take(importer, preview))


@pytest.mark.parametrize(
    ("kind", "text", "policies"),
    [
        ("users", "E-mail;Last name;Role\na@example.com;Ann;collector\n", True),
        ("rates", "Currency;Date;Rate\nUSD;2026-10-01;1.1\n", False),
    ],
)
def test_users_and_rates_have_no_mode_and_policies_only_where_they_mean_something(
    importer: Client, kind: str, text: str, policies: bool
) -> None:
    address = send(importer, kind, text)
    page = shown(importer, address)
    assert 'name="mode"' not in page and ('name="policy-0"' in page) is policies
    assert importer.get(take(importer, decide(importer, address))).status_code == 200


def test_a_sign_that_speaks_against_the_currency_of_the_company_is_said(importer: Client, customers: None) -> None:
    dollars = ITEMS.replace("1 200,00", "$1 200,00")
    words = "The amounts carry $, and the currency of their rows is EUR: such rows will be rejected."
    assert words in shown(importer, send(importer, "items", dollars))
    assert words not in shown(importer, send(importer, "items", ITEMS))
    said = dollars.replace("Montant TTC", "Montant TTC;Devise").replace("$1 200,00", "$1 200,00;USD")
    assert words not in shown(importer, send(importer, "items", said))


def test_a_remembered_shape_takes_no_amount_for_another_currency(
    session: Session, importer: Client, customers: None
) -> None:
    take(importer, decide(importer, send(importer, "items", ITEMS)))
    straight = importer.get(send(importer, "items", ITEMS.replace("F1", "F2").replace("1 200,00", "$1 200,00")))
    assert straight.location.endswith("/preview")
    assert "the amount is in $, but the currency of the row is EUR" in shown(importer, straight.location)
    take(importer, straight.location)
    assert session.scalars(select(Item.number)).all() == ["F1"]


def test_a_sign_that_speaks_against_the_currency_said_for_all_rows_is_told(importer: Client, customers: None) -> None:
    address = send(importer, "items", ITEMS.replace("1 200,00", "$1 200,00"))
    said = {"constant-field-0": "currency", "constant-0": "GBP"}
    importer.post(address, data={**proposed(importer, address), **said})
    assert "the currency of their rows is GBP" in shown(importer, f"{address.partition('?')[0]}?edit=1")
