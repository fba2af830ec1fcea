"""The command line: the same services, the same rights as the pages."""

import gc
import sys

import click
from sqlalchemy.exc import IntegrityError, OperationalError

from dso.db import is_busy
from dso.domain.errors import BUSY, Refused

WRONG_WORDS = 64


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Free, self-hosted software with which a small team gets its invoices paid."""


@cli.group("list")
def listing() -> None:
    """Print what there is, for people and for scripts."""


def main() -> None:
    """Run a command; errors are one line on standard error, wrong words exit with 64."""
    from dso.cli import commands

    _collect_seldom()
    commands.load()
    gc.freeze()
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = 0
    except click.UsageError as error:
        click.echo(f"dso: {' '.join(error.format_message().split())}", err=True)
        code = WRONG_WORDS
    except click.exceptions.Abort:
        click.echo("dso: stopped", err=True)
        code = 1
    except (click.ClickException, Refused) as error:
        click.echo(f"dso: {error.format_message() if isinstance(error, click.ClickException) else error}", err=True)
        code = 1
    except OperationalError as error:
        why = f"the database does not answer: {str(error.orig).strip().splitlines()[0]}"
        click.echo(f"dso: {BUSY if is_busy(error) else why}", err=True)
        code = 1
    except IntegrityError:
        why = "perhaps somebody else saved something at the same moment; nothing was changed"
        click.echo(f"dso: the database refuses what this would write, {why}", err=True)
        code = 1
    except OSError as error:
        click.echo(f"dso: {error.filename or 'the machine'}: {error.strerror or error}", err=True)
        code = 1
    sys.exit(code or 0)


def _collect_seldom() -> None:
    """What is loaded stays; of the millions of rows of a file hardly any are in cycles.

    With Python's own thresholds the collector walks all of it every few thousand rows: a fifth of an import, and
    a tenth of loading the commands.
    """
    gc.set_threshold(50_000, 20, 50)
