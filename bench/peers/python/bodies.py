"""Turns a Contact export into request bodies with csv and json: bodies.py EXPORT > BODIES."""

import csv
import datetime
import json
import re
import sys

CAMPAIGN = "7d1f0c52-demo-4b3a-course-completion"
BATCH_SIZE = 20
BOOLEANS = {"true": True, "1": True, "false": False, "0": False, "": False}
is_contact_id = re.compile(r"003[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?").fullmatch
is_email = re.compile(r"[^@\s]+@[^@\s]*\.[^@\s]*").fullmatch


def qualifies(row):
    if row["Issue_Credential__c"].lower() not in BOOLEANS:
        raise ValueError("not a checkbox")
    ticked = BOOLEANS[row["Issue_Credential__c"].lower()]
    return ticked and row["Status__c"].lower() == "certified"


def to_credential(row):
    name = (row["FirstName"] + " " + row["LastName"]).strip()
    if not (name and is_email(row["Email"]) and is_contact_id(row["Id"])):
        raise ValueError("a required field is missing or malformed")
    credential = {
        "campaignId": CAMPAIGN,
        "name": name,
        "email": row["Email"],
        "externalId": row["Id"],
        "quickPublish": True,
    }
    if row["Completed_On__c"]:
        day = row["Completed_On__c"].partition("T")[0]
        credential["issueDate"] = datetime.date.fromisoformat(day).isoformat()
    return credential


def credentials(rows, counts):
    for row in rows:
        counts["read"] += 1
        try:
            if qualifies(row):
                yield to_credential(row)
                counts["would issue"] += 1
            else:
                counts["skipped"] += 1
        except ValueError:
            counts["invalid"] += 1


def batches(items, size):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def main(path):
    counts = {"read": 0, "skipped": 0, "invalid": 0, "would issue": 0}
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    with open(path, encoding="utf-8-sig", newline="") as export:
        for batch in batches(credentials(csv.DictReader(export), counts), BATCH_SIZE):
            sys.stdout.write(encode({"credentials": batch}) + "\n")
    print(", ".join(f"{name} {count}" for name, count in counts.items()), file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
