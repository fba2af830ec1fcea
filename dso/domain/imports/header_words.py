"""Words that head columns, by field: English, French, German, Spanish, Italian, Dutch, Polish, Portuguese, usual programs.

The likelier word comes first. Compared without case, accents, blanks and punctuation.
"""

#: Amounts in the currency of the company, whatever the currency of the document.
HOUSE_AMOUNT = (
    """amount in local currency|amount in loc curr|betrag in hauswahrung|betrag in hauswaehrung|betrag in hw"""
)

ITEMS = {
    "customer": """code|customer_code|client_code|item_client_code|customer id|customer number|customer no|account number|account
code client|numero client|no client|client|compte client|compte auxiliaire|compte|tiers|code tiers
kundennummer|kunden nr|kunde|debitor|debitorennummer|debitor nr|kundenkonto|kundencode
codigo de cliente|codigo cliente|cliente|numero de cliente|cod cliente
codice cliente|cod cliente|numero cliente
klantnummer|klantcode|klant|debiteur|debiteurnummer|debiteurnr
kod klienta|klient|kontrahent|kod kontrahenta|numer klienta|nr klienta|odbiorca
codigo do cliente|numero do cliente|kunnr
account no|acct no|cust no|cust number|cust id|cust code|customer account|client no|client number|no de client|no de cliente|n cliente|no do cliente""",
    "customer_unique_id": """client_unique_key|client unique id|customer unique key|identifiant unique client""",
    "number": """item_number|document number|document no|doc no|doc number|invoice number|invoice no|invoice num|invoice|num|reference number|voucher number
no piece|numero piece|numero de piece|piece|no facture|numero facture|numero de facture|facture|no document|numero document
belegnummer|beleg nr|rechnungsnummer|rechnungs nr|rechnung nr|rechnung|dokumentnummer
numero de factura|no factura|numero factura|factura|numero de documento|documento|no documento|num factura
numero fattura|numero documento|fattura|no fattura|nr fattura|num documento
factuurnummer|factuurnr|factuur|documentnummer|boekstuknummer|boekstuk
numer faktury|nr faktury|faktura|numer dokumentu|nr dokumentu|dokument
numero da fatura|no fatura|numero fatura|fatura|numero do documento|nf|vbeln|belnr
numero|no|nr|nummer|numer
no de facture|no de piece|no de document|no de factura|no de documento|n fattura|n documento|no da fatura|no do documento|no de fatura""",
    "unique_id": """item_unique_key|unique key|unique identifier|unique id|uid|guid|transaction id|identifiant unique|cle unique|eindeutige kennung
identificador unico|id unico|identificativo univoco|unieke sleutel|identyfikator""",
    "type": """item_type|document type|doc type|doc typ|transaction type|invoice type|trans type|type of document|kind
type piece|type de piece|type document|type de document|nature|type ecriture|code journal
belegart|belegtyp|dokumentart|art|typ
tipo|tipo de documento|tipo documento|clase de documento|clase|tipo doc
tipo di documento|tipologia
soort|documentsoort|documenttype|boekingssoort
typ dokumentu|rodzaj|rodzaj dokumentu
tipo do documento|blart""",
    "erp_type": """item_erp_type|erp type|type erp|erp code""",
    "issued_on": """item_date_issue|issue date|invoice date|document date|doc date|date of issue|issued|posting date|transaction date|date
date facture|date de facture|date emission|date d'emission|date piece|date de piece|date document|date ecriture|date comptable
rechnungsdatum|belegdatum|ausstellungsdatum|buchungsdatum|datum
fecha de factura|fecha factura|fecha de emision|fecha emision|fecha documento|fecha
data fattura|data emissione|data di emissione|data documento|data
factuurdatum|boekdatum|documentdatum
data wystawienia|data faktury|data dokumentu
data da fatura|data fatura|data de emissao|data emissao|data do documento|bldat""",
    "due_on": """item_date_due|due date|due|net due date|net due dt|net due|maturity date|maturity|payment due date|duedate
echeance|date echeance|date d'echeance
falligkeit|falligkeitsdatum|faellig am|fallig am|nettofalligkeit|falligkeitstag|zahlbar bis
vencimiento|fecha de vencimiento|fecha vencimiento|fecha vto
scadenza|data scadenza|data di scadenza
vervaldatum|vervaldag
termin platnosci|termin|data platnosci do|data wymagalnosci
vencimento|data de vencimento|data vencimento|zfbdt|faedn""",
    "cleared_on": """item_date_payment|payment date|paid on|date paid|settled date|settlement date|clearing date|paid date
date paiement|date de paiement|date reglement|date de reglement|date lettrage|date de lettrage|date encaissement|payee le
ausgleichsdatum|ausgleich|zahlungsdatum|bezahlt am|zahldatum
fecha de pago|fecha pago|fecha de cobro|fecha compensacion
data pagamento|data di pagamento|data incasso|data saldo
betaaldatum|datum betaling|betaald op
data zaplaty|data platnosci|data rozliczenia|zaplacono dnia
data de pagamento|data recebimento|augdt
data de recebimento|data do pagamento|zahlungseingang|data incasso effettivo|data wplywu""",
    "amount": """item_amount_initial_inc_tax|initial amount incl tax|initial amount|invoice amount|invoice total|total amount|amount incl tax|amount inc tax|amount including tax
amount incl vat|amount inc vat|amount including vat|total incl vat|total inc vat|total including vat|total incl tax|total inc tax|total including tax
gross amount|document amount
amount in doc curr|amount in document currency|amount in doc currency|original amount|total|gross|amount
montant ttc|montant initial ttc|montant initial|total ttc|ttc|montant|montant devise|montant en devise
betrag|rechnungsbetrag|bruttobetrag|brutto|gesamtbetrag|betrag in belegwahrung|betrag in bw|belegbetrag
importe|importe total|importe con iva|total factura|monto|importe bruto|monto total
importo|importo totale|totale|importo lordo|importo documento|totale fattura
bedrag|factuurbedrag|totaalbedrag|bedrag incl btw|totaal|brutobedrag
kwota|kwota brutto|wartosc brutto|wartosc|kwota faktury|suma
valor|valor total|montante|valor com iva|valor bruto|valor da fatura|wrbtr
"""
    + HOUSE_AMOUNT,
    "amount_excl_tax": """item_amount_initial|initial amount excl tax|amount excl tax|amount ex tax|net amount|net|amount excluding tax
montant ht|montant initial ht|total ht|ht
nettobetrag|netto
importe sin iva|base imponible|importe neto
imponibile|importo netto|totale imponibile
bedrag excl btw|nettobedrag
kwota netto|wartosc netto
valor sem iva|valor liquido
amount excl vat|amount ex vat|amount excluding vat|total excl vat|total ex vat|total excluding vat|total excl tax|total ex tax|total excluding tax
amount without tax|montant hors taxe|betrag ohne mwst|importe sin impuestos|importo senza iva|bedrag zonder btw|kwota bez vat|valor sem imposto""",
    "remaining": """item_amount_remaining_inc_tax|remaining incl tax|remaining amount|remaining|amount due|open balance|open amount|outstanding amount|outstanding|balance due|balance|amount open
reste du ttc|reste du|reste a payer|restant du|solde|solde ttc|montant restant|montant du|restant|reste
offener betrag|offen|restbetrag|saldo|offener posten|offener saldo
pendiente|importe pendiente|saldo pendiente|por cobrar
residuo|importo residuo|da incassare|importo aperto|saldo aperto
openstaand|openstaand bedrag|openstaand saldo|restant bedrag
pozostalo|pozostalo do zaplaty|do zaplaty|kwota pozostala|saldo naleznosci
em aberto|valor em aberto|saldo em aberto|valor pendente
amount due|reste a recouvrer|noch offen|restschuld|importe por cobrar|da pagare|importo aperto|restbedrag|te betalen|open saldo|kwota do zaplaty|naleznosc|por pagar|valor por pagar|valor pendente|pendente""",
    "remaining_excl_tax": """item_amount_remaining|remaining excl tax|reste du ht|solde ht|restbetrag netto""",
    "debit": """debit amount|amount debit|montant debit|debit eur|soll|sollbetrag|debe|dare|importo dare|debet|winien|wn|debito|dr""",
    "credit": """credit amount|amount credit|montant credit|credit eur|haben|habenbetrag|haber|avere|importo avere|ma|credito|cr""",
    "sign": """dc|d c|debit credit|debit/credit|debit credit indicator|dr cr|dc indicator|sens|signe|soll haben|s h|soll haben kennzeichen|shkzg
debe haber|dare avere|segno|d a|debet credit|strona|debito credito
d h|d a|wn ma|sinal|dr cr""",
    "currency": """item_currency|curr|currency code|ccy|cur|document currency|devise|monnaie|code devise|wahrung|waehrung|wrg|moneda|divisa|valuta|waluta|moeda|waers
munt|munteenheid|currency unit|devise facture|rechnungswahrung|divisa factura""",
    "order_number": """item_order_number|po number|p o number|purchase order|purchase order number|order number|order no|po|customer order|po no
no commande|numero de commande|numero commande|commande|no commande client|reference client|ref client
bestellnummer|bestell nr|bestellung|kundenbestellnummer
numero de pedido|no pedido|pedido|numero pedido
numero ordine|no ordine|ordine|ordine cliente
ordernummer|bestelnummer|inkoopordernummer
numer zamowienia|nr zamowienia|zamowienie
numero da encomenda|encomenda|numero do pedido|bstkd
no de commande|commande client|numero de commande client|kundenbestellung|no de pedido|pedido cliente|n ordine|ordine di acquisto|bestelreferentie|numer zamowienia klienta|no da encomenda|no do pedido|ordem de compra""",
    "order_reference": """order reference|our reference|sales order|reference|our ref|ref|item_file_number|file number|notre reference|reference interne|no dossier|dossier
unsere referenz|referenz|auftragsnummer|auftrag|referencia|nuestra referencia|riferimento|nostro riferimento|onze referentie|referentie
referencja|nasza referencja|nossa referencia|xblnr""",
    "ordered_on": """order date|date commande|date de commande|bestelldatum|auftragsdatum|fecha de pedido|fecha pedido|data ordine|besteldatum
data zamowienia|data da encomenda|data do pedido
orderdatum|date de la commande|fecha del pedido|data dell'ordine|data zlozenia zamowienia""",
    "project": """item_business_case|business case|project|project name|job|affaire|chantier|projet|code affaire|libelle affaire
projekt|vorgang|proyecto|asunto|obra|commessa|progetto|project code|projeto|text|item text|sgtxt
numero de chantier|projektnummer|numero proyecto|numero commessa|projectnummer|numer projektu|numero do projeto""",
    "sales_person": """item_sales_manager|sales person|salesperson|sales rep|rep|sales representative|account manager|salesman|seller|sales
commercial|vendeur|representant|nom commercial|vertriebsmitarbeiter|verkaufer|vertreter|vertrieb
comercial|vendedor|agente comercial|venditore|agente|commerciale|verkoper|vertegenwoordiger|handlowiec|sprzedawca""",
    "sales_admin": """sales administration|sales admin|order desk|adv|administration des ventes|assistante commerciale|innendienst|vertriebsinnendienst
administracion de ventas|amministrazione vendite|verkoopadministratie|administracja sprzedazy|administracao de vendas""",
    "payment_method": """payment method|method of payment|payment type|payment means|mode de reglement|mode reglement|mode de paiement|moyen de paiement
zahlungsart|zahlungsweise|zahlweg|zahlungsmethode|forma de pago|metodo de pago|modalita di pagamento|metodo di pagamento|tipo pagamento
betaalwijze|betaalmethode|forma platnosci|sposob platnosci|forma de pagamento|meio de pagamento|zlsch""",
    "document_url": """document url|document link|pdf|url|link|lien|lien pdf|lien document|url document|dokumentlink|enlace|collegamento|odnosnik|ligacao""",
    "assigned_to": """factor|assigned to|assigned|affacturage|cede a|cession|abgetreten an|abtretung|factoring|cedido a|ceduto a|overgedragen aan|cesja|cedido""",
}

