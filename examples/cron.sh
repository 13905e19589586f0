#!/bin/sh
# For cron: issues from the newest export of a directory, one run at a time, and speaks only where a
# person must look. The credentials that were issued stay in the ledger beside the exports.
#   15 * * * *  /srv/sertifier/cron.sh /srv/sertifier/exports
set -u
exports=${1:?the directory of exports is missing}
here=$(dirname "$0")

exec 9>"$exports/lock"
flock --nonblock 9 || exit 0 # the run before goes on

newest=$(ls -t "$exports"/*.csv 2>/dev/null | grep -v '/links\.csv$' | head -n 1)
[ -n "$newest" ] || exit 0

sertifier issue "$here/course-completion.lua" "$newest" --ledger "$exports/sertifier.db" \
  --write-back "$exports/links.csv" >"$exports/last-run.log" 2>&1
status=$?
# 0: all is issued, or was before. 2: some records want a person, who finds them in the log.
[ "$status" -eq 0 ] || { cat "$exports/last-run.log"; echo "exit status $status"; }
exit "$status"
