// Consents, referrals, disclosures and figures through the pages: accessible by axe's rules, on a desktop and a narrow
// telephone, with and without JavaScript; and the ways round that must be refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signInAs as signInTo, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const screens = { desktop: { width: 1280, height: 1024 }, phone: { width: 320, height: 640 } };

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
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], name);
}

const signInAs = (page, name) => signInTo(page, site, name);

/** The addresses of people, from the register of disclosures. */
async function people(page) {
  await page.goto(`${site.address}/staff/disclosures`);
  const links = await page.locator("main table th a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  return [...new Set(links.filter((l) => l.includes("/people/")).map((l) => l.replace(/\/disclosures$/, "")))];
}

const officer = "ruth";
const adviser = "bryn";

test("the staff pages of sharing are accessible with and without JavaScript", async () => {
  for (const scripts of [true, false]) {
    const context = await chromium.newContext({ viewport: screens.desktop });
    if (!scripts) await context.route(/\.js$/, (route) => route.abort());
    const page = await context.newPage();
    await signInAs(page, officer);
    const [person] = await people(page);
    const pages = ["/staff/disclosures", "/staff/disclosures?show=refused", "/staff/recipients", "/staff/statistics", "/staff/statistics?first-month=6&first-year=2026&last-month=10&last-year=2026&by=issue&and=office"];
    for (const [screen, viewport] of Object.entries(screens)) {
      await page.setViewportSize(viewport);
      for (const path of pages) {
        const answer = await page.goto(site.address + path);
        assert.equal(answer.status(), 200, path);
        for (const details of await page.locator("main details").all()) await details.evaluate((e) => (e.open = true));
        await check(page, `${path}, ${screen}`);
      }
    }
    await context.close();

    const own = await chromium.newContext({ viewport: screens.desktop });
    if (!scripts) await own.route(/\.js$/, (route) => route.abort());
    const desk = await own.newPage();
    await signInAs(desk, adviser);
    const tabs = ["consents", "authorities", "referrals", "disclosures", "disclosures?ground=serious-crime&gateway=police", "disclosures?ground=permission", "referrals?aid=1&because=urgent"];
    for (const [screen, viewport] of Object.entries(screens)) {
      await desk.setViewportSize(viewport);
      for (const tab of tabs) {
        const answer = await desk.goto(`${site.address}${person}/${tab}`);
        assert.equal(answer.status(), 200, tab);
        for (const details of await desk.locator("main details").all()) await details.evaluate((e) => (e.open = true));
        await check(desk, `${tab}, ${screen}`);
      }
    }
    await own.close();
  }
});

test("a consent is given, relied on, and taken back by the person, all without JavaScript", async () => {
  const context = await chromium.newContext({ javaScriptEnabled: false, viewport: screens.phone });
  const page = await context.newPage();
  await signInAs(page, officer);
  const [person] = await people(page);
  const desk = await (await chromium.newContext({ javaScriptEnabled: false, viewport: screens.phone })).newPage();
  await signInAs(desk, adviser);

  // Without a consent the referral is refused, and the page says what would mend it.
  const referrals = `${site.address}${person}/referrals`;
  await desk.goto(referrals);
  await desk.locator("details", { hasText: "Refer to another service" }).locator("summary").click();
  await desk.selectOption("#recipient", "housing-executive");
  await desk.fill("#reason", "Damp in the home");
  await desk.locator("input[name^=give-]").first().check();
  await desk.click("button[value=send]");
  await desk.waitForURL(/\/referrals$/);
  const refused = desk.locator(".cf-card", { hasText: "Damp in the home" });
  assert.match(await refused.textContent(), /no consent or authority is recorded/);
  await refused.getByRole("link", { name: /record their consent/ }).click();

  // Silence is no consent.
  await desk.locator("summary", { hasText: "Record a consent" }).click();
  await desk.locator("details[open] form button[type=submit]").last().click();
  assert.match(await desk.locator(".govuk-error-summary").textContent(), /silence is no consent/);
  await desk.check("input[name=purpose][value=referral]");
  await desk.selectOption("#parties", "housing-executive");
  await desk.check("input[name=fields][value=name]");
  await desk.check("input[name=given][value=in-person]");
  await desk.locator("details[open] form button[type=submit]").last().click();
  await desk.waitForURL(/\/permissions\/prm_/);
  const code = (await desk.locator(".cf-receipt-code").textContent()).trim();
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);

  await desk.goto(referrals);
  await refused.getByRole("button", { name: "Send" }).click();
  await desk.waitForURL(/\/referrals$/);
  assert.match(await desk.locator(".cf-card", { hasText: "Damp in the home" }).textContent(), /Sent/);

  // The person takes it back, in Welsh, with nothing but the code.
  const anyone = await (await chromium.newContext({ javaScriptEnabled: false, viewport: screens.phone })).newPage();
  await anyone.goto(`${site.address}/cy/choices`);
  await anyone.fill("#code", "0000-0000-0000");
  await anyone.click("main form button[type=submit]");
  assert.equal(await anyone.locator(".govuk-error-summary li").count(), 1);
  await anyone.fill("#code", code.toLowerCase());
  await anyone.click("main form button[type=submit]");
  await anyone.locator("form[action$='/choices/withdraw'] button").first().click();
  await anyone.waitForURL(/done=withdrawn/);
  assert.match(await anyone.locator("h1").textContent(), /Rydych/);
  await desk.goto(`${site.address}${person}/consents`);
  assert.match(await desk.locator(".cf-card").first().textContent(), /Withdrawn/);
});

