// Turns a Contact export into request bodies with csv-parse: node bodies.js EXPORT > BODIES
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { batches, counts } from "./credentials.js";

const batchSize = 20;

async function* bodies(rows) {
  for await (const credentials of batches(rows, batchSize)) {
    yield JSON.stringify({ credentials }) + "\n";
  }
}

await pipeline(
  createReadStream(process.argv[2]),
  parse({ bom: true, columns: true }),
  bodies,
  process.stdout,
);
console.error(Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", "));
