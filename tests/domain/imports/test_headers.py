"""Headers of usual files are recognised in eight languages."""

import csv
from configparser import ConfigParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.codes import ImportKind
from dso.domain.imports import header_words
from dso.domain.imports.fields import CUSTOMISED, FIELDS, Cell, missing
from dso.domain.imports.headers import distinct, propose, simplified

DATA = Path(__file__).parents[2] / "data"
K = ImportKind


def _mapped(kind: ImportKind, line: str, separator: str) -> dict[str, str]:
    return {
        header: target
        for header, target in propose(kind, next(csv.reader([line], delimiter=separator))).items()
        if target
    }


def test_the_french_items_file_is_mapped_whole() -> None:
    line = (
        "Code client;Type pièce;N° pièce;Date facture;Échéance;Montant HT;"
        "Montant TTC;Reste dû TTC;Devise;N° commande;Commercial;Affaire"
    )
    expected = (
        "customer type number issued_on due_on amount_excl_tax "
        "amount remaining currency order_number sales_person project"
    )
    assert list(_mapped(K.ITEMS, line, ";").values()) == expected.split()


def test_the_german_program_is_mapped_whole() -> None:
    line = "Customer\tDocumentNo\tType\tDoc. Date\tNet due dt\tAmount in doc. curr.\tCurr.\tReference\tText"
    expected = "customer number type issued_on due_on amount currency order_reference project"
    assert list(_mapped(K.ITEMS, line, "\t").values()) == expected.split()


def test_the_american_package_is_mapped_whole() -> None:
    line = "Customer ID,Num,Transaction Type,Date,Due Date,Amount,Open Balance,P.O. Number,Rep"
    expected = "customer number type issued_on due_on amount remaining order_number sales_person"
    assert list(_mapped(K.ITEMS, line, ",").values()) == expected.split()


def test_the_public_sample_is_mapped_as_far_as_its_columns_are_fields() -> None:
    line = (
        "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,"
        "DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate"
    )
    assert _mapped(K.ITEMS, line, ",") == {
        "customerID": "customer",
        "invoiceNumber": "number",
        "InvoiceDate": "issued_on",
        "DueDate": "due_on",
        "InvoiceAmount": "amount",
        "SettledDate": "cleared_on",
    }


@pytest.mark.parametrize(
    ("line", "separator", "expected"),
    [
        (
            "Code client;Raison sociale;Adresse;Code postal;Ville;Pays;"
            "SIREN;Conditions de paiement;Mode de règlement;Agence;Plafond de crédit;Secteur d'activité",
            ";",
            "code business_name street postal_code city country legal_id "
            "payment_term payment_method groups credit_limit business_line",
        ),
        (
            "Customer\tName 1\tStreet\tPostalCode\tCity\tCty\tVAT Reg. No.\tTerms\tGrp",
            "\t",
            "code business_name street postal_code city country vat_number payment_term groups",
        ),
        (
            "Customer ID,Company Name,Billing Street,Billing City,"
            "Billing State,Billing ZIP,Terms,Credit Limit,Main Email",
            ",",
            "code business_name street city state postal_code payment_term credit_limit email",
        ),
    ],
)
def test_customers_files_are_mapped_whole(line: str, separator: str, expected: str) -> None:
    assert list(_mapped(K.CUSTOMERS, line, separator).values()) == expected.split()


def test_the_contacts_file_is_mapped_whole() -> None:
    line = "Code client;Prénom;Nom;E-mail;Téléphone;Fonction;Contact relance"
    assert (
        list(_mapped(K.CONTACTS, line, ";").values())
        == "customer first_name last_name email phone role for_collection".split()
    )


@pytest.mark.parametrize(
    "line",
    [
        "customer;number;type;issue date;due date;amount;remaining;currency",
        "Kundennummer;Belegnummer;Belegart;Rechnungsdatum;Fälligkeitsdatum;Betrag;Offener Betrag;Währung",
        "Código cliente;Nº factura;Tipo;Fecha factura;Vencimiento;Importe;Pendiente;Moneda",
        "Codice cliente;Numero fattura;Tipo documento;Data fattura;Scadenza;Importo;Residuo;Valuta",
        "Klantnummer;Factuurnummer;Soort;Factuurdatum;Vervaldatum;Bedrag;Openstaand;Valuta",
        "Kod klienta;Numer faktury;Rodzaj;Data wystawienia;Termin płatności;Kwota brutto;Pozostało do zapłaty;Waluta",
        "Código do cliente;Número da fatura;Tipo;Data de emissão;Vencimento;Valor;Em aberto;Moeda",
        "CODE CLIENT;NUMERO FACTURE;TYPE;DATE EMISSION;DATE ECHEANCE;MONTANT;SOLDE;DEVISE",
    ],
)
def test_the_usual_words_of_eight_languages(line: str) -> None:
    assert (
        list(propose(K.ITEMS, line.split(";")).values())
        == "customer number type issued_on due_on amount remaining currency".split()
    )


