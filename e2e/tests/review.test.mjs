// An access request from its search to the sealed and released pack, in the browser: with and without scripts, on a
// desktop and a narrow telephone, accessible by axe's rules; and a pack that the verifier stops.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, leaveOut, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const desktop = { width: 1280, height: 1024 };
const phone = { width: 320, height: 640 };

let site;
let chromium;
// The request of the first test, whose papers the drawn page is one of.
let first;
before(async () => {
  site = await start();
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

/** Signs in as the n-th account of the demo. */
const signInAs = (page, n) => signIn(page, { ...site, sign_ins: [site.sign_ins[n]] });

async function check(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: ${wide} pixels are cut off to the right`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 3).map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], name);
}

async function checkOn(page, name, screens = { desktop, phone }) {
  for (const [screen, viewport] of Object.entries(screens)) {
    await page.setViewportSize(viewport);
    await check(page, `${name}, ${screen}`);
  }
}

/** Looks again until nothing runs in the background. */
async function workDone(page, reference) {
  const until = Date.now() + 60_000;
  for (;;) {
    await page.goto(`${site.address}/staff/requests/${reference}/work`);
    const text = await page.locator("#work").innerText();
    if (!/\b(Waiting|Running)\b/.test(text)) return text;
    assert.ok(Date.now() < until, `still at work: ${text}`);
    await page.waitForTimeout(300);
  }
}

async function openRequest(page, requester, right = "access|copy") {
  await page.goto(`${site.address}/staff?show=all`);
  const hrefs = await page.locator("main table tbody tr", { hasText: requester }).evaluateAll((rows) => rows.map((row) => [row.innerText, row.querySelector("a")?.getAttribute("href")]));
  const found = hrefs.find(([text]) => new RegExp(right, "i").test(text) && !/object|eras|automat|complain/i.test(text)) ?? hrefs[0];
  assert.ok(found, `no request of ${requester}`);
  await page.goto(site.address + found[1]);
  return found[1].split("/").pop();
}

/** Answers the test of the exemption on the page that asks for it. */
async function answerTest(page) {
  await page.locator("#code").waitFor();
  await page.fill("#reason", "other people's own affairs");
  const radios = { identifies: "yes", consented: "no", other: "ordinary", reasonable: "no" };
  for (const [key, value] of Object.entries(radios)) await page.locator(`input[name="a.${key}"][value="${value}"]`).check();
  for (const key of ["information", "confidentiality", "steps", "capable", "refusal", "why"]) await page.fill(`#a-${key}`, "as far as we know");
  await page.locator("main form button.govuk-button[value=decide]").click();
}

const card = (page, name) => page.locator(".cf-person", { has: page.locator("h3", { hasText: new RegExp(`^${name}$`) }) });

for (const scripts of [true, false]) {
  // Each way has a request of its own: one that is identified and not searched, one that was searched.
  const requester = scripts ? "Ivan Petrosyan" : "Freya Hollingbourne";

  test(`an access request is reviewed, sealed and released ${scripts ? "with" : "without"} JavaScript`, async () => {
    const context = await chromium.newContext({ javaScriptEnabled: scripts, viewport: scripts ? desktop : phone, acceptDownloads: true });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await signInAs(page, 0);
    const reference = await openRequest(page, requester);
    if (scripts) first = reference;
    const at = `${site.address}/staff/requests/${reference}`;
    await page.locator("form[action$='/search'] button").click();
    await page.waitForURL(/\/work$/);
    assert.match(await workDone(page, reference), /Done/);
    if (scripts) await checkOn(page, "work");
    await leaveOut(page, at);
    await page.goto(`${at}/review`);
    if (scripts) await checkOn(page, "review");
    assert.ok((await page.locator(".cf-items tbody tr").count()) > 0, "items are listed");

    // Everyone else is withheld: the exemption's own test comes first.
    const others = page.locator("form", { has: page.locator("input[value=others]") });
    await others.locator("button[value=withhold]").click();
    if (scripts) await checkOn(page, "the test of an exemption", { desktop, phone });
    await page.locator("main form button.govuk-button[value=decide]").click();
    assert.match(await page.locator("#refused").innerText(), /say why|answer/i, "an unanswered test is refused");
    await answerTest(page);
    await page.waitForURL(/\/review$/);
    assert.match(await page.locator("main").innerText(), /Withheld under S2-16/);

    // The first item, page by page; one person is released by name, then undone.
    const item = await page.locator(".cf-items tbody a").first().getAttribute("href");
    await page.goto(site.address + item.split("?")[0]);
    if (scripts) await checkOn(page, "a page of an item");
    await page.goto(`${page.url().split("?")[0]}?page=1&way=released`);
    if (scripts) await check(page, "what the requester will see");

    // A second person looks and approves; the preparer seals and releases.
    const second = await (await chromium.newContext({ javaScriptEnabled: scripts, viewport: desktop })).newPage();
    await signInAs(second, 1);
    await second.goto(`${at}/review/decisions`);
    if (scripts) await checkOn(second, "decisions");
    await second.locator("button[value=agreed]").first().click();
    assert.match(await second.locator("main").innerText(), /agreed/);
    await second.goto(at);
    await second.locator("form[action$='/approve'] button").click();
    await second.waitForURL(at);
    await second.context().close();

    await page.goto(at);
    await page.locator("form:has(input[value=seal]) button").click();
    await page.waitForURL(/\/work$/);
    const sealed = await workDone(page, reference);
    assert.doesNotMatch(sealed, /Not done/, sealed);
    await page.goto(at);
    await page.fill("#password", "too short");
    await page.locator("form[action$='/release'] button[type=submit]").last().click();
    assert.match(await page.locator("main").innerText(), /too short/);
    await page.fill("#password", "a password for this pack");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("form[action$='/release'] button[type=submit]").last().click(),
    ]);
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.subarray(0, 2).toString(), "PK", "an archive");
    assert.ok(!bytes.includes("Casper Fenwick"), "and nothing of it in clear");
    await page.goto(at);
    assert.match(await page.locator("main").innerText(), /Released/);
    assert.deepEqual(errors, [], "errors in the console");
    await context.close();
  });
}

