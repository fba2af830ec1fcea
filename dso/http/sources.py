"""The doors files come by, in the viewer's language."""

from flask_babel import gettext as _

from dso.domain.imports.sources import program_of


def source_words(source: str) -> str:
    """The door a file came by, as its run or the file on its way keeps it."""
    if program := program_of(source):
        return str(_("program %(name)s", name=program))
    words = {"cli": _("command line"), "dump": _("whole dump"), "folder": _("watched folder"), "web": _("browser")}
    return str(words.get(source, source))