test("the public page is accessible at each step", async () => {
  const context = await chromium.newContext();
  const page = await context.newPage();
  for (const prefix of ["", "/cy"]) {
    for (const viewport of Object.values(screens)) {
      await page.setViewportSize(viewport);
      for (const path of ["/choices", "/choices?done=withdrawn", "/choices?done=stopped"]) {
        await page.goto(site.address + prefix + path);
        await check(page, prefix + path);
      }
      await page.goto(`${site.address}${prefix}/choices`);
      await page.click("main form button[type=submit]");
      await check(page, `${prefix}/choices refused`);
    }
  }
  await context.close();
});

test("there is no way round by an address, another office or a missing ground", async () => {
  const context = await chromium.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signInAs(page, adviser);
  for (const path of ["/staff/people/per_00000000000000000000000000000000/consents", "/staff/people/nobody/referrals", "/staff/disclosures/dis_00000000000000000000000000000000"]) {
    assert.equal((await page.goto(site.address + path)).status(), 404, path);
  }
  // An adviser authorises nothing and sees no register of others'.
  await page.goto(`${site.address}/staff/disclosures`);
  assert.equal(await page.locator("main table").count(), 0);
  assert.equal((await page.goto(`${site.address}/staff/statistics`)).status(), 403);
  await context.close();

  const anyone = await (await chromium.newContext()).newPage();
  await anyone.goto(`${site.address}/staff/disclosures`);
  assert.match(anyone.url(), /\/staff\/sign-in/);
  const posted = await anyone.request.post(`${site.address}/choices/withdraw`, { form: { code: "0000-0000-0000" } });
  assert.equal(posted.status(), 403, "a form of another site");
});

test("a disclosure to the police waits for a senior name, and then may be sent", async () => {
  const officerPage = await (await chromium.newContext({ javaScriptEnabled: false })).newPage();
  await signInAs(officerPage, officer);
  await officerPage.goto(`${site.address}/staff/disclosures?show=waiting`);
  await officerPage.locator("main table th a").first().click();
  await officerPage.waitForURL(/\/staff\/disclosures\/dis_/);
  const authorise = officerPage.getByRole("button", { name: "Put my name to it" });
  await authorise.click();
  await officerPage.waitForURL(/\/staff\/disclosures\/dis_/);
  assert.match(await officerPage.locator("main").textContent(), /May be sent/);
});
