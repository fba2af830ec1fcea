#!/bin/sh
# Writes migrations/versions/0001_initial.py anew from the tables, and tries it up and down on an empty SQLite
# (and on PostgreSQL where DSO_TEST_DATABASE_URL names a server). Only while no version was released: afterwards
# every change is a migration of its own, made by `flask db migrate -m "what changes"`.
set -eu
cd "$(dirname "$0")/.."
exec .venv/bin/python -m scripts.initial_migration
