#!/bin/sh
# Installs packages of the system by apt-get, where this user may; gives 1 and a sentence where not.
# Usage: system_packages.sh PACKAGE...
set -eu

if ! command -v apt-get >/dev/null 2>&1; then
    echo "This system has no apt-get: please install by its own means: $*" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Only root may install packages here: please run: apt-get install $*" >&2
    exit 1
fi

DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
{
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
} >&2
