"""The doors files come by, in the viewer's language."""

from flask_babel import gettext as _


def source_words(source: str) -> str:
    """The door a file came by, as its run or the file on its way keeps it."""
    if source.startswith("api "):
        return str(_("program %(name)s", name=source.removeprefix("api ")))
    words = {"cli": _("command line"), "dump": _("whole dump"), "folder": _("watched folder"), "web": _("browser")}
    return str(words.get(source, source))
