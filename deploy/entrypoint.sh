#!/bin/sh
# libpq reads a password from a file only where nobody else can read that file, and a secret is mounted with
# the rights it has outside. So the password goes into a file of our own, which is in memory only.
set -eu
if [ -f /run/secrets/db_password ]; then
    umask 077
    printf '*:*:*:*:%s\n' "$(sed 's/[\\:]/\\&/g' /run/secrets/db_password)" > /tmp/pgpass
    export PGPASSFILE=/tmp/pgpass
fi
exec "$@"
