#!/bin/sh
# Turns a Contact export into request bodies with Miller and jq: bodies.sh EXPORT > BODIES
set -eu
mlr -S --icsv --ojsonl filter '
  tolower($Issue_Credential__c) =~ "^(true|1)$" && tolower($Status__c) == "certified"
  && $Email =~ "^[^@ \t\r\n]+@[^@ \t\r\n]*\.[^@ \t\r\n]*$"
  && $Id =~ "^003[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$"
  && $Completed_On__c =~ "^([0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?)?$"
  && strip($FirstName . $LastName) != ""
' then put '
  map one = {
    "campaignId": "7d1f0c52-demo-4b3a-course-completion",
    "name": strip($FirstName . " " . $LastName),
    "email": $Email,
    "externalId": $Id,
    "quickPublish": true
  };
  if ($Completed_On__c != "") {
    one["issueDate"] = sub($Completed_On__c, "T.*", "")
  }
  $* = one
' "$1" | jq -cn '
  foreach (inputs, null) as $one (
    {list: []};
    (if .full then [] else .list end) as $list
    | if $one then ($list + [$one]) as $next | {list: $next, full: ($next | length == 20)}
      else {list: $list, full: ($list | length > 0)} end;
    select(.full) | {credentials: .list}
  )'