def _table() -> ConfigParser:
    """Sections of kind and language; a field, then the words people write for it."""
    table = ConfigParser(delimiters=(":",))
    table.read(Path(__file__).parents[2] / "data" / "header_words.ini", encoding="utf-8")
    return table


@pytest.mark.parametrize("section", _table().sections())
def test_the_words_of_every_common_field_are_known_in_eight_languages(section: str) -> None:
    kind = ImportKind(section.split(maxsplit=1)[0])
    asked = [(field, word) for field, words in _table()[section].items() for word in words.split(" | ")]
    assert [(field, word) for field, word in asked if propose(kind, [word]) != {word: field}] == []
    assert len(asked) >= 10 and len(_table().sections()) == 24


@pytest.mark.parametrize("kind", list(FIELDS))
def test_every_field_is_known_by_its_own_name(kind: ImportKind) -> None:
    names = [name for name, field in FIELDS[kind].items() if not field.own]
    assert propose(kind, names) == {name: name for name in names}


def test_what_only_our_own_dumps_have_is_proposed_for_no_other_file() -> None:
    assert propose(K.CUSTOMERS, ["Information", "draft"]) == {"Information": "", "draft": ""}


def test_a_column_named_as_a_custom_field_is_that_field() -> None:
    assert propose(K.ITEMS, ["number", "custom:site"]) == {"number": "number", "custom:site": "custom:site"}


@pytest.mark.parametrize("kind", list(FIELDS))
@pytest.mark.parametrize("other", list(FIELDS))
def test_headers_of_another_kind_give_no_field_of_one_s_own_to_records_that_have_none(
    kind: ImportKind, other: ImportKind
) -> None:
    names = [*FIELDS[other], "custom:site", "client_field_perso1", "item_field_perso2"]
    own = {target for target in propose(kind, names).values() if target not in FIELDS[kind] and target}
    assert own == ({"custom:site", "custom:perso1", "custom:perso2"} if kind in CUSTOMISED else set())


def test_every_listed_word_belongs_to_a_field() -> None:
    assert set(header_words.ITEMS) <= set(FIELDS[K.ITEMS])
    assert set(header_words.CUSTOMERS) <= set(FIELDS[K.CUSTOMERS])
    assert set(header_words.CONTACTS) <= set(FIELDS[K.CONTACTS])


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            K.CUSTOMERS,
            "client_code client_business_name client_trading_name client_business_line "
            "client_address_street_number client_address_street "
            "client_address_street_line2 client_address_street_line3 "
            "client_address_postbox client_address_zip client_address_city "
            "client_address_state client_address_country client_phone client_email client_url "
            "client_payment_term client_blocked "
            "client_blocked_date client_comments client_credit_limit client_order_backlog "
            "client_guarantee_insurer client_guarantee_score client_field_perso1",
        ),
        (
            K.ITEMS,
            "client_code item_type item_number item_unique_key item_erp_type item_date_issue "
            "item_date_due item_date_payment item_amount_initial item_amount_initial_inc_tax item_amount_remaining "
            "item_amount_remaining_inc_tax item_currency item_business_case item_file_number "
            "item_order_number item_sales_manager item_field_perso2",
        ),
    ],
)
def test_the_names_extractors_send_are_all_known(kind: ImportKind, names: str) -> None:
    proposed = propose(kind, names.split())
    assert all(proposed.values()), {name for name, target in proposed.items() if not target}
    assert len(set(proposed.values())) == len(proposed)


def test_of_two_columns_for_one_field_the_likelier_is_taken() -> None:
    assert propose(K.ITEMS, ["Date", "Invoice date"]) == {"Date": "", "Invoice date": "issued_on"}


@pytest.mark.parametrize(
    "header",
    ["Amount incl. VAT", "Amount Including VAT", "Total incl. VAT", "Invoice total", "AMOUNT (EUR)", "Amount [usd]",
     "Betrag(EUR)", "Montant TTC ( EUR )", "Betrag in Hauswährung", "Amount in local currency", "Kwota (PLN)"],
)  # fmt: skip
def test_amounts_including_tax_or_naming_a_currency_are_the_gross_amount(header: str) -> None:
    assert propose(K.ITEMS, [header]) == {header: "amount"}


