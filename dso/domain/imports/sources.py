"""How the door a file came by is kept where a program brought it."""

_PROGRAM = "api "


def of_program(name: str) -> str:
    """The source of the files of a program."""
    return f"{_PROGRAM}{name}"


def program_of(source: str) -> str:
    """The name of the program a source speaks of; nothing where it is another door."""
    return source.removeprefix(_PROGRAM) if source.startswith(_PROGRAM) else ""
