#!/bin/sh
# Runs a command with DSO_TEST_DATABASE_URL set: the server already named there, or a private one made
# for the occasion under a temporary folder, on a free port, and removed afterwards.
# Usage: with_postgresql.sh COMMAND...
set -eu
here=$(cd "$(dirname "$0")" && pwd)

if [ -n "${DSO_TEST_DATABASE_URL:-}" ]; then
    exec "$@"
fi

find_programs() {
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        [ -x "$folder/initdb" ] && echo "$folder" && return
    done
    command -v initdb >/dev/null 2>&1 && dirname "$(command -v initdb)"
}

programs=$(find_programs || true)
if [ -z "$programs" ]; then
    sh "$here/system_packages.sh" postgresql
    programs=$(find_programs)
fi

# Data that is thrown away lies in memory where there is plenty of it; measurements (DSO_TEST_FSYNC=on) want a disk.
place=${TMPDIR:-/tmp}
plenty=$((4 * 1024 * 1024))
if [ "${DSO_TEST_FSYNC:-off}" = off ] && [ -w /dev/shm ]; then
    free=$(df -Pk /dev/shm | awk 'NR == 2 {print $4}')
    available=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
    [ "${free:-0}" -gt "$plenty" ] && [ "${available:-0}" -gt $((2 * plenty)) ] && place=/dev/shm
fi
folder=$(mktemp -d "$place/dso-postgresql.XXXXXX")
# PostgreSQL refuses to run as root, so root hands it to the user its package made.
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    as_owner() { runuser -u postgres -- "$@"; }
else
    as_owner() { "$@"; }
fi
cleanup() {
    as_owner "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$folder"
as_owner "$programs/initdb" -D "$folder/data" -U dso --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
# Its data is thrown away: waiting for the disk would only cost time. Measurements set DSO_TEST_FSYNC=on.
as_owner "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-p $port -k $folder -h 127.0.0.1 \
    -c fsync=${DSO_TEST_FSYNC:-off} -c shared_buffers=512MB -c work_mem=32MB -c max_connections=100" start >/dev/null
cd "$here/.."
DSO_TEST_DATABASE_URL="postgresql://dso@127.0.0.1:$port/postgres"
export DSO_TEST_DATABASE_URL
"$@"