_CODE = """code client|customer_code|client_code|customer id|customer number|customer no|cust no|cust number|cust id|cust code|customer|account number|account|client|client id
numero client|no client|compte client|compte auxiliaire|compte|tiers|code tiers|compte tiers
kundennummer|kunden nr|kunde|debitor|debitorennummer|debitor nr|kundencode|kundenkonto
codigo|codigo de cliente|codigo cliente|cliente|numero de cliente|cod cliente
codice|codice cliente|numero cliente
klantnummer|klantcode|klant|debiteur|debiteurnummer|debiteurnr
kod|kod klienta|klient|kontrahent|kod kontrahenta|numer klienta|nr klienta
codigo do cliente|numero do cliente|kunnr"""

ENTITY = "entity name|selling company|entite|entite juridique|legal entity|entidad|entita|entiteit|jednostka|entidade"

PHONE = """telephone|telephone number|phone number|tel|tel no|no telephone|numero de telephone|telefon|telefonnummer|telefono|numero de telefono
telefoon|telefoonnummer|numer telefonu|telefone|main phone|work phone|telf1"""
EMAIL = """email|e mail|email address|e mail address|mail|main email|adresse mail|adresse e mail|adresse email|courriel|mel|email adresse|e mail adresse
correo|correo electronico|posta elettronica|indirizzo email|emailadres|e mailadres|adres email|adres e mail|endereco de email|smtp_addr"""
LANGUAGE = "language code|lang|langue|code langue|sprache|idioma|lingua|taal|jezyk|spras"

