// Drives headless Chromium over its debugging pipe: node clicks.mjs STEPS.json
//
// Steps are a list: {open: url}, {type: [selector, text]}, {click: selector}, {read: selector},
// {picture: path}. It prints a JSON list of what each `read` found, null where there is nothing.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

const place = mkdtempSync(`${tmpdir()}/chromium.`);
const browser = spawn("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
  "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--remote-debugging-pipe", "--window-size=1000,1400", `--user-data-dir=${place}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

let last = 0, text = "", session;
const waiting = new Map(), loads = [];

browser.stdio[4].on("data", (data) => {
  const messages = (text + data).split("\0");
  text = messages.pop();
  for (const message of messages.map((one) => JSON.parse(one))) {
    if (message.id) waiting.get(message.id)(message.result ?? message.error);
    if (message.method === "Page.loadEventFired") loads.shift()?.();
  }
});

function ask(method, params = {}) {
  browser.stdio[3].write(JSON.stringify({ id: ++last, method, params, sessionId: session }) + "\0");
  return new Promise((done) => waiting.set(last, done));
}

async function evaluate(expression) {
  return (await ask("Runtime.evaluate", { expression, returnByValue: true })).result.value;
}

async function loading(act) {
  const loaded = new Promise((done) => loads.push(done));
  await act();
  await loaded;
}

const one = (selector) => `document.querySelector(${JSON.stringify(selector)})`;

// A real click, where the element is.
async function click(selector) {
  const [x, y] = await evaluate(`{ const place = ${one(selector)};
    place.scrollIntoView(); const box = place.getBoundingClientRect();
    [box.x + box.width / 2, box.y + box.height / 2] }`);
  for (const type of ["mousePressed", "mouseReleased"]) {
    await ask("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
  }
}

const found = [];
const steps = {
  open: (url) => loading(() => ask("Page.navigate", { url })),
  type: async ([selector, words]) => {
    await evaluate(`${one(selector)}.focus()`);
    await ask("Input.insertText", { text: words });
  },
  click: (selector) => loading(() => click(selector)),
  read: async (selector) => { found.push(await evaluate(`${one(selector)}?.innerText ?? null`)); },
  picture: async (path) => {
    writeFileSync(path, Buffer.from((await ask("Page.captureScreenshot")).data, "base64"));
  },
};

const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
session = (await ask("Target.attachToTarget", { targetId, flatten: true })).sessionId;
await ask("Page.enable");
for (const step of JSON.parse(readFileSync(process.argv[2]))) {
  const [name] = Object.keys(step);
  await steps[name](step[name]);
}
console.log(JSON.stringify(found));
browser.on("exit", () => rmSync(place, { recursive: true, force: true }));
session = undefined;
ask("Browser.close");
