"""`python -m dso` is `dso`."""

from dso.cli import main

main()
