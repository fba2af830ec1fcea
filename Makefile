# Everything starts here: `make demo` to see it, `make test` to trust it. `make help` lists the rest.
# Needs Python 3.11 or later and make; all other things are fetched into .venv and node_modules.

SHELL := /bin/sh
.DEFAULT_GOAL := help

BIN := .venv/bin
INSTALLED := .venv/.installed
VENDOR := static/vendor/.made
WORDS := $(patsubst %.po,%.mo,$(wildcard dso/translations/*/LC_MESSAGES/*.po))
READY := $(INSTALLED) $(VENDOR) $(WORDS)
# A test process more than there are cores, for some only wait; WORKERS=0 for one process that can be debugged.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# What these tests prove has nothing to do with a database.
NO_DATABASE := tests/browser tests/domain tests/test_architecture.py tests/test_bench.py tests/test_formats.py \
	tests/test_html.py tests/test_templates.py tests/test_translations.py tests/services/imports/test_readers.py
# Tests start many processes: without compiled files each would compile all of the product again.
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
SOURCES := dso bench tests scripts migrations

.PHONY: help demo serve test test-slow test-sqlite test-postgresql test-browser check lint types architecture format assets \
	docs bench wheel clean

help: ## list what can be asked for
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 26

$(INSTALLED): pyproject.toml constraints.txt scripts/venv.sh
	@echo "Making the environment in .venv (a minute or two the first time) …"
	@sh scripts/venv.sh

$(VENDOR): package.json package-lock.json scripts/assets.py scripts/icons.txt | $(INSTALLED)
	@echo "Fetching the browser assets …"
	@$(BIN)/python scripts/assets.py
	@touch $(VENDOR)

%.mo: %.po | $(INSTALLED)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

assets: $(VENDOR) $(WORDS) ## fetch the browser assets into static/vendor, compile the translations

demo: $(READY) ## load a demonstration ledger and serve it on http://127.0.0.1:8000
	@$(BIN)/dso demo
	@$(BIN)/dso serve

serve: $(READY) ## web server and scheduler over this checkout's own database
	@$(BIN)/dso serve

test: $(READY) ## the tests, browser tests too, on SQLite; all but the slow ones
	@sh scripts/chromium.sh
	$(PYTEST) tests -m "not slow"

test-slow: $(READY) ## the slow ones: kill -9 over and over, files of chance, axe on every page
	@sh scripts/chromium.sh
	$(PYTEST) tests -m slow

test-sqlite: $(READY) ## all tests that need no browser
	$(PYTEST) tests --ignore tests/browser

test-postgresql: $(READY) ## all with a database, on the server named by DSO_TEST_DATABASE_URL or a private one
	@sh scripts/with_postgresql.sh $(PYTEST) tests $(NO_DATABASE:%=--ignore %)

test-browser: $(READY) ## the tests in a real browser only
	@sh scripts/chromium.sh
	$(PYTEST) tests/browser

check: lint types architecture ## what a machine can judge without running the product

lint: $(INSTALLED)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/djlint templates --lint --quiet

types: $(INSTALLED)
	$(BIN)/mypy

architecture: $(INSTALLED)
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(INSTALLED) ## put the sources into the one form
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

docs: $(INSTALLED) ## build the guides into site/
	$(BIN)/mkdocs build --strict --quiet

bench: $(READY) ## measure the speed table, on SQLite and on PostgreSQL (takes a quarter of an hour)
	@DSO_TEST_FSYNC=on sh scripts/with_postgresql.sh $(BIN)/python -m bench.run

wheel: $(READY) ## build the package into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## remove what was built; the data in instance/ stays
	rm -rf .venv node_modules static/vendor build dist site *.egg-info .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
