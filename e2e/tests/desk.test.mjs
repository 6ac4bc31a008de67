// The officer's desk: the list, a search plan, a colleague who answers by a link without an account; with and without
// scripts, on a desktop and a narrow telephone, in both languages, accessible by axe's rules.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const sizes = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 900 } };
const card = { name: "card.txt", mimeType: "text/plain", buffer: Buffer.from("Ruairi Gallowglass, member 20 of the reading room.") };

let site;
let chromium;
let session;
before(async () => {
  site = await start();
  chromium = await browser();
  // A code serves once: one sign-in is enough for all tests.
  const context = await chromium.newContext();
  await signIn(await context.newPage(), site);
  session = await context.storageState();
  await context.close();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

async function open({ scripts = true, size = "desktop", officer = true } = {}) {
  const context = await chromium.newContext({ viewport: sizes[size], storageState: officer ? session : undefined });
  if (!scripts) await context.route(/\.js$/, (route) => route.abort());
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const close = async () => {
    await context.close();
    assert.deepEqual(errors, [], "errors in the console");
  };
  return { page, close };
}

async function check(page, name) {
  await page.waitForLoadState("load");
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name}, ${size}: ${wide} pixels are cut off to the right`);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
    const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 3).map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
    assert.deepEqual(told, [], `${name}, ${size}`);
  }
}

/** Follows a link, to the end: the page it leads to is there. */
async function follow(page, what) {
  await Promise.all([page.waitForNavigation(), page.click(what)]);
}

const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));

/** The address of the request of this person that asks for access, searched or not. */
async function plan(page, requester) {
  await page.goto(`${site.address}/staff`);
  const row = page.locator("main tbody tr", { hasText: requester }).filter({ hasText: "Access" }).first();
  const reference = (await row.locator("a").first().textContent()).trim();
  await page.goto(`${site.address}/staff/requests/${reference}`);
  await page.click(`a[href$="/${reference}/sources"]`);
  return `/staff/requests/${reference}/sources`;
}

test("the desk, a plan in every state and the time of a request are accessible", async () => {
  const { page, close } = await open();
  await page.goto(`${site.address}/staff`);
  await check(page, "the desk's list");
  const at = await plan(page, "Hale & Tarrant");
  const main = await page.textContent("main");
  assert.match(main, /The answer cannot go out yet/);
  for (const says of ["Searched, nothing held", "Could not be searched", "Never holds this kind of person", "Eithne Rowe", "A reminder is due now"]) {
    assert.ok(main.includes(says), says);
  }
  await unfold(page);
  await check(page, "a plan");
  for (const source of ["Environmental health", "Finance, payments", "Personnel files", "Contact centre"]) {
    await page.goto(site.address + at);
    await follow(page, `main tbody a:has-text("${source}")`);
    await unfold(page);
    await check(page, source);
  }
  await page.goto(site.address + at.replace("/sources", "/time"));
  assert.match(await page.textContent("#total"), /3 h 55 min/);
  await check(page, "time and service");
  await close();
});

test("reminders go out in one click", async () => {
  const { page, close } = await open();
  const at = await plan(page, "Hale & Tarrant");
  await page.click('button[value="chase"]');
  await page.waitForURL(`${site.address}${at}`);
  assert.doesNotMatch(await page.textContent("main"), /A reminder is due now/);
  await close();
});

for (const scripts of [true, false]) {
  const how = scripts ? "with scripts, on a desktop" : "without scripts, on a telephone";
  test(`a colleague is asked and answers by a link, ${how}`, async () => {
    const size = scripts ? "desktop" : "phone";
    const officer = await open({ scripts, size });
    const at = await plan(officer.page, "Ruairi Gallowglass");
    const source = scripts ? "Museum catalogue" : "Leisure memberships";
    await follow(officer.page, `main tbody a:has-text("${source}")`);
    const here = officer.page.url();
    await unfold(officer.page);
    await officer.page.fill("#name", "Mairead Quinlan");
    await officer.page.fill("#email", "mairead.quinlan@colleagues.example");
    await follow(officer.page, "#ask button[type=submit]");
    assert.match(await officer.page.textContent("main"), /say who is asked/, "a question is asked");
    assert.equal(await officer.page.inputValue("#name"), "Mairead Quinlan", "what was typed is kept");
    await officer.page.fill("#question", "Is he a member, and what did he borrow?");
    await officer.page.fill("#known-by", "");
    await follow(officer.page, "#ask button[type=submit]");
    const link = (await officer.page.textContent("#link")).trim();
    assert.match(link, /\/answer\/[0-9a-f]{40}$/);
    if (scripts) await check(officer.page, "the link");

    const colleague = await open({ scripts, size, officer: false });
    await colleague.page.goto(link.replace("/answer/", "/cy/answer/"));
    assert.match(await colleague.page.textContent("main"), /Beth sydd gennych/);
    await check(colleague.page, "the question in Welsh");
    await colleague.page.goto(link);
    await check(colleague.page, "the question");
    const main = await colleague.page.textContent("main");
    assert.ok(main.includes("Ruairi Gallowglass") && main.includes("what did he borrow"));
    await colleague.page.check('input[name="answer"][value="held"]');
    await colleague.page.fill("#said", "the readers' index");
    await follow(colleague.page, "main form button[type=submit]");
    assert.match(await colleague.page.textContent("main"), /Add the files/);
    assert.match(await colleague.page.inputValue("#said"), /readers' index/);
    await check(colleague.page, "the question with something to mend");
    await colleague.page.setInputFiles("#files", card);
    await follow(colleague.page, "main form button[type=submit]");
    await colleague.page.waitForURL(link);
    assert.match(await colleague.page.textContent("main"), /Thank you: we have your answer/);
    await check(colleague.page, "thanks");
    await colleague.page.goto(link);
    assert.match(await colleague.page.textContent("main"), /Thank you/, "the link is spent");
    await colleague.page.goto(`${link.slice(0, -1)}x`);
    assert.match(await colleague.page.textContent("main"), /opens nothing/);
    await check(colleague.page, "a link that opens nothing");
    await colleague.close();

    await officer.page.goto(here);
    assert.match(await officer.page.textContent("#result"), /Holds items \(1\)/);
    await officer.page.goto(site.address + at.replace("/sources", "/review"));
    await follow(officer.page, 'main a:has-text("All items")');
    const review = await officer.page.textContent("main");
    assert.ok(review.includes("card.txt"), "the review sees it");
    await officer.close();
  });
}

test("an officer records a file that was fetched, and goes on without a source", async () => {
  const { page, close } = await open({ scripts: false });
  const at = await plan(page, "Ruairi Gallowglass");
  await follow(page, 'main tbody a:has-text("Insurance claim files")');
  await unfold(page);
  await page.check("#result-none-held");
  await follow(page, "#record button[type=submit]");
  assert.match(await page.textContent("main"), /say in a sentence/);
  assert.ok(await page.isChecked("#result-none-held"), "the choice is kept");
  await page.check("#result-failed");
  await page.fill("#said", "the store is flooded until Monday");
  await follow(page, "#record button[type=submit]");
  assert.match(await page.textContent("#result"), /Could not be searched/);
  await page.goto(site.address + at);
  assert.match(await page.textContent("#stops"), /could not be searched/);
  await follow(page, 'main tbody a:has-text("Insurance claim files")');
  await unfold(page);
  await page.fill("#why", "the claims of before 2009 were destroyed by the flood");
  await follow(page, "#waive button[type=submit]");
  assert.match(await page.textContent("#result"), /Left out, with a reason/);
  await close();
});
