#!/bin/sh
# Asks Salesforce itself through its command line, and issues from what it answers.
#   examples/from-sf.sh my-org
set -eu
records=$(mktemp)
trap 'rm -f "$records"' EXIT

sf data query --target-org "${1:?the org is missing}" --result-format json --query \
  "SELECT Id, FirstName, LastName, Email, Issue_Credential__c, Status__c, Completed_On__c
   FROM Contact WHERE Issue_Credential__c = TRUE" >"$records"

sertifier issue "$(dirname "$0")/course-completion.lua" "$records" --write-back links.csv
