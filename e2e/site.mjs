// A running demo, a browser, and a way to sign in. Everything is stopped at the end of the test file.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

// Nothing is fetched from outside: the browser's own services are off.
const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const product = join(target, "debug/counterfoil");
const demo = (ready, organisation) => ["demo", "--organisation", organisation, "--port", "0", "--json-ready", ready];

/** Starts the demo; resolves to its sites once they answer. */
export async function start(organisation = "council") {
  const folder = mkdtempSync(join(tmpdir(), "counterfoil-e2e-"));
  const ready = join(folder, "ready.json");
  const child = spawn(product, demo(ready, organisation), { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  let ended = null;
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code) => (ended ??= `exit status ${code}`));
  const until = Date.now() + 120_000;
  for (;;) {
    if (ended !== null) throw new Error(`the demo did not start: ${ended}`);
    if (Date.now() > until) throw new Error("the demo was not ready after two minutes");
    const text = existsSync(ready) ? readFileSync(ready, "utf8") : "";
    if (text.trimEnd().endsWith("}")) {
      const { sites } = JSON.parse(text);
      const stop = () => {
        child.kill("SIGTERM");
        rmSync(folder, { recursive: true, force: true });
      };
      return { ...sites[0], sites, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Debian's Chromium. */
export function browser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
}

function unbase32(text) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...text.replace(/=+$/, "")].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

function codeOfStep(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", unbase32(secret)).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const usedSteps = new Map();

/** A code that this account has not used yet: one of now, or of the next thirty seconds. */
async function freshCode(account) {
  for (;;) {
    const now = Math.floor(Date.now() / 30_000);
    const step = Math.max(now, (usedSteps.get(account.name) ?? 0) + 1);
    if (step <= now + 1) {
      usedSteps.set(account.name, step);
      return codeOfStep(account.code_secret, step);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

// A code serves once and a new one comes every thirty seconds, so each account signs in once in a file.
const sessions = new Map();

/** Where signing in leads: the requests, or the first section of whoever has none. */
const isHome = (url) => /\/staff(\/(?!sign-in)[a-z]+)?$/.test(url.pathname);

/** Signs in through the pages, as a person would; the next time the browser brings the session that it has. */
export async function signIn(page, site, prefix = "", account = site.sign_ins[0]) {
  const key = `${site.address} ${account.name}`;
  if (sessions.has(key)) {
    await page.context().addCookies(sessions.get(key));
    await page.goto(`${site.address}${prefix}/staff`);
    if (isHome(new URL(page.url()))) return;
  }
  await page.goto(`${site.address}${prefix}/staff`);
  await page.fill("#name", account.name);
  await page.fill("#password", account.password);
  await page.click("main button[type=submit]");
  await page.fill("#code", await freshCode(account));
  await page.click("main button[type=submit]");
  await page.waitForURL(isHome);
  sessions.set(key, await page.context().cookies());
}

/** As {@link signIn}, by the beginning of a name. */
export async function signInAs(page, site, name) {
  const account = site.sign_ins.find((s) => s.name.startsWith(name));
  if (!account) throw new Error(`the demo has no account of ${name}`);
  await signIn(page, site, "", account);
}

// Keeps a search plan in which no further system of the register is asked.
export async function leaveOut(page, at) {
  await page.goto(`${at}/sources`);
  await page.locator("details", { has: page.locator("button[value=plan]") }).locator("summary").click();
  const asked = page.locator("input[name=system]:checked");
  while ((await asked.count()) > 0) await asked.first().uncheck();
  await page.fill("[name=why]", "searched for by name, never a user of it");
  await page.locator("button[value=plan]").click();
  await page.waitForURL(/\/sources(#plan)?$/);
}