CUSTOMERS = {
    "entity": ENTITY,
    "code": _CODE,
    "unique_id": "client_unique_key|unique key|unique identifier|unique id|uid|guid|identifiant unique|cle unique|identificador unico|id unico",
    "business_name": """client_business_name|business name|company name|company|legal name|customer name|name|name 1|account name|client name
raison sociale|nom|nom client|nom du client|denomination|denomination sociale|societe|intitule
firma|firmenname|firmenbezeichnung|kundenname|unternehmen|name1
razon social|nombre|nombre cliente|nombre del cliente|empresa|nombre fiscal
ragione sociale|denominazione|nome|nome cliente|azienda|societa
bedrijfsnaam|naam|klantnaam|bedrijf
nazwa|nazwa firmy|nazwa klienta|nazwa kontrahenta
razao social|nome do cliente|denominacao""",
    "trade_name": """client_trading_name|trade name|trading name|brand|doing business as|dba|nom commercial|enseigne|handelsname|markenname|name 2|name2
nombre comercial|nome commerciale|insegna|handelsnaam|nazwa handlowa|nome fantasia
nome comercial""",
    "legal_id": """siren|legal id|registration number|company number|company registration number|registration no|kvk|kvk nummer|kvk number|rcs|no siren
handelsregisternummer|handelsregister|hrb|cif|nif|codice fiscale|krs|regon|cnpj|nipc|duns
numero siren|identifiant legal|registre de commerce|registernummer|numero de registro|registro imprese|handelsregister nummer|numer krs|numer regon|matricula""",
    "establishment_id": "siret|no siret|establishment id|establishment number|numero siret",
    "vat_number": """vat number|vat no|vat id|vat reg no|vat registration number|vat|tax id|tax number|no tva|numero tva|numero de tva|tva intracommunautaire
tva|no tva intracommunautaire|ust id|ust idnr|umsatzsteuer id|ustid|nif iva|cif iva|partita iva|p iva|btw nummer|btw nr|nip|nr nip|iva|numero de iva|contribuinte|stceg
numer vat|vat ue|numero de contribuinte|no contribuinte|numero iva|btw nummer klant|umsatzsteuernummer|steuernummer""",
    "business_line": """client_business_line|business line|industry|sector|line of business|secteur d'activite|secteur|activite|branche|branche d'activite
sector de actividad|actividad|settore|attivita|bedrijfstak|sectie|branza|setor|setor de atividade|brsch
wirtschaftszweig|settore di attivita|ramo de atividade|ramo|sector empresarial|bedrijfssector|sektor""",
    "customer_type": """customer type|client type|type de client|type client|categorie client|kundentyp|kundenart|kundengruppe|tipo de cliente|tipo cliente
klanttype|typ klienta|categoria
customer category|kundenkategorie|categoria de cliente|categoria cliente|tipologia cliente|soort klant|klantgroep type|rodzaj klienta|kategoria klienta|categoria de clientes""",
    "ultimate_parent_number": "ultimate parent number|ultimate parent|parent number|numero maison mere|maison mere|konzernnummer|numero matriz",
    "street_number": """client_address_street_number|street number|house number|numero de rue|numero voie|hausnummer|haus nr|numero de calle|numero civico
civico|huisnummer|numer domu|nr domu|numero da porta
no de voie|no de rue|no rue|street no|no civico|n civico|numero de portal""",
    "street": """client_address_street|street|address|address 1|address line 1|billing street|billing address|street address|adresse|adresse 1|rue|voie|adresse ligne 1
strasse|str|anschrift|direccion|calle|domicilio|via|indirizzo|adres|straat|straatnaam|ulica|morada|endereco|rua|stras""",
    "street_line2": """client_address_street_line2|address 2|address line 2|street 2|adresse 2|complement d'adresse|complement adresse|adresse ligne 2|adresszusatz
direccion 2|indirizzo 2|adres 2|morada 2|billing street 2
address line2|adresse complementaire|adresse 2 zeile|complemento direccion|adresregel 2|adres linia 2|complemento|linha 2""",
    "street_line3": "client_address_street_line3|address 3|address line 3|street 3|adresse 3|adresse ligne 3|direccion 3|indirizzo 3|adres 3|morada 3",
    "po_box": """client_address_postbox|po box|p o box|boite postale|bp|postfach|apartado|apartado de correos|casella postale|postbus|skrytka pocztowa|caixa postal
apartado postal|caixa postal numero""",
    "postal_code": """client_address_zip|postal code|zip|zip code|postcode|billing zip|post code|code postal|cp|plz|postleitzahl|codigo postal|cap
codice postale|kod pocztowy|cep|pstlz""",
    "city": """client_address_city|town|billing city|ville|commune|localite|ort|stadt|ciudad|poblacion|localidad|citta|comune|localita|plaats|woonplaats|stad
miasto|miejscowosc|cidade|ort01
localidade|concelho|stad plaats|miejscowosc poczta""",
    "state": """client_address_state|province|region|county|billing state|etat|bundesland|provincia|estado|regione|provincie|wojewodztwo|distrito|regio
departement|canton|kanton|prov|comunidad autonoma|gemeente|powiat|uf""",
    "country": """client_address_country|country code|cty|billing country|pays|code pays|land|landercode|land code|pais|codigo pais|paese|nazione|codice paese
landcode|kraj|kod kraju|land1""",
    "phone": "client_phone|" + PHONE,
    "email": "client_email|"
    + EMAIL
    + "|correio eletronico|correio electronico|poczta elektroniczna|email principale|email principal|hauptmail",
    "website": "client_url|website|web site|web|url|site web|site internet|site|webseite|homepage|internet|sitio web|pagina web|sito web|sito|strona www|strona internetowa|pagina da internet",
    "language": LANGUAGE,
    "payment_term": """client_payment_term|payment term|payment terms|terms|terms of payment|conditions de paiement|condition de paiement|conditions de reglement|delai de paiement
condition de reglement|delai|zahlungsbedingung|zahlungsbedingungen|zahlungsziel|condiciones de pago|condicion de pago|plazo de pago|terminos de pago
condizioni di pagamento|termini di pagamento|betalingsvoorwaarden|betalingsconditie|betaaltermijn|warunki platnosci|termin platnosci
condicoes de pagamento|prazo de pagamento|zterm
zahlungsfrist|zahlungskonditionen|dias de pago|giorni pagamento|betalingstermijn|dni platnosci|prazo""",
    "payment_method": ITEMS["payment_method"],
    "blocked": """client_blocked|block|on hold|hold|credit hold|bloque|blocage|gesperrt|sperre|bloqueado|bloccato|geblokkeerd|zablokowany|blokada
account on hold|client bloque|kunde gesperrt|kundensperre|cliente bloqueado|cliente bloccato|klant geblokkeerd|klient zablokowany""",
    "blocked_on": """client_blocked_date|blocked since|blocked date|blocked on|date de blocage|date blocage|gesperrt seit|fecha de bloqueo|data blocco
bloque depuis|sperrdatum|bloqueado desde|bloccato dal|geblokkeerd sinds|zablokowany od|data bloqueio""",
    "comment": "client_comments|comments|note|notes|remark|remarks|commentaire|commentaires|remarque|bemerkung|bemerkungen|notiz|anmerkung|comentario|comentarios|observaciones|commento|nota|opmerking|opmerkingen|komentarz|uwagi|observacoes",
    "insolvent_on": """insolvent since|insolvency date|insolvency|procedure collective|date procedure collective|insolvenz seit|insolvenzdatum
fecha de insolvencia|concurso desde|data insolvenza|fallimento dal|faillissement sinds|upadlosc od|data insolvencia""",
    "collector": """collector email|credit controller|collections agent|charge de recouvrement|charge recouvrement|recouvreur|gestionnaire|inkassobearbeiter|sachbearbeiter|gestor de cobros|addetto recupero|incassomedewerker|windykator
charge de relance|debitorenbuchhalter|mahnsachbearbeiter|gestor de cobro|responsable de cobros|addetto recupero crediti|responsabile recupero|kredietbeheerder|debiteurenbeheerder|specjalista ds windykacji|gestor de cobrancas|cobrador""",
    "sales_email": """client_commercial_email|sales email|salesperson email|sales rep email|email commercial|e mail commercial|e mail vertrieb|vertriebsmitarbeiter e mail|email comercial|email commerciale|email verkoper|email handlowca
correo comercial|correo del comercial|email agente|email venditore|e mail verkoper|e mail handlowca|e mail do vendedor|email vendedor|e mail vertreter|e mail del comercial""",
    "sales_first_name": """client_commercial_firstname|prenom commercial|prenom du commercial
sales first name|vorname vertrieb|nombre del comercial|nome agente|voornaam verkoper|imie handlowca|nome do vendedor""",
    "sales_last_name": """client_commercial_lastname|sales rep|salesperson|sales representative|commercial|nom du commercial|vertriebsmitarbeiter|comercial|verkoper|handlowiec
sales last name|nom commercial contact|nachname vertrieb|vertreter|vendedor|agente|cognome agente|venditore|achternaam verkoper|nazwisko handlowca|sprzedawca|apelido do vendedor""",
    "sales_phone": """client_commercial_phone|telephone commercial|tel commercial
sales phone|telefon vertrieb|telefono comercial|telefono agente|telefoon verkoper|telefon handlowca|telefone do vendedor""",
    "groups": """group|grp|customer group|client groups|agence|groupe|groupes|agences|gruppe|gruppen|filiale|niederlassung|grupo|grupos|delegacion
gruppo|gruppi|groep|groepen|vestiging|grupa|grupy|oddzial|filial
kundengruppen|grupo de clientes|gruppo clienti|klantgroep|grupa klientow|grupo de cliente|delegaciones|filiali|vestigingen""",
    "scenario": """dunning scenario|dunning plan|scenario de relance|scenario relance|mahnplan|mahnverfahren|escenario|scenario di sollecito|scenariusz|cenario
scenario de recouvrement|plan de relance|mahnszenario|escenario de cobro|plan de reclamacion|piano solleciti|aanmaningsscenario|aanmaningsplan|plan windykacji|scenariusz windykacji|plano de cobranca|cenario de cobranca""",
    "interactive": """interactive emails|interactif|e mails interactifs
interaktive e mails|correos interactivos|email interattive|interactieve e mails|e maile interaktywne|e mails interativos""",
    "penalties": """late interest|penalites|penalites de retard|interets de retard|verzugszinsen|intereses de demora|interessi di mora
vertragingsrente|odsetki za zwloke|juros de mora|verzugszins""",
    "recovery_cost": """recovery costs|fixed recovery cost|indemnite forfaitaire|frais de recouvrement|mahnpauschale|gastos de cobro
indemnite forfaitaire de recouvrement|costi di recupero|spese di recupero|incassokosten|koszty windykacji|custos de cobranca""",
    "collected_by": """collected by|pilot|pilot account|compte pilote|centrale|payeur|collected under
zentrale|zahler|pagador|cuenta pagadora|pagatore|betaler|centrale betaler|platnik|conta pagadora""",
    "credit_limit": """client_credit_limit|credit limit|credit line|plafond de credit|plafond|limite de credit|encours autorise|encours maximum
kreditlimit|kreditgrenze|kreditrahmen|limite credito|limite de credito|limite di credito|fido|affidamento|kredietlimiet|limit kredytowy|limit kupiecki|klimk
credito maximo|affidamento massimo|limit kredytu|plafond""",
    "order_backlog": "client_order_backlog|backlog|order backlog|orders in hand|carnet de commandes|commandes en cours|auftragsbestand|cartera de pedidos|portafoglio ordini|orderportefeuille|portfel zamowien|carteira de encomendas",
    "insurer_guarantee": """client_guarantee_insurer|insurer guarantee|insured limit|insurance limit|credit insurance|garantie assureur|garantie assurance credit|agrement assureur|versicherungslimit|garantia aseguradora|garanzia assicurativa
encours garanti|versicherte summe|versicherungssumme|limite asegurado|limite assicurato|massimale assicurato|verzekerde limiet|verzekerd bedrag|limit ubezpieczeniowy|gwarancja ubezpieczyciela|garantia da seguradora|limite segurado""",
    "insurer_reference": """insurer reference|insurance reference|reference assureur|no assureur|identifiant assureur
versicherungsnummer|referencia aseguradora|riferimento assicuratore|referentie verzekeraar|numer ubezpieczyciela|referencia da seguradora""",
    "insurer_rating": """client_guarantee_score|insurer rating|insurance rating|cotation assureur|note assureur
bewertung versicherer|calificacion aseguradora|rating assicuratore|beoordeling verzekeraar|ocena ubezpieczyciela|classificacao da seguradora""",
    "guarantee_type": """guarantee type|type de garantie|type garantie
garantieart|tipo de garantia|tipo garanzia|soort garantie|rodzaj gwarancji""",
    "guarantee_currency": """guarantee currency|devise garantie|devise de la garantie
garantiewahrung|divisa de la garantia|valuta garanzia|valuta garantie|waluta gwarancji|moeda da garantia""",
    "temporary_guarantee": """temporary guarantee|garantie temporaire
befristete garantie|garantia temporal|garanzia temporanea|tijdelijke garantie|gwarancja tymczasowa|garantia temporaria""",
    "temporary_guarantee_start": "temporary guarantee start|debut garantie temporaire",
    "temporary_guarantee_end": "temporary guarantee end|fin garantie temporaire",
    "risk_category": """risk category|risk class|categorie de risque|classe de risque|risikoklasse|categoria de riesgo|classe di rischio|ctlpc
risikokategorie|clase de riesgo|categoria di rischio|risicoklasse|risicocategorie|kategoria ryzyka|klasa ryzyka|categoria de risco|classe de risco""",
    "risk_score": """risk score|score risque|risikoscore|score
score de risque|puntuacion de riesgo|punteggio di rischio|risicoscore|ocena ryzyka|pontuacao de risco""",
    "financial_score": """financial score|credit score|rating|score financier|cotation|bonitat|bonitatsindex|calificacion|rating finanziario
bonitatsnote|kredietscore|kredietwaardigheid|ocena finansowa|pontuacao financeira""",
    "contact_last_name": """contact name|contact last name|contact|nom du contact|nom contact|ansprechpartner|kontaktperson|persona de contacto|contacto|persona di contatto|contatto|contactpersoon|osoba kontaktowa|pessoa de contacto
interlocuteur|kontakt|nombre de contacto|nombre contacto|referente|nome referente|kontakt osoba|pessoa de contato|nome do contacto|nome do contato""",
    "contact_first_name": """contact first name|prenom contact|prenom du contact
vorname ansprechpartner|nombre de pila contacto|nome contatto|voornaam contactpersoon|imie osoby kontaktowej|nome proprio do contacto""",
    "contact_email": """contact email|email contact|e mail contact|email du contact
e mail du contact|courriel du contact|e mail ansprechpartner|email ansprechpartner|kontakt e mail|correo de contacto|correo contacto|email contacto|email de contacto|email contatto|email referente|e mail contactpersoon|email contactpersoon|e mail kontaktowy|e mail osoby kontaktowej|e mail do contacto|email do contacto|e mail do contato""",
    "contact_phone": """contact phone|telephone contact|tel contact
telephone du contact|telefon ansprechpartner|telefono de contacto|telefono contacto|telefono contatto|telefono referente|telefoon contactpersoon|telefon kontaktowy|telefon osoby kontaktowej|telefone do contacto|telefone do contato""",
    "contact_mobile": """contact mobile|mobile contact|portable contact
portable du contact|mobil ansprechpartner|movil de contacto|cellulare contatto|mobiel contactpersoon|telefon komorkowy kontaktu|telemovel do contacto""",
    "contact_title": """contact title|civilite contact
civilite du contact|anrede ansprechpartner|tratamiento contacto|titolo contatto|aanhef contactpersoon|tytul osoby kontaktowej|tratamento do contacto""",
}

