"""Keeps the catalogues of the interface: `python -m scripts.translations` updates them, `--check` says what is missing.

Sentences are found by gettext calls in Python and templates, by refusals (`Refused("…")`) and what stands in the way of
an undo (`Dependent("…")`), and by the tables of sentences the rules and services are written with: any literal with a
%(name)s place and any constant of a module that is a sentence, or a table of sentences, in the folders of
SENTENCE_FOLDERS, and the values of the dictionaries named in TABLES.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "dso" / "translations"
LANGUAGES = ("fr",)
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "Refused": None,
    "NotFound": None,
    "Forbidden": None,
    "Dependent": None,
    "_found": (2,),
}
METHODS = [("dso/**.py", "python"), ("templates/**.html", "jinja2"), ("**", "ignore")]
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
#: Dictionaries whose values are sentences or words that pages translate.
TABLES = (
    ("dso.domain.imports.charsets", "WORDS"),
    ("dso.domain.imports.constants", "SENTENCES"),
    ("dso.domain.imports.fields", "LABELS"),
    ("dso.domain.imports.rejects", "SENTENCES"),
    ("dso.domain.reasons", "SENTENCES"),
    ("dso.domain.reasons", "SENTENCES_OF_ONE"),
    ("dso.domain.reasons", "TYPE_WORDS"),
    ("dso.domain.hashtags", "WORDS"),
    ("dso.domain.permissions", "DESCRIPTIONS"),
    ("dso.domain.sending", "EXPLANATIONS"),
)
SENTENCE = re.compile(r"[A-Z].* .*[.!]", re.DOTALL)
PLACE = re.compile(r"%\([a-z_]+\)s")
#: Spaces at which no line may be broken: ordinary ones are made such.
UNBROKEN = {"fr": re.compile(r" (?=[:;?!»])|(?<=«) ")}
#: Modules whose words stand in several languages already: what messages and letters say.
OWN_LANGUAGES = ("wordings.py",)
#: Folders whose literals with a %(name)s place are timeline sentences or refusals.
SENTENCE_FOLDERS = ("dso/services", "dso/domain", "dso/queries")


def extracted() -> Catalog:
    """Every sentence of the product."""
    catalogue = Catalog()
    for folder in ("dso", "templates"):
        methods = [(pattern.removeprefix(folder + "/"), method) for pattern, method in METHODS if pattern != "**"]
        for _file, _line, message, _comments, context in extract_from_dir(
            ROOT / folder, methods, {}, KEYWORDS, directory_filter=lambda path: "translations" not in str(path)
        ):
            catalogue.add(message, context=context)
    for sentence in _written():
        catalogue.add(sentence)
    for module, name in TABLES:
        for sentence in getattr(import_module(module), name).values():
            catalogue.add(sentence)
    return catalogue


def _written() -> Iterator[str]:
    for folder in SENTENCE_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name not in OWN_LANGUAGES:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                yield from _literals(tree)
                yield from _constants(tree)


def _constants(tree: ast.Module) -> Iterator[str]:
    """Sentences that have a name of their own in a module, or stand in a table there."""
    named = [node.value for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    tables = [value.values for value in named if isinstance(value, ast.Dict)]
    for value in [*named, *(each for table in tables for each in table)]:
        text = value.value if isinstance(value, ast.Constant) else None
        if isinstance(text, str) and SENTENCE.fullmatch(text):
            yield text


def _literals(tree: ast.Module) -> Iterator[str]:
    """Literals with a place, docstrings left out: those stand as expressions of their own."""
    explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in explained else None
        if isinstance(text, str) and PLACE.search(text):
            yield text


def path_of(language: str) -> Path:
    """Where the text of a catalogue lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue as it stands."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="dso", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The language's catalogue with every sentence of today and none of yesterday."""
    catalogue = read(language)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    typeset(catalogue, language)
    return catalogue


def _headed(catalogue: Catalog) -> Catalog:
    """With a head that stays the same as long as the sentences do."""
    catalogue.header_comment = f"# The interface of dso: {catalogue.locale_identifier}."
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 11, 22, tzinfo=UTC)
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    catalogue.fuzzy = False
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Sentences without a translation, or whose translation has other places than the sentence."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.fuzzy or not all(strings) or list(message.check(catalogue)):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def compile_all() -> None:
    """Write the binary catalogues beside the texts; they are made, not committed."""
    for language in LANGUAGES:
        target = path_of(language).with_suffix(".mo")
        buffer = BytesIO()
        write_mo(buffer, read(language))
        target.write_bytes(buffer.getvalue())


def typeset(catalogue: Catalog, language: str) -> None:
    """Let no line begin with a mark that stands off its word."""
    if language not in UNBROKEN:
        return
    spaces = UNBROKEN[language]
    for message in catalogue:
        if isinstance(message.string, str):
            message.string = spaces.sub("\u00a0", message.string)
        elif message.string:
            message.string = tuple(spaces.sub("\u00a0", each) for each in message.string)


def main() -> int:
    """Update and compile, or check."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="name what is not translated and change nothing")
    arguments.add_argument("--compile", action="store_true", help="only write the binary catalogues")
    given = arguments.parse_args()
    if given.compile:
        compile_all()
        return 0
    problems = 0
    for language in LANGUAGES:
        catalogue = updated(language)
        lacking = missing(catalogue)
        problems += len(lacking)
        for sentence in lacking:
            print(f"{language}: {sentence}")
        if not given.check:
            path_of(language).parent.mkdir(parents=True, exist_ok=True)
            with path_of(language).open("wb") as file:
                write_po(file, _headed(catalogue), width=120, no_location=True, sort_output=True)
    if not given.check:
        compile_all()
        return 0
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
