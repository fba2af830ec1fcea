#!/bin/sh
# Builds the wheel and the source package, installs the wheel into an empty environment outside the clone and starts
# it there: whatever it lacks, an installation would lack.
set -eu
cd "$(dirname "$0")/.."
clone=$PWD
folder=$(mktemp -d "${TMPDIR:-/tmp}/dso-package.XXXXXX")
server=""
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_CONSTRAINT="$clone/constraints.txt"
export PIP_DISABLE_PIP_VERSION_CHECK PIP_CONSTRAINT
.venv/bin/python -m hatchling build -t sdist -d "$folder/sdist"
# The wheel comes from the source package, as whoever redistributes it makes it.
.venv/bin/python -m pip wheel --quiet --no-deps --wheel-dir "$folder/wheel" "$folder"/sdist/*.tar.gz
.venv/bin/python -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet "$folder"/wheel/*.whl

cd "$folder"
for wanted in templates/base.html static/js/app.js static/vendor/htmx.min.js static/vendor/bootstrap.min.css \
    migrations/env.py migrations/script.py.mako shipped/scenarios demo_data; do
    ls "$folder"/venv/lib/python*/site-packages/dso/"$wanted" >/dev/null
done

dso() { env -i PATH="$PATH" HOME="$folder" LANG=C.UTF-8 "$folder/venv/bin/dso" "$@"; }
dso init --entity Acme --currency EUR --country FR --timezone Europe/Paris \
    --admin-email admin@acme.example --admin-password 'Package-check-1'
dso check || [ $? = 1 ]
env -i PATH="$PATH" HOME="$folder" LANG=C.UTF-8 "$folder/venv/bin/dso" serve --port 0 2>"$folder/log" &
server=$!
"$clone/.venv/bin/python" "$clone/scripts/wait_until_ready.py" "$folder/log"
