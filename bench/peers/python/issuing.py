"""Issues with http.client and a pool of threads: issuing.py EXPORT URL CONCURRENCY BATCH > LINKS."""

import collections
import concurrent.futures
import csv
import http.client
import json
import os
import sys
import threading
import urllib.parse

import bodies

HEADERS = {
    "secretKey": os.environ["SERTIFIER_SECRET_KEY"],
    "api-version": "3.3",
    "Content-Type": "application/json",
}
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
mine = threading.local()


def post(host, batch):
    """Posts a batch over this thread's connection; gives a link for each credential."""
    if not hasattr(mine, "connection"):
        mine.connection = http.client.HTTPConnection(host)
    body = encode({"credentials": batch}).encode()
    mine.connection.request("POST", "/campaign/addCredentials", body, HEADERS)
    response = mine.connection.getresponse()
    answer = json.loads(response.read())
    if response.status != 200 or answer["hasError"]:
        raise RuntimeError(f"HTTP {response.status}")
    rows = answer["data"][batch[0]["campaignId"]]
    links = {row["externalId"]: row["verificationLink"] for row in rows}
    return [(one["externalId"], links[one["externalId"]]) for one in batch]


def main(path, url, concurrency, size):
    host, counts = urllib.parse.urlsplit(url).netloc, collections.Counter()
    links = csv.writer(sys.stdout, lineterminator="\n")
    links.writerow(["Id", "Sertifier_Verification_Link__c"])
    with open(path, encoding="utf-8-sig", newline="") as export, \
            concurrent.futures.ThreadPoolExecutor(concurrency) as pool:
        flying = set()
        for batch in bodies.batches(bodies.credentials(csv.DictReader(export), counts), size):
            flying.add(pool.submit(post, host, batch))
            if len(flying) >= 2 * concurrency:
                ended, flying = concurrent.futures.wait(
                    flying, return_when=concurrent.futures.FIRST_COMPLETED)
                for one in ended:
                    links.writerows(one.result())
        for one in concurrent.futures.as_completed(flying):
            links.writerows(one.result())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
