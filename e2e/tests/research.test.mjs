// Research and surveys in the browser: an extract without names is downloaded, the way back to a person is opened by two,
// a survey that asks who nobody is takes an answer with and without scripts; accessible by axe's rules.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signInAs, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const widths = [320, 1280];

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
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name}, ${width}: ${wide} pixels are cut off to the right`);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
    const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
    assert.deepEqual(told, [], `${name}, ${width}`);
  }
}

const follow = (page, what) => Promise.all([page.waitForNavigation(), page.locator(what).first().click()]);

async function staff(name) {
  const context = await chromium.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  await signInAs(page, site, name);
  return page;
}

test("an extract names nobody, and only two people find who a row is", async () => {
  const ines = await staff("ines");
  await ines.goto(`${site.address}/staff/research`);
  await ines.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  await ines.fill("#project-project_title", "What becomes of rent arrears");
  await ines.fill("#project-researcher", "Lune Valley University");
  await ines.fill("#project-project_purpose", "Whether early advice keeps homes");
  await ines.fill("#project-agreed", "Agreement of 3 November 2026");
  for (const part of ["age-band", "quarter"]) await ines.uncheck(`#project input[value=${part}]`);
  await ines.fill("#project-least_alike", "3");
  for (const [part, value] of [["day", "1"], ["month", "12"], ["year", "2028"]]) await ines.fill(`#project-until-${part}`, value);
  await follow(ines, "#project button[value=open]");
  await check(ines, "a project");
  const project = ines.url();

  const [download] = await Promise.all([ines.waitForEvent("download"), ines.click("#extract button[type=submit]")]);
  const rows = readFileSync(await download.path(), "utf8").trim().split(/\r?\n/).map((row) => row.split(","));
  assert.ok(rows.length > 3 && rows[0].length === 2, `${rows.length} rows, ${rows[0]}`);
  const alike = new Map();
  for (const [, issue] of rows.slice(1)) alike.set(issue, (alike.get(issue) ?? 0) + 1);
  assert.ok([...alike.values()].every((n) => n >= 3), "every row is like two others");
  assert.ok(!rows.flat().some((cell) => /@|per_/.test(cell)), "no address and no identifier");

  // A row that nobody gave out, and a reason that is none, are refused with what was typed.
  await ines.fill("#find-pseudonym", "not-a-row");
  await ines.fill("#find-permit_reason", "The researcher saw signs of abuse.");
  await follow(ines, "#find button[value=find]");
  assert.equal(await ines.inputValue("#find-pseudonym"), "not-a-row");
  await check(ines, "a refused way back");
  await ines.fill("#find-pseudonym", rows[1][0]);
  await follow(ines, "#find button[value=find]");
  assert.match(await ines.textContent("main"), /The researcher saw signs of abuse/);
  assert.equal(await ines.locator("button[value=grant]").count(), 0, "nobody grants their own permit");
  await check(ines, "a permit that waits");

  const marek = await staff("marek");
  await marek.goto(project);
  await follow(marek, "button[value=grant]");
  await check(marek, "who it is");
  const person = await marek.locator('main a[href*="/staff/people/per_"]').getAttribute("href");
  assert.match(person, /per_[0-9a-f]{32}$/);
  await ines.goto(project);
  assert.match(await ines.textContent("main"), /granted by/);
  await follow(ines, "#close button[value=close]");
  assert.equal(await ines.locator("#extract").count(), 0, "a project that is over gives nothing more");
  await ines.context().close();
  await marek.context().close();
});

for (const scripts of [true, false]) {
  test(`a survey is answered ${scripts ? "with" : "without"} scripts, and says no name`, async () => {
    const context = await chromium.newContext({ javaScriptEnabled: scripts });
    const page = await context.newPage();
    await page.goto(`${site.address}/survey/survey-advice`);
    await follow(page, "#send");
    assert.equal(await page.locator(".govuk-error-message").count(), 1, "the question has to be answered");
    const answer = page.locator("textarea").first();
    await answer.fill("Ring me on 07700 900123, I kept my home.");
    await follow(page, "#send");
    assert.equal(await answer.inputValue(), "Ring me on 07700 900123, I kept my home.", "what was typed is kept");
    await answer.fill("We kept our home.");
    await follow(page, "#send");
    assert.equal(await page.locator("textarea").count(), 0, "thanks");
    if (scripts) await check(page, "the thanks");
    await context.close();
  });
}

test("what came of a survey is read without small numbers", async () => {
  const ines = await staff("ines");
  await ines.goto(`${site.address}/staff/surveys`);
  await check(ines, "the surveys");
  await follow(ines, 'main a[href*="/staff/surveys/"]');
  await check(ines, "a survey's results");
  assert.ok(!/We kept our home/.test(await ines.textContent("main")), "the words of fewer than five are not shown");
  await ines.context().close();
});
