#!/bin/sh
# For cron: asks the org, issues to whom the flow wants, and writes the links to the org; one run at a
# time. It speaks only where a person must look. The directory holds the ledger and env, a file of yours
# that sets SERTIFIER_SECRET_KEY_FILE, SALESFORCE_URL, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET_FILE.
#   */10 * * * *  /srv/sertifier/cron-salesforce.sh /srv/sertifier/state
set -u
state=${1:?the directory of the ledger is missing}
here=$(dirname "$0")
set -a
. "$state/env"
set +a

exec 9>"$state/lock"
flock --nonblock 9 || exit 0 # the run before goes on

sertifier watch "$here/course-completion.lua" --once --write-back salesforce \
  --ledger "$state/sertifier.db" >"$state/last-run.log" 2>&1
status=$?
# 0: all is issued and written, or was before. Others want a person, who finds the records in the log.
[ "$status" -eq 0 ] || { cat "$state/last-run.log"; echo "exit status $status"; }
exit "$status"