test("people, passages, boxes and keys: decided and undone on a page", async () => {
  const context = await chromium.newContext({ viewport: desktop });
  const page = await context.newPage();
  await signInAs(page, 0);
  const reference = await openRequest(page, "Ruairi Gallowglass");
  const at = `${site.address}/staff/requests/${reference}/review`;
  await page.goto(at);
  const named = page.locator(".cf-person--undecided h3").first();
  assert.ok((await named.count()) > 0, "somebody waits for a decision");
  const name = await named.innerText();
  await card(page, name).locator("input[id^=reason-]").fill("");
  await card(page, name).locator("button[value=release]").click();
  assert.match(await page.locator("#refused").innerText(), /say why/, "a release needs a reason");
  await page.goto(at);
  await card(page, name).locator("input[id^=reason-]").fill("named by the requester");
  await card(page, name).locator("button[value=release]").click();
  await page.waitForURL(at);
  assert.match(await card(page, name).innerText(), /Released: named by the requester/);
  await card(page, name).locator(".cf-undo").click();
  assert.match(await card(page, name).innerText(), /Waits/);

  // Keys move and can be turned off (WCAG 2.2, 2.1.4).
  await page.locator(".cf-items tbody a").first().click();
  await page.locator("[data-keys] summary").waitFor();
  const before = page.url();
  if (await page.locator("[data-key=after]").count()) {
    await page.keyboard.press("j");
    await page.waitForURL((url) => url.href !== before);
    await page.keyboard.press("k");
    await page.waitForURL((url) => url.href !== before || true);
    await page.locator("[data-keys] summary").click();
    await page.locator("[data-keys-toggle]").click();
    const still = page.url();
    await page.locator("body").press("j");
    await page.waitForTimeout(400);
    assert.equal(page.url(), still, "turned off, a key does nothing");
    await page.locator("[data-keys-toggle]").click();
  }
  // A note, and an empty one that is refused with everything kept.
  await page.fill("#note", "Ask the tenancy team.");
  await page.locator("form:has(#note) button").click();
  assert.match(await page.locator("main").innerText(), /Ask the tenancy team\./);
  await context.close();
});

