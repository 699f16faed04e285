#!/usr/bin/env bash
# The backup of the quickstart: backup.sh FOLDER dumps the database into FOLDER and saves that with restic.
#
# The dump is one transaction's view, so that it is consistent while the shop goes on writing. Another session exports
# that view first, and counts and sums the rows in it: what the server itself says of exactly the rows that are dumped.
# The dump goes to a file and not through a pipe into restic: restic would save what a failing pg_dump wrote so far, and
# take its end for the end of the dump.
set -euo pipefail
folder=$1

coproc view { psql -X -q -A -t -v ON_ERROR_STOP=1; }
echo "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();" >&"${view[1]}"
read -r -t 30 snapshot <&"${view[0]}"

pg_dump -F c --snapshot="$snapshot" -f "$folder/orders.dump"
pg_restore -l "$folder/orders.dump" >/dev/null

echo "SELECT count(*), md5(string_agg(o::text, ',' ORDER BY id)) FROM orders AS o;" >&"${view[1]}"
read -r -t 30 rows <&"${view[0]}"
echo "$rows" >"$folder/orders.rows"
echo "dumped: ${rows%|*} rows, checksum ${rows#*|}"

restic backup -q --no-cache --tag orders --tag "$HOOKC_SESSION_ID" "$folder"
echo "saved with restic"
