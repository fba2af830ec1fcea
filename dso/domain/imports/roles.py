"""Words by which files name the roles of users."""

from dso.domain.codes import Role
from dso.domain.imports.words import folded

_WORDS = {
    Role.ADMIN: "administrator|admin|administrateur|administratrice|administratorin|administrador|administradora|amministratore|amministratrice|beheerder|administratorka",
    Role.CREDIT_MANAGER: "credit manager|credit management|manager|credit manager adjoint|responsable credit|responsable recouvrement|responsable du recouvrement|"
    "directeur credit|leiter forderungsmanagement|kreditmanager|credit managerin|forderungsmanager|jefe de credito|gerente de credito|responsable de credito|"
    "responsabile credito|responsabile crediti|kredietmanager|hoofd debiteurenbeheer|kierownik ds naleznosci|menedzer kredytowy|kierownik windykacji|gestor de credito|diretor de credito",
    Role.COLLECTOR: "collector|credit controller|collections agent|charge de recouvrement|chargee de recouvrement|gestionnaire recouvrement|recouvreur|sachbearbeiter|"
    "sachbearbeiterin|mahnsachbearbeiter|inkassobearbeiter|debitorenbuchhalter|gestor de cobros|gestora de cobros|cobrador|addetto recupero crediti|addetto al recupero|"
    "addetta recupero crediti|recupero crediti|incassomedewerker|debiteurenbeheerder|windykator|windykatorka|specjalista ds windykacji|cobradora|gestor de cobrancas",
    Role.SALES_ADMIN: "sales administration|sales admin|sales administrator|administration des ventes|adv|assistante adv|assistant adv|assistante commerciale|innendienst|"
    "vertriebsinnendienst|administracion de ventas|administracion comercial|amministrazione vendite|verkoop binnendienst|verkoopadministratie|administracja sprzedazy|administracao de vendas",
    Role.SALES: "sales|sales person|salesperson|sales representative|salesman|commercial|commerciale|vendeur|vendeuse|vertrieb|aussendienst|vertriebsmitarbeiter|verkaufer|"
    "comercial|ventas|vendedor|vendedora|commerciale vendite|vendite|venditore|agente|verkoper|verkoop|vertegenwoordiger|handlowiec|sprzedawca|sprzedaz|vendas",
    Role.CONTROLLER: "controller|controlling|controleur|controleur de gestion|controleuse de gestion|controleur financier|controllerin|controlador|contralor|controllo di gestione|"
    "controllore|kontroler|controlador de gestao|audit|auditor",
    Role.EXECUTIVE: "executive|management|director|direction|directeur|directrice|dirigeant|geschaftsfuhrer|geschaftsfuhrerin|geschaftsleitung|direktion|direccion|directora|"
    "direttore|direzione|dirigente|directie|bestuurder|zarzad|dyrektor|diretor|direcao",
    Role.GUEST: "guest|reader|read only|invite|invitee|lecteur|lecture seule|gast|leser|invitado|lector|ospite|lettore|lezer|gosc|czytelnik|convidado|leitor",
}
_ROLE_OF = {word: role for role, words in _WORDS.items() for word in words.split("|")}
_ROLE_OF |= {role.value.replace("_", " "): role for role in Role}


def user_role(cell: str) -> Role | None:
    """The role a cell names, by its code or by a word; None for words not known."""
    return _ROLE_OF.get(" ".join(folded(cell).replace("_", " ").replace("-", " ").replace(".", " ").split()))
