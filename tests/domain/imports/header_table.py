"""Header words a file commonly has, by kind and language: a field, then the words people write for it."""

from dso.domain.codes import ImportKind

#: Kind to language to lines of `field: word | word`.
HEADERS = {
    ImportKind.ITEMS: {
        "en": """
customer: Customer code | Account no.
number: Invoice number | Document no
type: Document type
issued_on: Invoice date | Issue date
due_on: Due date
cleared_on: Payment date
amount: Amount incl. tax | Total amount
amount_excl_tax: Net amount | Amount excl. VAT
remaining: Remaining amount | Open amount | Outstanding | Balance due
debit: Debit
credit: Credit
sign: D/C | Debit/Credit
currency: Currency
order_number: PO number | Customer order
order_reference: Our reference
ordered_on: Order date
project: Project
sales_person: Sales rep
payment_method: Payment method
entity: Selling company | Legal entity
""",
        "fr": """
customer: Code client | Compte client
number: N° de facture | N° pièce
type: Type de pièce
issued_on: Date de facture | Date d'émission
due_on: Date d'échéance | Échéance
cleared_on: Date de règlement | Date de paiement
amount: Montant TTC
amount_excl_tax: Montant HT
remaining: Reste dû | Reste à payer | Solde
debit: Débit
credit: Crédit
sign: Sens | D/C
currency: Devise
order_number: N° de commande | Commande client
order_reference: Notre référence
ordered_on: Date de commande
project: Affaire | Projet
sales_person: Commercial | Représentant
payment_method: Mode de règlement
entity: Entité
""",
        "de": """
customer: Kundennummer | Debitor
number: Rechnungsnummer | Belegnr.
type: Belegart
issued_on: Rechnungsdatum | Belegdatum
due_on: Fälligkeit | Fällig am | Fälligkeitsdatum
cleared_on: Zahlungsdatum | Ausgleichsdatum
amount: Bruttobetrag | Betrag
amount_excl_tax: Nettobetrag
remaining: Offener Betrag | Restbetrag | Offen
debit: Soll
credit: Haben
sign: Soll/Haben | S/H
currency: Währung
order_number: Bestellnummer
order_reference: Auftragsnummer | Unsere Referenz
ordered_on: Bestelldatum | Auftragsdatum
project: Projekt
sales_person: Vertriebsmitarbeiter | Vertreter
payment_method: Zahlungsart
entity: Entity
""",
        "es": """
customer: Código de cliente | Cód. cliente
number: Nº de factura | Número de factura
type: Tipo de documento
issued_on: Fecha de emisión | Fecha factura
due_on: Fecha de vencimiento | Vencimiento
cleared_on: Fecha de cobro | Fecha de pago
amount: Importe total | Importe
amount_excl_tax: Base imponible
remaining: Importe pendiente | Pendiente | Saldo pendiente
debit: Debe
credit: Haber
sign: Debe/Haber | D/H
currency: Divisa | Moneda
order_number: Nº de pedido
order_reference: Nuestra referencia
ordered_on: Fecha de pedido
project: Proyecto | Obra
sales_person: Comercial | Vendedor
payment_method: Forma de pago
entity: Entidad
""",
        "it": """
customer: Codice cliente | Cod. cliente
number: Numero fattura | N. fattura | Numero documento
type: Tipo documento
issued_on: Data fattura | Data documento
due_on: Data scadenza | Scadenza
cleared_on: Data pagamento | Data incasso
amount: Importo totale | Importo
amount_excl_tax: Imponibile
remaining: Residuo | Importo residuo | Saldo | Da pagare
debit: Dare
credit: Avere
sign: Dare/Avere | D/A | Segno
currency: Valuta | Divisa
order_number: Numero ordine | N. ordine
order_reference: Nostro riferimento
ordered_on: Data ordine
project: Commessa | Progetto
sales_person: Agente | Venditore
payment_method: Modalità di pagamento
entity: Entità
""",
        "nl": """
customer: Klantnummer | Debiteurnummer
number: Factuurnummer | Factuurnr.
type: Documentsoort | Soort
issued_on: Factuurdatum
due_on: Vervaldatum
cleared_on: Betaaldatum
amount: Factuurbedrag | Bedrag incl. btw
amount_excl_tax: Bedrag excl. btw
remaining: Openstaand bedrag | Openstaand | Restbedrag | Saldo
debit: Debet
credit: Credit
sign: D/C | Debet/Credit
currency: Valuta | Munt
order_number: Bestelnummer | Ordernummer
order_reference: Onze referentie
ordered_on: Besteldatum | Orderdatum
project: Project
sales_person: Verkoper | Vertegenwoordiger
payment_method: Betaalwijze
entity: Entiteit
""",
        "pl": """
customer: Kod klienta | Kod kontrahenta
number: Numer faktury | Nr faktury
type: Typ dokumentu | Rodzaj dokumentu
issued_on: Data wystawienia | Data faktury
due_on: Termin płatności
cleared_on: Data zapłaty
amount: Kwota brutto | Wartość brutto
amount_excl_tax: Kwota netto
remaining: Pozostało do zapłaty | Do zapłaty | Saldo
debit: Winien | Wn
credit: Ma
sign: Wn/Ma | Strona
currency: Waluta
order_number: Numer zamówienia | Nr zamówienia
order_reference: Nasza referencja
ordered_on: Data zamówienia
project: Projekt
sales_person: Handlowiec | Sprzedawca
payment_method: Forma płatności | Sposób płatności
entity: Jednostka
""",
        "pt": """
customer: Código do cliente | Cód. cliente
number: Número da fatura | Nº fatura | Nº do documento
type: Tipo de documento
issued_on: Data de emissão | Data da fatura
due_on: Data de vencimento | Vencimento
cleared_on: Data de pagamento | Data de recebimento
amount: Valor total | Valor
amount_excl_tax: Valor sem IVA | Valor líquido
remaining: Em aberto | Valor em aberto | Saldo | Por pagar
debit: Débito
credit: Crédito
sign: Débito/Crédito | D/C | Sinal
currency: Moeda
order_number: Nº da encomenda | Número do pedido
order_reference: Nossa referência
ordered_on: Data da encomenda | Data do pedido
project: Projeto | Obra
sales_person: Vendedor | Comercial
payment_method: Forma de pagamento
entity: Entidade
""",
    },
    ImportKind.CUSTOMERS: {
        "en": """
code: Customer code | Customer no.
business_name: Company name | Customer name
trade_name: Trading name
legal_id: Company number | Registration number
vat_number: VAT number
business_line: Industry
customer_type: Customer type
street: Street | Address
street_line2: Address line 2
po_box: PO Box
postal_code: Postcode | ZIP code
city: City | Town
state: State | County
country: Country
phone: Phone | Telephone
email: E-mail
website: Website
language: Language
payment_term: Payment terms
payment_method: Payment method
blocked: Blocked
comment: Comments | Notes
collector: Credit controller | Collector
sales_email: Sales rep email
groups: Groups | Customer group
scenario: Dunning scenario
credit_limit: Credit limit
order_backlog: Order backlog
insurer_guarantee: Insured limit
risk_category: Risk category
contact_last_name: Contact name
contact_email: Contact e-mail
contact_phone: Contact phone
""",
        "fr": """
code: Code client | N° client
business_name: Raison sociale | Nom du client
trade_name: Nom commercial | Enseigne
legal_id: SIREN
establishment_id: SIRET
vat_number: N° TVA | TVA intracommunautaire
business_line: Secteur d'activité
customer_type: Type de client
street_number: N° de voie | Numéro de rue
street: Adresse | Rue
street_line2: Complément d'adresse
po_box: Boîte postale
postal_code: Code postal | CP
city: Ville
state: Région | Département
country: Pays
phone: Téléphone
email: E-mail | Courriel
website: Site web
language: Langue
payment_term: Conditions de règlement | Délai de paiement
payment_method: Mode de règlement
blocked: Bloqué
comment: Commentaire
collector: Chargé de recouvrement | Gestionnaire
sales_email: E-mail commercial
groups: Groupes | Agence
scenario: Scénario de relance
credit_limit: Plafond de crédit | Limite de crédit
order_backlog: Carnet de commandes
insurer_guarantee: Garantie assureur
risk_category: Catégorie de risque
contact_last_name: Nom du contact
contact_email: E-mail du contact
contact_phone: Téléphone du contact
""",
        "de": """
code: Kundennummer | Kundennr.
business_name: Firmenname | Name | Firma
trade_name: Handelsname
legal_id: Handelsregisternummer
vat_number: USt-IdNr. | Umsatzsteuer-ID
business_line: Branche
customer_type: Kundentyp | Kundenart
street_number: Hausnummer
street: Straße | Anschrift
street_line2: Adresszusatz
po_box: Postfach
postal_code: PLZ | Postleitzahl
city: Ort | Stadt
state: Bundesland
country: Land
phone: Telefon
email: E-Mail-Adresse | E-Mail
website: Webseite | Internet
language: Sprache
payment_term: Zahlungsbedingung | Zahlungsziel
payment_method: Zahlungsart
blocked: Gesperrt
comment: Bemerkung
collector: Sachbearbeiter
sales_email: E-Mail Vertrieb
groups: Gruppe | Kundengruppen
scenario: Mahnverfahren | Mahnplan
credit_limit: Kreditlimit
order_backlog: Auftragsbestand
insurer_guarantee: Versicherungslimit | Versicherte Summe
risk_category: Risikoklasse
contact_last_name: Ansprechpartner
contact_email: E-Mail Ansprechpartner
contact_phone: Telefon Ansprechpartner
""",
        "es": """
code: Código de cliente | Código cliente
business_name: Razón social | Nombre del cliente
trade_name: Nombre comercial
legal_id: CIF | NIF
vat_number: NIF IVA | Número de IVA
business_line: Sector | Actividad
customer_type: Tipo de cliente
street_number: Número de calle
street: Dirección | Calle
street_line2: Dirección 2
po_box: Apartado de correos
postal_code: Código postal | C.P.
city: Ciudad | Población | Localidad
state: Provincia
country: País
phone: Teléfono
email: Correo electrónico
website: Sitio web | Página web
language: Idioma
payment_term: Condiciones de pago | Plazo de pago
payment_method: Forma de pago
blocked: Bloqueado
comment: Observaciones | Comentarios
collector: Gestor de cobros
sales_email: Correo comercial | Email comercial
groups: Grupo | Grupos
scenario: Escenario
credit_limit: Límite de crédito
order_backlog: Cartera de pedidos
insurer_guarantee: Garantía aseguradora
risk_category: Categoría de riesgo
contact_last_name: Persona de contacto
contact_email: Correo de contacto | Email contacto
contact_phone: Teléfono de contacto
""",
        "it": """
code: Codice cliente
business_name: Ragione sociale
trade_name: Nome commerciale | Insegna
legal_id: Codice fiscale
vat_number: Partita IVA | P.IVA
business_line: Settore
customer_type: Tipo cliente | Categoria cliente
street_number: Numero civico
street: Indirizzo | Via
street_line2: Indirizzo 2
po_box: Casella postale
postal_code: CAP
city: Città | Comune | Località
state: Provincia | Prov.
country: Paese | Nazione
phone: Telefono
email: Email | Indirizzo e-mail
website: Sito web
language: Lingua
payment_term: Condizioni di pagamento | Termini di pagamento
payment_method: Modalità di pagamento
blocked: Bloccato
comment: Note | Commento
collector: Addetto recupero crediti | Addetto recupero
sales_email: Email commerciale | Email agente
groups: Gruppo | Gruppi
scenario: Scenario di sollecito
credit_limit: Fido | Limite di credito
order_backlog: Portafoglio ordini
insurer_guarantee: Garanzia assicurativa
risk_category: Classe di rischio
contact_last_name: Persona di contatto | Referente
contact_email: Email contatto | Email referente
contact_phone: Telefono contatto
""",
        "nl": """
code: Klantnummer | Debiteurnummer
business_name: Bedrijfsnaam | Naam
trade_name: Handelsnaam
legal_id: KvK-nummer | KvK
vat_number: BTW-nummer
business_line: Branche | Sector
customer_type: Klanttype | Soort klant
street_number: Huisnummer
street: Straat | Adres
street_line2: Adres 2 | Adresregel 2
po_box: Postbus
postal_code: Postcode
city: Plaats | Woonplaats
state: Provincie
country: Land
phone: Telefoon | Telefoonnummer
email: E-mailadres
website: Website
language: Taal
payment_term: Betalingsvoorwaarden | Betaaltermijn | Betalingstermijn
payment_method: Betaalwijze
blocked: Geblokkeerd
comment: Opmerking | Opmerkingen
collector: Incassomedewerker | Kredietbeheerder
sales_email: Email verkoper | E-mail verkoper
groups: Groep | Groepen
scenario: Aanmaningsscenario | Scenario
credit_limit: Kredietlimiet
order_backlog: Orderportefeuille
insurer_guarantee: Verzekerde limiet
risk_category: Risicoklasse | Risicocategorie
contact_last_name: Contactpersoon
contact_email: E-mail contactpersoon
contact_phone: Telefoon contactpersoon
""",
        "pl": """
code: Kod klienta | Kod kontrahenta
business_name: Nazwa firmy | Nazwa
trade_name: Nazwa handlowa
legal_id: KRS | REGON
vat_number: NIP | Numer VAT
business_line: Branża
customer_type: Typ klienta | Rodzaj klienta
street_number: Numer domu | Nr domu
street: Ulica | Adres
street_line2: Adres 2
po_box: Skrytka pocztowa
postal_code: Kod pocztowy
city: Miasto | Miejscowość
state: Województwo
country: Kraj
phone: Telefon | Numer telefonu
email: E-mail | Adres e-mail
website: Strona www | Strona internetowa
language: Język
payment_term: Warunki płatności | Termin płatności
payment_method: Forma płatności
blocked: Zablokowany
comment: Uwagi | Komentarz
collector: Windykator
sales_email: E-mail handlowca
groups: Grupa | Grupy
scenario: Scenariusz
credit_limit: Limit kredytowy | Limit kupiecki
order_backlog: Portfel zamówień
insurer_guarantee: Limit ubezpieczeniowy | Gwarancja ubezpieczyciela
risk_category: Kategoria ryzyka | Klasa ryzyka
contact_last_name: Osoba kontaktowa
contact_email: E-mail kontaktowy | E-mail osoby kontaktowej
contact_phone: Telefon kontaktowy
""",
        "pt": """
code: Código do cliente
business_name: Razão social | Nome do cliente | Nome
trade_name: Nome fantasia | Nome comercial
legal_id: NIPC | CNPJ
vat_number: Número de IVA | Contribuinte
business_line: Setor | Setor de atividade | Ramo de atividade
customer_type: Tipo de cliente
street_number: Número da porta
street: Morada | Endereço | Rua
street_line2: Morada 2 | Complemento
po_box: Caixa postal | Apartado
postal_code: Código postal | CEP
city: Cidade | Localidade
state: Distrito | Estado
country: País
phone: Telefone
email: E-mail | Correio eletrónico
website: Página da internet | Sítio web | Site
language: Idioma | Língua
payment_term: Condições de pagamento | Prazo de pagamento
payment_method: Forma de pagamento
blocked: Bloqueado
comment: Observações | Comentários
collector: Gestor de cobranças | Cobrador
sales_email: E-mail do vendedor | Email comercial
groups: Grupo | Grupos
scenario: Cenário
credit_limit: Limite de crédito
order_backlog: Carteira de encomendas
insurer_guarantee: Garantia da seguradora
risk_category: Categoria de risco | Classe de risco
contact_last_name: Pessoa de contacto | Pessoa de contato
contact_email: E-mail do contacto | Email de contacto
contact_phone: Telefone do contacto
""",
    },
    ImportKind.CONTACTS: {
        "en": """
customer: Customer code
last_name: Last name | Surname
first_name: First name
title: Salutation | Title
role: Job title | Role
email: E-mail
phone: Phone
mobile: Mobile | Cell phone
language: Language
for_collection: Collections contact | Contact for collection
""",
        "fr": """
customer: Code client
last_name: Nom
first_name: Prénom
title: Civilité
role: Fonction
email: E-mail
phone: Téléphone
mobile: Portable | Mobile
language: Langue
for_collection: Contact de relance
""",
        "de": """
customer: Kundennummer
last_name: Nachname
first_name: Vorname
title: Anrede
role: Funktion
email: E-Mail
phone: Telefon
mobile: Mobil | Handy
language: Sprache
for_collection: Mahnkontakt
""",
        "es": """
customer: Código de cliente
last_name: Apellidos
first_name: Nombre
title: Tratamiento
role: Cargo
email: Correo electrónico
phone: Teléfono
mobile: Móvil
language: Idioma
for_collection: Contacto de cobros
""",
        "it": """
customer: Codice cliente
last_name: Cognome
first_name: Nome
title: Titolo
role: Funzione | Ruolo
email: Email
phone: Telefono
mobile: Cellulare
language: Lingua
for_collection: Contatto solleciti
""",
        "nl": """
customer: Klantnummer
last_name: Achternaam
first_name: Voornaam
title: Aanhef
role: Functie
email: E-mailadres
phone: Telefoon
mobile: Mobiel
language: Taal
for_collection: Aanmaningscontact
""",
        "pl": """
customer: Kod klienta
last_name: Nazwisko
first_name: Imię
title: Tytuł
role: Stanowisko
email: E-mail
phone: Telefon
mobile: Telefon komórkowy | Komórka
language: Język
for_collection: Kontakt do windykacji
""",
        "pt": """
customer: Código do cliente
last_name: Apelido | Sobrenome
first_name: Nome próprio | Nome
title: Tratamento
role: Cargo | Função
email: E-mail
phone: Telefone
mobile: Telemóvel | Celular
language: Idioma
for_collection: Contacto de cobrança
""",
    },
}