CONTACTS = {
    "entity": ENTITY,
    "customer": _CODE,
    "customer_unique_id": ITEMS["customer_unique_id"],
    "last_name": """last name|surname|family name|name|contact name|contact|full name|nom|nom de famille|nom contact|nom du contact|nachname|familienname|ansprechpartner|name 1
apellido|apellidos|nombre contacto|cognome|nominativo|achternaam|familienaam|naam|nazwisko|imie i nazwisko|apelido|sobrenome
apellido contacto|cognome contatto|achternaam contactpersoon|nazwisko osoby kontaktowej|apelidos|ultimo nome
contact last name|client contact last name|client contact name""",
    "first_name": """first name|given name|forename|prenom|vorname|nombre|nombre de pila|nome|voornaam|imie|nome proprio
primeiro nome|imie osoby kontaktowej|vorname ansprechpartner|prenom contact|prenom du contact
contact first name|client contact first name""",
    "title": """salutation|civilite|titre|anrede|titel|tratamiento|titolo|aanhef|tytul|tratamento|mr mrs
contact title|client contact title""",
    "role": """function|job title|position|job|fonction|poste|funktion|rolle|stellung|cargo|funcion|puesto|funzione|ruolo|mansione|functie|rol|funkcja|stanowisko|rola|funcao
berufsbezeichnung|posicion|posizione|functietitel|posicao|departement|abteilung
contact role|contact function|client contact function""",
    "email": EMAIL
    + "|correio eletronico|correio electronico|poczta elektroniczna|email contact|email du contact|e mail contact"
    + "|contact email|client contact email",
    "phone": PHONE + "|contact phone|client contact phone",
    "mobile": """mobile phone|mobile number|cell|cell phone|cellphone|portable|telephone portable|tel portable|gsm|handy|mobiltelefon|mobil|movil|telefono movil|cellulare|mobiel|komorka|telefon komorkowy|telemovel|celular
no mobile|no portable|mobilnummer|handynummer|numero movil|mobiel nummer|numer komorkowy|numero de telemovel
contact mobile|client contact mobile""",
    "language": LANGUAGE,
    "for_collection": """contact for collection|collection contact|collections contact|dunning contact|for dunning|accounts payable|contact relance|contact de relance|relance|contact recouvrement
mahnkontakt|kontakt mahnung|mahnungen|contacto de cobros|contacto reclamaciones|contatto solleciti|contatto per solleciti|aanmaningscontact|contact aanmaning
kontakt do windykacji|windykacja|contacto de cobranca|cobranca
contact pour relance|ansprechpartner mahnung|contacto para cobros|contatto recupero crediti|contatto incassi|contactpersoon aanmaning|kontakt windykacyjny|contacto para cobrancas""",
}
