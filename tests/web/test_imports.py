"""The import screens: columns, difference, brake, result, rejected rows."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.domain.codes import ImportKind, Role
from dso.models import Customer, Entity, ImportRun, ImportUpload, Item, User
from dso.services import files
from dso.services.imports import uploads
from tests import factories
from tests.conftest import NOW, Client

Login = Callable[[User], Client]

CUSTOMERS = "Code client;Raison sociale;Ville\nC1;Alpha;Lyon\nC2;=1+1;Nantes\n"
ITEMS = (
    "Code client;Type pièce;N° pièce;Date facture;Échéance;Montant TTC;Reste dû TTC\n"
    "C1;FC;F1;13/10/2026;13/11/2026;1 200,00;1 200,00\n"
    "C1;FC;F2;14/10/2026;13/11/2026;300,00;300,00\n"
    "C9;FC;F3;14/10/2026;13/11/2026;10,00;10,00\n"
)


def send(importer: Client, kind: str, text: str, name: str = "file.csv", **said: object) -> str:
    """Send a file; the address it leads to."""
    data = {"kind": kind, "file": (io.BytesIO(text.encode("cp1252")), name), **said}
    answer = importer.post("/imports", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def proposed(importer: Client, address: str) -> dict[str, str]:
    """The fields of the mapping screen as they are proposed."""
    page = importer.get(address).get_data(as_text=True)
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    for name, body in re.findall(
        r'<select class="form-select" id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen.group(1) if chosen else ""
    return form


def decide(importer: Client, address: str, **said: str) -> str:
    """Submit the mapping screen as it is proposed, with some fields said; the address of the preview."""
    answer = importer.post(address, data={**proposed(importer, address), **said})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def take(importer: Client, preview: str, **said: str) -> str:
    """Press "Import"; the address of the result."""
    answer = importer.post(preview.replace("/preview", "/run"), data=said)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def test_a_file_goes_from_columns_by_the_difference_to_its_result(session: Session, importer: Client) -> None:
    preview = decide(importer, send(importer, "customers", CUSTOMERS))
    assert session.scalar(select(func.count()).select_from(Customer)) == 0, "nothing is written before Import"
    assert "Alpha" in importer.get(preview).get_data(as_text=True)
    result = importer.get(take(importer, preview)).get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Customer)) == 2
    assert "Every row went in." in result


def test_the_next_file_of_the_same_shape_goes_straight_to_the_difference(session: Session, importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    answer = importer.get(send(importer, "customers", CUSTOMERS.replace("Lyon", "Paris")))
    assert answer.status_code == 303 and answer.location.endswith("/preview")
    page = importer.get(answer.location).get_data(as_text=True)
    assert "Lyon" in page and "Paris" in page


def test_items_tell_their_effect_and_name_rejected_rows(session: Session, importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    preview = decide(importer, send(importer, "items", ITEMS), mode="stock")
    page = importer.get(preview).get_data(as_text=True)
    assert "1,500.00" in page and "C9" in page
    result = take(importer, preview)
    assert session.scalar(select(func.sum(Item.remaining))) == 1500
    rejected = importer.get(f"{result}/rejected.csv").get_data(as_text=True)
    assert "C9" in rejected and rejected.count("\n") == 2
    assert f"{result}/rejected.csv" in importer.get("/imports").get_data(as_text=True)


def test_the_brake_holds_a_truncated_full_file_until_it_is_released(session: Session, importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    take(importer, decide(importer, send(importer, "items", ITEMS), mode="stock"))
    cut = "\n".join(ITEMS.splitlines()[:2]).replace("F1", "F7")
    preview = importer.get(send(importer, "items", cut)).location
    answer = importer.post(preview.replace("/preview", "/run"))
    assert answer.status_code == 409 and "The brake holds" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Item).where(Item.cleared_on.is_not(None))) == 0
    take(importer, preview, force="1")
    assert session.scalar(select(func.count()).select_from(Item).where(Item.cleared_on.is_not(None))) == 2


@pytest.mark.parametrize("text", ["1;2\n3;4\n", '"' + "x" * 5000])
def test_a_file_that_is_no_table_is_told_in_words(importer: Client, text: str) -> None:
    answer = importer.get(send(importer, "items", text))
    assert answer.status_code == 422 and 'role="alert"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("text", ["", "\x00", "%PDF-1.4", "PK\x03\x04", "<?xml version='1.0'?><a/>"])
def test_what_can_never_be_a_table_is_refused_at_once_and_not_kept(
    importer: Client, session: Session, text: str
) -> None:
    kept = set(files.folder().rglob("*"))
    data = {"kind": "items", "file": (io.BytesIO(text.encode("latin-1")), "file.csv")}
    answer = importer.post("/imports", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422 and 'role="alert"' in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ImportUpload)) == 0
    assert {path for path in files.folder().rglob("*") if path.is_file()} <= kept


def test_an_unmapped_required_field_is_named_and_the_choices_stay(importer: Client) -> None:
    address = send(importer, "customers", "foo;bar;Ville\n1;2;Lyon\n")
    answer = importer.post(address, data={"column-0": "code", "column-1": "", "column-2": "city"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "No column is mapped to Business name." in page and "Still to be found: Business name." in page
    assert re.search(r'name="column-0".*?value="code" selected', page, re.S)


def test_a_file_of_another_kind_is_noticed_where_its_columns_are_shown(importer: Client) -> None:
    page = importer.get(send(importer, "customers", ITEMS)).get_data(as_text=True)
    assert "looks like a file of another kind: Open items, not Customers" in page


def test_two_clicks_on_import_take_a_file_in_once(session: Session, importer: Client) -> None:
    preview = decide(importer, send(importer, "customers", CUSTOMERS))
    result = take(importer, preview)
    second = importer.post(preview.replace("/preview", "/run"))
    assert importer.get(second.location).location == result
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 1


def test_a_difference_takes_in_the_file_it_was_of_and_as_it_was_read(session: Session, importer: Client) -> None:
    """The number of a file that was left out may go to the next one, and columns may be changed in another tab."""
    preview = decide(importer, send(importer, "customers", CUSTOMERS))
    seen = proposed(importer, preview)
    upload = session.scalars(select(ImportUpload)).one()
    shown, upload.stored_as = (
        upload.stored_as,
        files.keep(io.BytesIO(b"Code client;Raison sociale;Ville\nC7;Other;Nice\n")),
    )
    session.commit()
    for button in ("run", "cancel"):
        answer = importer.post(preview.replace("preview", button), data=seen, follow_redirects=True)
        assert "that of another file, or of other columns" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 0
    assert session.scalar(select(func.count()).select_from(ImportUpload)) == 1
    upload.stored_as, upload.mapping = shown, {**upload.mapping, "mode": "stock"}
    session.commit()
    assert importer.post(preview.replace("preview", "run"), data=seen).location == preview
    assert "/imports/files/" not in take(importer, preview, **proposed(importer, preview))


def test_the_original_file_comes_back_byte_for_byte(importer: Client) -> None:
    result = take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    with importer.get(f"{result}/file") as answer:
        assert answer.data == CUSTOMERS.encode("cp1252")


def test_rates_packed_by_the_central_bank_go_in_and_come_back_as_they_were_sent(importer: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref.csv", "Date, USD, GBP, \n27 November 2026, 1.0570, 0.83188, \n")
    data = {"kind": "rates", "file": (io.BytesIO(packed.getvalue()), "eurofxref.zip")}
    address = importer.post("/imports", data=data, content_type="multipart/form-data").location
    assert 'name="encoding"' in importer.get(address).get_data(as_text=True)
    result = take(importer, decide(importer, address))
    with importer.get(f"{result}/file") as answer:
        assert answer.data == packed.getvalue() and "eurofxref.zip" in answer.headers["Content-Disposition"]
    data = {"kind": "items", "file": (io.BytesIO(packed.getvalue()), "eurofxref.zip")}
    refused = importer.post("/imports", data=data, content_type="multipart/form-data")
    assert "no XLSX workbook" in refused.get_data(as_text=True)


def test_somebody_else_s_upload_is_not_found(importer: Client, login: Login, entity: Entity) -> None:
    address = send(importer, "customers", CUSTOMERS)
    other = login(factories.a_user(role=Role.ADMIN))
    assert other.get(address).status_code == 404


def test_who_has_not_the_tick_cannot_import(login: Login, entity: Entity) -> None:
    assert login(factories.a_user(role=Role.COLLECTOR)).get("/imports").status_code == 403


def test_templates_hold_every_column_of_their_kind(importer: Client) -> None:
    text = importer.get("/imports/template/items.csv").get_data(as_text=True)
    assert "number" in text and "due_on" in text
    assert importer.get("/imports/template/nothing.csv").status_code == 404


def test_dates_that_fit_both_orders_are_asked_with_the_place_to_answer(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    text = ITEMS.splitlines()[0] + "\nC1;FC;F1;03/10/2026;04/11/2026;5,00;5,00\n"
    address = send(importer, "items", text)
    assert 'type="radio" id="day_order-1"' in importer.get(address).get_data(as_text=True), (
        "asked before anything fails"
    )
    preview = decide(importer, address)
    page = importer.get(importer.get(preview).location).get_data(as_text=True)
    assert "say which comes first" in page and "--day-order" not in page
    told = re.findall(r'role="(alert|status)">(?:(?!role=).)*?say which comes first', page, re.S)
    assert told == ["status"], "a question is no error"
    assert "F1" in importer.get(decide(importer, f"{address}?edit=1", day_order="dmy")).get_data(as_text=True)


def test_rejected_rows_come_back_with_their_original_columns_and_the_reason(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    text = ITEMS + "C1;RG;=R1;14/10/2026;13/11/2026;-1x,00;-10,00\n"
    result = take(importer, decide(importer, send(importer, "items", text)))
    lines = importer.get(f"{result}/rejected.csv").data.decode("utf-8-sig").splitlines()
    assert lines == [
        "Code client;Type pièce;N° pièce;Date facture;Échéance;Montant TTC;Reste dû TTC;line;reason",
        "C9;FC;F3;14/10/2026;13/11/2026;10,00;10,00;4;there is no customer with the code C9",
        "C1;RG;'=R1;14/10/2026;13/11/2026;'-1x,00;-10,00;5;this is not an amount",
    ]


def test_the_result_says_what_the_difference_said_of_amounts_and_strangers(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    preview = decide(importer, send(importer, "items", ITEMS))
    difference = importer.get(preview).get_data(as_text=True)
    result = importer.get(take(importer, preview)).get_data(as_text=True)
    amounts = [re.findall(r"[\d,.]+ EUR", page) for page in (difference, result)]
    assert amounts[0][:4] == amounts[1][:4] and "Overdue" in result
    assert "Customers who are not here: import them first" in difference
    assert "Customers who are not here: import them first, then send this file again." in result


def test_amounts_without_a_rate_are_named_beside_the_effect(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    rows = ITEMS.replace("TTC\n", "TTC;Devise\n").replace("00\n", "00;KWD\n", 1).replace("00\n", "00;\n")
    preview = decide(importer, send(importer, "items", rows))
    words = "overdue 0.000\u00a0KWD → 1,200.000\u00a0KWD are not in these figures: there is no exchange rate for KWD"
    assert words in importer.get(preview).get_data(as_text=True)
    assert words in importer.get(take(importer, preview)).get_data(as_text=True)


def test_the_result_leads_to_the_changed_records(importer: Client) -> None:
    made = take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    assert "Alpha" in importer.get(f"{made}/changes").get_data(as_text=True)
    first = take(importer, decide(importer, send(importer, "items", ITEMS)))
    address = importer.get(send(importer, "items", ITEMS.replace("300,00;300,00", "300,00;120,00"))).location
    result = take(importer, address)
    page = importer.get(f"{result}/changes").get_data(as_text=True)
    assert "F2" in page and "Remaining incl. tax: 300.00" in page and "120.00" in page and "F1" not in page
    assert "F1" in importer.get(f"{first}/changes?part=new").get_data(as_text=True)


def test_a_type_left_without_a_match_holds_its_rows_back(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    text = ITEMS + "C1;RG;R1;14/10/2026;13/11/2026;-10,00;-10,00\n"
    page = importer.get(decide(importer, send(importer, "items", text), **{"type-1": ""})).get_data(as_text=True)
    assert "is not matched to a type yet" in page


def test_what_went_in_with_a_remark_is_told(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    text = ITEMS + "C1;AV;A1;14/10/2026;13/11/2026;10,00;10,00\n"
    preview = decide(importer, send(importer, "items", text))
    shown_before = importer.get(preview).get_data(as_text=True)
    for shown in (shown_before, importer.get(take(importer, preview)).get_data(as_text=True)):
        assert "the sign is against the type AVO: taken in as ODI" in shown
        assert "Rows with a remark (1)" in shown
        assert "<li>the sign is against the type …: taken in as ODI (1)</li>" in shown


def test_more_remarks_than_a_page_shows_are_counted_all(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    text = ITEMS + "".join(f"C1;AV;A{n};14/10/2026;13/11/2026;10,00;10,00\n" for n in range(230))
    preview = decide(importer, send(importer, "items", text))
    difference = importer.get(preview).get_data(as_text=True)
    assert "Rows with a remark (230)" in difference and "The first 50 of 230." in difference
    result = importer.get(take(importer, preview)).get_data(as_text=True)
    assert "Rows with a remark (230)" in result and "The first 200 of 230." in result


def test_a_lost_file_keeps_nobody_from_sending_another(importer: Client, session: Session, entity: Entity) -> None:
    lost = ImportUpload(
        entity_id=entity.id,
        kind=ImportKind.CUSTOMERS,
        file_name="old.csv",
        stored_as="0" * 40,
        created_at=NOW - timedelta(days=8),
    )
    session.add(lost)
    send(importer, "customers", CUSTOMERS)
    assert session.scalars(select(ImportUpload.file_name)).all() == ["file.csv"]


def test_a_file_left_lying_is_removed_with_its_row(importer: Client, session: Session) -> None:
    send(importer, "customers", CUSTOMERS, "old.csv")
    old = session.scalars(select(ImportUpload)).one()
    old.created_at = old.beat_at = NOW - timedelta(days=8)
    path = uploads.path(old)
    send(importer, "customers", CUSTOMERS)
    assert not path.exists()


def test_values_of_a_difference_are_written_as_the_reader_writes_them(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    take(importer, decide(importer, send(importer, "items", ITEMS)))
    changed = ITEMS.replace("13/11/2026;300,00;300,00", "14/11/2026;5300,00;5300,00")
    address = importer.get(send(importer, "items", changed)).location
    page = importer.get(address).get_data(as_text=True)
    assert "5,300.00" in page and "14/11/2026" in page and "2026-11-14" not in page


def test_more_rejected_rows_than_a_page_shows_are_counted_and_the_list_says_that_it_is_a_beginning(
    importer: Client,
) -> None:
    rows = "".join(f"C9;FC;F{n};13/10/2026;13/11/2026;10,00;10,00\n" for n in range(201))
    preview = decide(importer, send(importer, "items", ITEMS.splitlines()[0] + "\n" + rows))
    difference = importer.get(preview).get_data(as_text=True)
    assert "Rejected rows (201)" in difference and "The first 50 of 201." in difference
    result = importer.get(take(importer, preview)).get_data(as_text=True)
    assert "Rejected rows (201)" in result and "The first 200 of 201." in result


def test_what_is_to_be_mended_stands_above_what_a_file_changes(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    take(importer, decide(importer, send(importer, "items", ITEMS)))
    text = ITEMS.replace("300,00;300,00", "300,00;120,00")
    text += "C1;AV;A1;14/10/2026;13/11/2026;10,00;10,00\n"
    page = importer.get(decide(importer, send(importer, "items", text))).get_data(as_text=True)
    assert 0 < page.index("Rejected rows (1)") < page.index("Rows with a remark (1)") < page.index('id="part-changed"')


def test_a_difference_has_a_column_of_customers_only_where_records_belong_to_one(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    column = '<th scope="col" class="fill">Customer</th>'
    assert column in importer.get(decide(importer, send(importer, "items", ITEMS))).get_data(as_text=True)
    rates = send(importer, "rates", "Date;Currency;Rate\n2026-11-30;USD;1.10\n")
    assert column not in importer.get(decide(importer, rates)).get_data(as_text=True)


def test_a_file_of_which_every_row_is_rejected_makes_no_ledger_fresh(importer: Client, session: Session) -> None:
    before = session.scalar(select(Entity.ledger_at))
    text = ITEMS.splitlines()[0] + "\nC9;FC;F3;14/10/2026;13/11/2026;10,00;10,00\n"
    preview = decide(importer, send(importer, "items", text))
    assert "would go in, and the ledger would be as old as before." in importer.get(preview).get_data(as_text=True)
    take(importer, preview)
    assert session.scalar(select(Entity.ledger_at)) == before


def test_a_file_that_is_none_of_items_says_nothing_of_the_ledger_when_every_row_is_rejected(importer: Client) -> None:
    preview = decide(importer, send(importer, "customers", "Code client;Raison sociale\nC1;\n"))
    page = importer.get(preview).get_data(as_text=True)
    assert "Every row is rejected: nothing of this file would go in." in page


def test_the_word_of_an_old_ledger_names_where_it_leads(importer: Client, session: Session, entity: Entity) -> None:
    entity.ledger_at = NOW - timedelta(days=30)
    session.commit()
    page = importer.get("/customers").get_data(as_text=True)
    assert """import today&#39;s open items. <a href="/imports">Import</a>""" in page
