#!/bin/sh
# Runs once, when the database is made: the owner of the tables, and the role that pages and clock use.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -v owner_password="$(cat /run/secrets/db_owner_password)" -v password="$(cat /run/secrets/db_password)" <<'SQL'
CREATE ROLE handoff_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE handoff LOGIN PASSWORD :'password';
SQL
