// Turns parsed rows into lists of credentials.
const campaignId = "7d1f0c52-demo-4b3a-course-completion";
const booleans = new Map([["true", true], ["1", true], ["false", false], ["0", false], ["", false]]);
const contactId = /^003[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$/;
const emailAddress = /^[^@\s]+@[^@\s]*\.[^@\s]*$/;
const dateTime = /^(\d{4}-\d\d-\d\d)(T.*)?$/;

class InvalidRecord extends Error {}

function qualifies(row) {
  const ticked = booleans.get(row.Issue_Credential__c.toLowerCase());
  if (ticked === undefined) throw new InvalidRecord("not a checkbox");
  return ticked && row.Status__c.toLowerCase() === "certified";
}

function issueDate(cell) {
  if (cell === "") return undefined; // JSON.stringify leaves it out
  const found = dateTime.exec(cell);
  if (!found || Number.isNaN(Date.parse(found[1]))) throw new InvalidRecord("not a date");
  return found[1];
}

function toCredential(row) {
  const name = `${row.FirstName} ${row.LastName}`.trim();
  if (!name || !emailAddress.test(row.Email) || !contactId.test(row.Id)) {
    throw new InvalidRecord("a required field is missing or malformed");
  }
  return {
    campaignId, name, email: row.Email, externalId: row.Id,
    quickPublish: true, issueDate: issueDate(row.Completed_On__c),
  };
}

export const counts = { read: 0, skipped: 0, invalid: 0, "would issue": 0 };

function credentialOf(row) {
  counts.read++;
  try {
    if (!qualifies(row)) {
      counts.skipped++;
      return undefined;
    }
    const credential = toCredential(row);
    counts["would issue"]++;
    return credential;
  } catch (error) {
    if (!(error instanceof InvalidRecord)) throw error;
    counts.invalid++;
    return undefined;
  }
}

// Lists of credentials, so many in each.
export async function* batches(rows, size) {
  let credentials = [];
  for await (const row of rows) {
    const credential = credentialOf(row);
    if (!credential) continue;
    credentials.push(credential);
    if (credentials.length === size) {
      yield credentials;
      credentials = [];
    }
  }
  if (credentials.length > 0) yield credentials;
}
