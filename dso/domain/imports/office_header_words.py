"""Header words of users and rates files, in the eight languages; see `header_words`."""

from dso.domain.imports.header_words import EMAIL, LANGUAGE, PHONE

USERS = {
    "email": "user_email|user email|login|user|username|utilisateur|identifiant|benutzer|anmeldename|usuario|utente|gebruiker|uzytkownik|utilizador|"
    + EMAIL,
    "last_name": """user_lastname|user lastname|lastname|last name|surname|family name|name|nom|nom de famille|nachname|familienname|apellido|apellidos
cognome|achternaam|familienaam|naam|nazwisko|apelido|sobrenome""",
    "first_name": """user_firstname|user firstname|firstname|first name|given name|forename|prenom|vorname|nombre|nombre de pila|nome|voornaam|imie|nome proprio|primeiro nome""",
    "role": """user_role|user role|profile|rights|role|profil|droits|rolle|benutzerrolle|berechtigung|rol|perfil|ruolo|profilo|rola|uprawnienia|papel|funcao""",
    "active": """user_active|is active|enabled|active|actif|active oui non|aktiv|activo|habilitado|attivo|abilitato|actief|aktywny|aktywna|ativo""",
    "job_title": """user_job_title|job title|position|job|title|fonction|poste|titre|intitule du poste|funktion|stelle|position im unternehmen|puesto|cargo|titolo|mansione
qualifica|functie|functietitel|stanowisko|cargo profissional""",
    "phone": "user_phone|" + PHONE,
    "mobile": """user_mobile|mobile phone|mobile number|mobile|cell|cell phone|portable|telephone portable|gsm|handy|mobiltelefon|mobil|movil|telefono movil
cellulare|mobiel|komorka|telefon komorkowy|telemovel|celular""",
    "language": "user_language|" + LANGUAGE,
    "entities": """user_entities|user entity|entity|companies|company|entites|entite|societes|societe|gesellschaften|gesellschaft|firmen|firma|sociedades|sociedad|empresas|empresa
societa|aziende|bedrijven|bedrijf|spolki|spolka|entidades""",
    "may_import": """user_may_import|import|imports data|may import data|can import|import autorise|peut importer|darf importieren|importieren|puede importar|importacion
puo importare|importazione|mag importeren|moze importowac|pode importar""",
}

RATES = {
    "reference": """reference currency|base|base currency|from currency|from|devise de reference|monnaie de reference|devise pivot|referenzwahrung|basiswahrung|divisa base|moneda base
divisa de referencia|valuta base|valuta di riferimento|basisvaluta|referentievaluta|waluta bazowa|moeda base|moeda de referencia""",
    "currency": """curr|currency code|ccy|cur|target currency|to currency|to|quote currency|devise|monnaie|code devise|wahrung|waehrung|wrg|moneda|divisa|valuta|waluta|kod waluty|moeda|waers""",
    "on": """date|rate date|valid from|day|as of|effective date|date du cours|date cours|jour|valable a partir du|datum|kursdatum|stichtag|gultig ab|fecha|fecha del cambio|data|data cambio
data del cambio|koersdatum|data kursu|dzien|data da taxa|time|time_period""",
    "units": """rate|exchange rate|fx rate|value|mid|cours|taux|taux de change|cours de change|parite|kurs|wechselkurs|umrechnungskurs|tipo de cambio|cambio|tasso|tasso di cambio
koers|wisselkoers|kurs sredni|taxa|taxa de cambio|taxa cambial|obs_value""",
}
