#!/bin/sh
# Sees to it that a headless Chromium is here for the browser tests, and what drives it can start.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

has_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

# The driver brings a node of its own, which needs a library that the smallest systems lack.
has_driver() {
    "$here/../.venv/bin/python" -m playwright --version >/dev/null 2>&1
}

missing=""
has_chromium || missing="chromium fonts-liberation"
has_driver || missing="$missing libatomic1"
# The words are package names, one each.
# shellcheck disable=SC2086
[ -z "$missing" ] || sh "$here/system_packages.sh" $missing || true
if has_chromium && has_driver; then
    exit 0
fi
echo "The browser tests need Chromium or Chrome, and a driver that starts (see: .venv/bin/python -m playwright --version);" >&2
echo "it could not be installed from here: install one and run this again." >&2
exit 1
