// One journey for each role, on a desktop: every page on the way keeps axe's rules, and a table at the end says how many
// actions and how long each took. `docs/guide/casebook.md` has the table.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signInAs, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let site;
let chromium;
const table = [];
before(async () => {
  site = await start("advice-network");
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  site?.stop();
  console.log("| role | journey | actions | pages | seconds |\n|---|---|---|---|---|");
  for (const row of table) console.log(`| ${row.join(" | ")} |`);
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

/** Somebody with a browser of their own: what they do is counted; the checks are not in the time. */
async function somebody(role) {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  let actions = 0, pages = 0, checking = 0;
  let began = Date.now();
  const looked = async (what) => {
    const from = Date.now();
    pages += 1;
    await check(page, `${role}: ${what}`);
    checking += Date.now() - from;
  };
  const me = {
    page,
    go: async (path) => { actions += 1; await page.goto(site.address + path); await looked(path); },
    fill: async (id, text) => { actions += 1; await page.fill(id, text); },
    tick: async (id) => { actions += 1; await page.check(id); },
    pick: async (id, value) => { actions += 1; await page.selectOption(id, value); },
    open: async (what) => { actions += 1; await page.locator(what).first().click(); },
    press: async (what) => { actions += 1; await page.locator(what).first().click(); await looked(what); },
    text: () => page.locator("main").innerText(),
    signedIn: async (name) => {
      await signInAs(page, site, name);
      began = Date.now();
    },
    done: async (journey, most) => {
      table.push([role, journey, actions, pages, ((Date.now() - began - checking) / 1000).toFixed(1)]);
      await context.close();
      assert.ok(actions <= most, `${role}, ${journey}: ${actions} actions, ${most} at most`);
    },
  };
  return me;
}

async function works(role, name) {
  const me = await somebody(role);
  await me.signedIn(name);
  return me;
}

const find = async (me, name) => {
  await me.go("/staff/people");
  await me.fill("#search-name", name);
  await me.press("#search button[type=submit]");
};

const toCase = async (me, name) => {
  await find(me, name);
  await me.press("main table a");
  await me.press('main table a[href*="/staff/cases/"]');
};

test("a volunteer assessor looks for a person, records them, and books an appointment", async () => {
  const me = await works("volunteer assessor", "dora");
  await find(me, "Wilhelmina Quayle");
  await me.press("#new button");
  await me.fill("#person-phone", "01632 960512");
  await me.pick("#person-details_source", "you");
  await me.press("#person button[type=submit]");
  assert.match(await me.text(), /Wilhelmina Quayle|Quayle/);
  await me.press('main a[href$="/appointment"]');
  await me.fill("#book-who", "W Quayle");
  await me.fill("#book-on-day", "3");
  await me.fill("#book-on-month", "12");
  await me.fill("#book-on-year", "2027");
  await me.fill("#book-at", "10:30");
  await me.press("#book button[type=submit]");
  await me.done("search, record, book an appointment", 14);
});

test("an adviser opens a case, writes a note that is looked over, and leaves a task", async () => {
  const me = await works("adviser", "ada");
  await find(me, "Noor Halabi");
  await me.press("main table a");
  await me.press('main a[href$="/case"]');
  await me.pick("#case-issue", "debt.energy");
  await me.fill("#case-title", "Meter by force");
  await me.press("#case button[type=submit]");
  await me.fill("#note-q", "Can they fit a meter?");
  await me.fill("#note-advice", "Not for the vulnerable. Her PIN: 4821");
  await me.fill("#note-task", "Write to the supplier");
  await me.fill("#note-task_by-day", "4");
  await me.fill("#note-task_by-month", "12");
  await me.fill("#note-task_by-year", "2027");
  await me.press("#note button[value=note]");
  assert.match(await me.text(), /a password or PIN/, "pointed out, and nothing lost");
  assert.equal(await me.page.inputValue("#note-q"), "Can they fit a meter?");
  await me.fill("#note-advice", "Not for the vulnerable.");
  await me.press("#note button[value=note]");
  assert.match(await me.text(), /Write to the supplier/);
  await me.done("a new case, a note looked over, a task", 19);
});

test("a caseworker writes to the client, records the outcome and closes the case", async () => {
  const me = await works("caseworker", "ada");
  await toCase(me, "Solveig");
  await me.press('main a[href*="/staff/inbox/send/"]');
  await me.page.goBack();
  for (let open = 0; open < 6; open += 1) {
    const task = me.page.locator('main button[value="move"]').filter({ hasText: /done/i });
    if ((await task.count()) === 0) break;
    await me.press('main button[value="move"] >> text=/done/i');
  }
  await me.open("summary >> text=/outcome/i");
  await me.pick("#outcome-outcome", { index: 0 });
  await me.press("#outcome button[type=submit]");
  await me.press("#close button[type=submit]");
  await me.done("write to the client, outcome, close", 16);
});

test("a supervisor reviews who looked, and the quality of a case", async () => {
  const me = await works("supervisor", "priya");
  await me.go("/staff/access");
  await me.press('main button[value="explained"], main button[value="justified"]');
  await toCase(me, "Hamish Oyelaran");
  await me.open("summary >> text=/quality/i");
  for (const name of await me.page.locator("#quality input[type=radio][value=yes]").evaluateAll((all) => all.map((r) => r.name))) {
    await me.tick(`#quality input[name="${name}"][value=yes]`);
  }
  await me.press("#quality button[type=submit]");
  await me.done("an odd access, a quality review", 18);
});

test("an office lead looks over disclosures, figures and what is due", async () => {
  const me = await works("office lead", "marek");
  await me.go("/staff/disclosures");
  await me.go("/staff/statistics");
  await me.press('main form[method=get] button[type=submit]');
  await me.go("/staff/retention");
  await me.go("/staff/research");
  await me.press('a[href="/staff/surveys"]');
  await me.press('main table a[href^="/staff/surveys/"]');
  assert.match(await me.text(), /fewer than 5|Fewer than five/);
  await me.done("disclosures, figures, retention, surveys", 8);
});

test("the national administrator sees offices and adherence, and no casework", async () => {
  const me = await works("national administrator", "nia");
  await me.go("/staff/network");
  for (const word of ["Lancaster", "HAN-P-07", "HAN-JCA-01"]) assert.match(await me.text(), new RegExp(word));
  const reply = await me.page.goto(`${site.address}/staff/access`);
  assert.equal(reply.status(), 403);
  await me.go("/staff/statistics");
  await me.done("the network, figures", 3);
});

test("a client sees who looked at their record", async () => {
  const officer = await works("officer", "ines");
  const href = await officer.page.locator('main a:has-text("Hamish"), main tr:has-text("Hamish") a').first().getAttribute("href");
  await officer.page.goto(`${site.address}${href}/asker`);
  await officer.page.click('form[action$="/asker/key"] button');
  const [key, code] = await officer.page.locator(".cf-secrets strong").allInnerTexts();
  await officer.page.context().close();

  const me = await somebody("client");
  await me.go("/follow");
  await me.fill("#key", key);
  await me.fill("#code", code);
  await me.press("main button[type=submit]");
  await me.press('main a[href="/follow/looked"]');
  const shown = await me.text();
  assert.match(shown, /adviser/);
  assert.doesNotMatch(shown, /Ada|Priya|Ines/, "no worker is named");
  await me.done("who looked at my record", 5);
});
