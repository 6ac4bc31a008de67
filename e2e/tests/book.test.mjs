// The casebook by role, at 320 pixels and on a desktop, with and without JavaScript: each journey says how many
// actions and how long it took, and every page on the way keeps axe's rules.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signInAs, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const sizes = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 900 } };

let site;
let chromium;
before(async () => {
  site = await start("advice-network");
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

async function check(page, name) {
  await page.waitForLoadState("load");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: ${wide} pixels are cut off to the right`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], name);
}

/** Someone at work: counts what they do. */
async function works(name, { scripts = true, size = "desktop" } = {}) {
  const context = await chromium.newContext({ viewport: sizes[size] });
  if (!scripts) await context.route(/\.js$/, (route) => route.abort());
  const page = await context.newPage();
  await signInAs(page, site, name);
  const began = Date.now();
  let actions = 0;
  const me = {
    page,
    go: async (path) => { actions += 1; await page.goto(site.address + path); await check(page, `${name} ${path} ${size}`); },
    fill: async (id, text) => { actions += 1; await page.fill(id, text); },
    pick: async (id, value) => { actions += 1; await page.selectOption(id, value); },
    press: async (what) => { actions += 1; await page.locator(what).first().click(); await check(page, `${name} after ${what} ${size}`); },
    text: () => page.locator("main").innerText(),
    done: async (journey) => {
      console.log(`${journey}, ${size}, ${scripts ? "with" : "without"} JavaScript: ${actions} actions, ${Date.now() - began} ms`);
      await context.close();
      return actions;
    },
  };
  return me;
}

const find = async (me, name) => {
  await me.go("/staff/people");
  await me.fill("#search-name", name);
  await me.press("#search button[type=submit]");
};

for (const [size, scripts] of [["phone", true], ["desktop", false]]) {
  const how = { size, scripts };

  test(`an adviser finds a client and writes a note (${size}, ${scripts ? "with" : "without"} JavaScript)`, async () => {
    const me = await works("ada", how);
    await find(me, "Hamish Oyelaran");
    await me.press("main table a");
    await me.press('main table a[href*="/staff/cases/"]');
    await me.fill("#note-q", "Can I appeal?");
    await me.fill("#note-advice", "Yes, within a month.");
    await me.fill("#note-advice_source", "Reg 7");
    await me.fill("#note-task", "Draft the appeal");
    await me.fill("#note-task_by-day", "4");
    await me.fill("#note-task_by-month", "12");
    await me.fill("#note-task_by-year", "2027");
    await me.press("#note button[value=note]");
    const shown = await me.text();
    assert.match(shown, /Question:\s+Can I appeal\?/);
    assert.match(shown, /Draft the appeal/);
    assert.ok((await me.done("a note with its deadline")) <= 14);
  });

  test(`reception sees who comes and no cases (${size})`, async () => {
    const me = await works("dora", how);
    await me.go("/staff/work");
    await find(me, "Beatrix Thornquist");
    await me.press("main table a");
    assert.match(await me.text(), /Your role does not open cases/);
    await me.done("reception finds a person");
  });
}

test("another office learns that a record exists, and opens it with a reason", async () => {
  const me = await works("tomos");
  await me.go("/staff/people");
  await me.fill("#search-email", "callum.strathairn@nowhere.example");
  await me.fill("#search-phone", "07700 900431");
  await me.press("#search button[type=submit]");
  assert.doesNotMatch(await me.text(), /Strathairn/, "nothing but that it exists");
  await me.press('main a[href$="/ask"]');
  await me.fill("#ask-words", "He is at our desk in Bangor with a summons.");
  await me.press("#ask button[type=submit]");
  assert.match(await me.text(), /Callum Strathairn/);
  await me.done("asking for access");
});

test("a supervisor looks through who looked, the odd first", async () => {
  const me = await works("priya");
  await me.go("/staff/access");
  assert.match(await me.text(), /Odd accesses/);
  await me.press('main button[value="explained"], main button[value="justified"]');
  await me.done("a review");
});

test("an office's supervisor of Kendal records somebody without a name", async () => {
  const me = await works("kit");
  await me.go("/staff/people/new");
  await me.page.check('input[value="anonymous"]');
  await me.press("#person button[type=submit]");
  assert.match(await me.text(), /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
  await me.done("a person without a name");
});

test("the network's administrator sees offices and accounts, and no casework", async () => {
  const me = await works("nia");
  await me.go("/staff/network");
  const shown = await me.text();
  for (const word of ["Lancaster", "HAN-P-07", "HAN-JCA-01"]) assert.match(shown, new RegExp(word));
  const reply = await me.page.goto(`${site.address}/staff/access`);
  assert.equal(reply.status(), 403);
  await me.done("the network at a glance");
});

test("a stale form comes back with what was typed", async () => {
  const me = await works("ada");
  await find(me, "Noor Halabi");
  await me.press("main table a");
  await me.press('main table a[href*="/staff/cases/"]');
  await me.fill("#note-advice", "Nothing of this may be lost.");
  await me.page.evaluate(() => { document.querySelector('#note input[name="form_token"]').value = "old"; });
  await me.press("#note button[value=note]");
  assert.equal(await me.page.inputValue("#note-advice"), "Nothing of this may be lost.");
  await me.done("a stale form");
});

test("what is typed is kept as a draft while somebody types", async () => {
  const me = await works("ada");
  await find(me, "Gethin Marlowe");
  await me.press("main table a");
  await me.press('main table a[href*="/staff/cases/"]');
  await me.fill("#note-advice", "Half a note");
  await me.page.locator("[data-autosave-status]").filter({ hasText: "Draft saved" }).waitFor({ timeout: 20_000 });
  await me.page.reload();
  assert.equal(await me.page.inputValue("#note-advice"), "Half a note");
  await me.done("a draft");
});
