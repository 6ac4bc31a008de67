// Retention: two people dispose of what is due, anyone checks the certificate, holds are placed and lifted; every
// page by axe's rules, at 320 pixels and at 400% zoom.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const screens = { desktop: { width: 1280, height: 1024 }, phone: { width: 320, height: 640 }, zoomed: { width: 320, height: 256 } };

let site;
let chromium;
before(async () => {
  site = await start();
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

async function check(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: ${wide} pixels are cut off to the right`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.help} ${v.nodes.map((n) => n.html).join("\n")}`), [], name);
}

/** A page signed in as this person; scripts off where `javaScriptEnabled` is false. */
async function as(name, options = {}) {
  const account = site.sign_ins.find((s) => s.name.startsWith(name));
  assert.ok(account, `the demo has ${name}`);
  const context = await chromium.newContext({ viewport: screens.desktop, ...options });
  const page = await context.newPage();
  await signIn(page, { ...site, sign_ins: [account] });
  return { page, close: () => context.close() };
}

const waiting = (page) => page.locator("main tr", { hasText: "Waits for a second person" }).locator("a").first();

test("every page of retention is accessible and cut off nowhere", async () => {
  const { page, close } = await as("saoirse");
  for (const [screen, viewport] of Object.entries(screens)) {
    await page.setViewportSize(viewport);
    await page.goto(`${site.address}/staff/retention`);
    assert.ok((await page.locator(".govuk-summary-card").count()) > 0, "the demo has a hold");
    await check(page, `retention, ${screen}`);
    await page.click("text=Place the hold");
    await page.locator(".govuk-error-summary").waitFor();
    await check(page, `a hold without a person, ${screen}`);
    await page.goto(`${site.address}/staff/retention`);
    await waiting(page).click();
    await page.waitForURL(/\/runs\/D-/);
    for (const working of await page.locator("main details").all()) await working.evaluate((e) => (e.open = true));
    assert.equal(await page.locator("button[value=approve]").count(), 0, "nobody approves their own proposal");
    await check(page, `a run that waits, ${screen}`);
    await page.goto(`${site.address}/staff/retention`);
    await page.locator("main tr", { hasText: "Carried out" }).locator("a").first().click();
    await check(page, `a run that was carried out, ${screen}`);
  }
  await close();
});

test("a second person approves, the system disposes, and anyone checks the certificate", async () => {
  const { page, close } = await as("kofi", { javaScriptEnabled: false });
  await page.goto(`${site.address}/staff/retention`);
  await waiting(page).click();
  await page.click("button[value=approve]");
  await page.waitForURL(/\/runs\/D-/);
  const state = () => page.textContent("h1");
  for (let n = 0; n < 60 && !/Carried out/.test(await state()); n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await page.reload();
  }
  assert.match(await state(), /Carried out/);
  assert.match(await page.textContent("main"), /2 disposed of/);
  const command = (await page.textContent("code")).trim();
  const certificate = await page.request.get(`${page.url()}/certificate`);
  assert.equal(certificate.status(), 200);
  const file = join(mkdtempSync(join(tmpdir(), "counterfoil-certificate-")), "certificate.txt");
  writeFileSync(file, await certificate.text());
  const product = join(process.env.CARGO_TARGET_DIR ?? "../target", "debug/counterfoil");
  const key = command.split("--key ")[1];
  const told = execFileSync(product, ["retention", "check-certificate", file, "--key", key]).toString();
  assert.match(told, /R-SERVICE-6/);
  writeFileSync(file, (await certificate.text()).replace('"case":2', '"case":3'));
  assert.throws(() => execFileSync(product, ["retention", "check-certificate", file, "--key", key], { stdio: "ignore" }));
  await close();
});

test("a hold keeps what was typed when it is refused, and is lifted with a reason", async () => {
  const { page, close } = await as("saoirse", { javaScriptEnabled: false, viewport: screens.phone });
  await page.goto(`${site.address}/staff/retention`);
  await page.fill("#whose", "R-2020-99999");
  await page.fill("#reason", "an inquiry");
  await page.click("text=Place the hold");
  assert.match(await page.textContent("[role=alert]"), /request/);
  assert.equal(await page.inputValue("#reason"), "an inquiry");
  const holds = page.locator(".govuk-summary-card");
  const person = await holds.first().locator(".cf-typed").textContent();
  await page.fill("#whose", person);
  await page.click("text=Place the hold");
  await page.waitForURL(/\/staff\/retention#holds$/);
  assert.equal(await holds.count(), 2);
  await page.locator("input[name=lifted]").first().fill("the inquiry is over");
  await page.locator("button", { hasText: "Lift the hold" }).first().click();
  await page.waitForURL(/\/staff\/retention#holds$/);
  assert.match(await page.textContent("main"), /the inquiry is over/);
  await close();
});