@pytest.mark.parametrize(
    "header",
    ["Amount excl. VAT", "Amount excluding VAT", "Total excl. VAT", "Total ex. tax", "Montant HT (EUR)", "Net (EUR)",
     "Nettobetrag [EUR]", "Importe sin IVA (EUR)", "Imponibile (EUR)", "Bedrag excl. btw (EUR)", "Kwota netto (PLN)"],
)  # fmt: skip
def test_amounts_without_tax_are_never_the_gross_amount(header: str) -> None:
    assert propose(K.ITEMS, [header]) == {header: "amount_excl_tax"}


@pytest.mark.parametrize("kind", list(FIELDS))
def test_a_currency_behind_any_word_of_an_amount_leaves_it_that_amount_and_other_words_nothing(
    kind: ImportKind,
) -> None:
    words = {
        word: name
        for name, listed in {K.ITEMS: header_words.ITEMS, K.CUSTOMERS: header_words.CUSTOMERS}.get(kind, {}).items()
        for word in listed.replace("\n", "|").split("|")
        if propose(kind, [word]) == {word: name}
    }
    amounts = {name for name, field in FIELDS[kind].items() if field.cell is Cell.AMOUNT}
    found = {word: propose(kind, [f"{word} (EUR)"])[f"{word} (EUR)"] for word in words}
    assert found == {word: name if name in amounts else "" for word, name in words.items()}


@pytest.mark.parametrize(
    "header",
    [
        "Amount (net)",
        "Amount (XYZ)",
        "Amount (x)",
        "Total (all)",
        "(EUR)",
        "Amount (EUR) (2)",
        "Date (EUR)",
    ],
)
def test_what_is_in_parentheses_and_no_currency_makes_no_amount(header: str) -> None:
    assert propose(K.ITEMS, [header]) == {header: ""}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Amount;Amount (EUR)", "amount "),
        ("Amount (EUR);Amount", " amount"),
        ("Invoice amount (EUR);Amount;Currency", " amount currency"),
        ("Amount (EUR);Amount (USD);Open amount (USD);Open amount (EUR)", "amount   remaining"),
        ("Amount incl. VAT (EUR);Amount excl. VAT (EUR);Open amount (EUR)", "amount amount_excl_tax remaining"),
        ("Amount;Open amount (EUR)", "amount remaining"),
        ("Amount;Currency;Open amount (EUR)", "amount currency "),
        ("Currency;Amount (EUR);Open amount (EUR)", " amount remaining"),
        ("Debit (EUR);Credit (EUR);Currency", "debit credit "),
        ("Betrag in Hauswährung;Betrag in Belegwährung;Währung", " amount currency"),
        ("Betrag in Hauswährung;Währung", "amount "),
        ("Betrag in Hauswährung;Offener Betrag;Währung", " remaining currency"),
    ],
)
def test_amounts_of_several_currencies_are_never_taken_together(headers: str, expected: str) -> None:
    assert list(propose(K.ITEMS, headers.split(";")).values()) == expected.split(" ")


def test_headers_are_told_apart_by_their_place() -> None:
    assert distinct(["Amount", " Amount ", "", "A\n b"]) == ["Amount", "Amount (2)", "(3)", "A b"]


def test_what_is_missing_is_named_and_stand_ins_count() -> None:
    assert [
        field.name for field in missing(K.ITEMS, {"customer_unique_id", "number", "issued_on", "debit", "credit"})
    ] == ["due_on"]


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_headers_give_at_most_one_column_per_field(headers: list[str]) -> None:
    names = distinct(headers)
    assert len(set(names)) == len(headers)
    targets = [target for target in propose(K.ITEMS, names).values() if target]
    assert len(set(targets)) == len(targets)


def test_simplified_headers_compare_alike() -> None:
    assert simplified("InvoiceDate") == simplified("invoice_date") == simplified("  INVOICE-Date ")


@pytest.mark.parametrize("header", ["Numéro", "N°", "Nr.", "Nummer", "Número", "Numer"])
def test_a_number_of_nothing_named_is_the_item_s_unless_another_column_says_more(header: str) -> None:
    assert propose(ImportKind.ITEMS, ["Client", header])[header] == "number"
    assert propose(ImportKind.ITEMS, ["Client", header, "N° facture"])["N° facture"] == "number"
