#!/usr/bin/env bash
# The restore of the quickstart: restore.sh FOLDER fetches the newest backup and puts the database back, all or nothing.
set -euo pipefail
folder=$1

restic restore -q --no-cache --tag orders latest --target "$folder"
dump=$(find "$folder" -name orders.dump)
pg_restore --clean --if-exists --single-transaction --exit-on-error -d orders "$dump"
cp "$(dirname "$dump")/orders.rows" "$folder/"
echo "restored"
