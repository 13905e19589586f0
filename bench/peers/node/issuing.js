// Issues with undici's pool: node issuing.js EXPORT URL CONCURRENCY BATCH > LINKS
import { createReadStream } from "node:fs";
import { Pool } from "undici";
import { parse } from "csv-parse";
import { batches } from "./credentials.js";

const [path, url, concurrency, size] = process.argv.slice(2);
const pool = new Pool(url, { connections: Number(concurrency) });
const headers = {
  secretKey: process.env.SERTIFIER_SECRET_KEY, "api-version": "3.3", "content-type": "application/json",
};

async function post(credentials) {
  const { statusCode, body } = await pool.request({
    path: "/campaign/addCredentials", method: "POST", headers, body: JSON.stringify({ credentials }),
  });
  const answer = await body.json();
  if (statusCode !== 200 || answer.hasError) throw new Error(`HTTP ${statusCode}`);
  const links = new Map(answer.data[credentials[0].campaignId]
    .map((row) => [row.externalId, row.verificationLink]));
  let lines = "";
  for (const { externalId } of credentials) {
    if (!links.has(externalId)) throw new Error(`no row for ${externalId}`);
    lines += `${externalId},${links.get(externalId)}\n`;
  }
  process.stdout.write(lines);
}

// As many workers as requests at once; each takes the next batch when its answer is in.
async function work(list) {
  for (let next = await list.next(); !next.done; next = await list.next()) await post(next.value);
}

process.stdout.write("Id,Sertifier_Verification_Link__c\n");
const rows = createReadStream(path).pipe(parse({ bom: true, columns: true }));
const list = batches(rows, Number(size));
await Promise.all(Array.from({ length: Number(concurrency) }, () => work(list)));
await pool.close();
