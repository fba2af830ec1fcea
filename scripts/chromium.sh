#!/bin/sh
# Sees to it that a headless Chromium is here for the browser tests.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if sh "$(dirname "$0")/system_packages.sh" chromium fonts-liberation; then
    exit 0
fi
echo "The browser tests need Chromium or Chrome, which could not be installed: install one and run this again." >&2
exit 1