test("a box is drawn on a drawn page, and by numbers without a mouse", async () => {
  const context = await chromium.newContext({ viewport: desktop });
  const page = await context.newPage();
  await signInAs(page, 1);
  await page.goto(`${site.address}/staff/requests/${first}/review?show=all`);
  await page.locator(".cf-items a", { hasText: "site-visit.pdf" }).click();
  await page.goto(`${page.url().split("?")[0]}?page=1&way=picture`);
  await check(page, "a drawn page");
  const sheet = page.locator("#sheet");
  const place = await sheet.boundingBox();
  await page.mouse.move(place.x + 60, place.y + 60);
  await page.mouse.down();
  await page.mouse.move(place.x + 220, place.y + 120);
  await page.mouse.up();
  assert.ok(Number(await page.inputValue("#x1")) > Number(await page.inputValue("#x0")) + 50, "the edges are those drawn");
  await page.locator("form:has(#x0) select[name=ground]").selectOption({ index: 0 });
  await page.locator("form:has(#x0) button").click();
  assert.equal(await page.locator(".cf-box--area").count(), 1);
  await page.fill("#x0", "10");
  await page.locator("form:has(#x0) button").click();
  assert.match(await page.locator("#refused").innerText(), /left, top, right and bottom/);
  assert.equal(await page.inputValue("#x0"), "10", "what was typed is kept");
  await page.locator(".cf-undo", { hasText: "Remove box" }).click();
  assert.equal(await page.locator(".cf-box--area").count(), 0);
  await context.close();
});

test("who is in a picture is drawn, said in words, and decided by the keyboard", async () => {
  const context = await chromium.newContext({ javaScriptEnabled: false, viewport: desktop });
  const page = await context.newPage();
  await signInAs(page, 0);
  const reference = await openRequest(page, "Ruairi Gallowglass");
  await page.goto(`${site.address}/staff/requests/${reference}/review?show=all`);
  await page.locator(".cf-items a", { hasText: "doorbell camera.bmp" }).click();
  const regions = page.locator("#regions");
  assert.match(await regions.innerText(), /Mr Gallowglass[\s\S]*a woman at the gate[\s\S]*43 % from the left/);
  assert.equal(await page.locator("svg .cf-box--undecided").count(), 2, "those of others wait, drawn as boxes");
  const child = regions.locator("li", { hasText: "a child" });
  await child.locator("input[name=reason]").focus();
  await page.keyboard.type("the requester's own child");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.innerText), /Release this one/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/review\/\d+\?page=1/);
  assert.equal(await page.locator("svg .cf-box--kept").count(), 1);
  const at = page.url();
  await context.close();
  const wide = await (await chromium.newContext({ viewport: desktop })).newPage();
  await signInAs(wide, 0);
  await wide.goto(at);
  await checkOn(wide, "a picture with regions");
  await wide.locator("#regions li", { hasText: "a child" }).locator("button", { hasText: "Undo" }).click();
  assert.equal(await wide.locator("svg .cf-box--undecided").count(), 2);
  await wide.context().close();
});

test("a pack that the verifier stops says why, and nothing is sealed", async () => {
  const context = await chromium.newContext({ viewport: desktop });
  const page = await context.newPage();
  await signInAs(page, 0);
  const reference = await openRequest(page, "Ruairi Gallowglass");
  const at = `${site.address}/staff/requests/${reference}`;
  await leaveOut(page, at);
  await page.goto(`${at}/review?show=all`);
  const others = page.locator("form", { has: page.locator("input[value=others]") });
  await others.locator("button[value=withhold]").click();
  await answerTest(page);
  await page.goto(`${at}/review?show=all`);
  await page.locator(".cf-items a", { hasText: "call-log.txt" }).click();
  // A word that the frame of every PDF holds: the verifier cannot tell it from what is withheld, and stops.
  await page.locator("#passage summary").click();
  await page.fill("#passage-text", "Identity");
  await page.locator("#passage button[value=withhold]").click();
  assert.match(await page.locator("#sheet").innerText(), /Identity/);
  const second = await (await chromium.newContext()).newPage();
  await signInAs(second, 1);
  await second.goto(at);
  await second.locator("form[action$='/approve'] button").click();
  await second.waitForURL(at);
  await second.context().close();
  await page.goto(at);
  await page.locator("form:has(input[value=seal]) button").click();
  await page.waitForURL(/\/work$/);
  const told = await workDone(page, reference);
  assert.match(told, /Not done/);
  assert.match(told, /could not be verified/);
  await checkOn(page, "work that was stopped");
  await page.goto(at);
  assert.equal(await page.locator("#password").count(), 0, "there is no pack to release");
  await context.close();
});
