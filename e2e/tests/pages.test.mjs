// Every kind of page: accessible by axe's rules, nothing cut off, no error in the console; on a
// desktop, on a narrow telephone and at 400% zoom, in both languages, with and without JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// 1280 by 1024 at 400% is 320 by 256 in the page's own pixels (WCAG 2.2, 1.4.10).
const screens = { desktop: { width: 1280, height: 1024 }, phone: { width: 320, height: 640 }, zoomed: { width: 320, height: 256 } };

const publicPages = { home: "/", follow: "/follow", "follow with a key": "/follow/with/AAAAA", collect: "/collect/AAAAA", "forms to print": "/forms", "a form to print": "/forms/any", "older rights": "/older-rights", accessibility: "/accessibility", cookies: "/cookies", "privacy notice": "/privacy", "service notice": "/privacy/licensing", "child notice": "/privacy/child", surveys: "/surveys", survey: "/survey/survey", promises: "/promises", "promises kept": "/promises?state=kept", deadline: "/deadline", "deadline answered": "/deadline?about=access&division=england-and-wales&received-day=31&received-month=1&received-year=2026&clarify-asked-day=3&clarify-asked-month=2&clarify-asked-year=2026&clarify-answered-day=9&clarify-answered-month=2&clarify-answered-year=2026", "deadline refused": "/deadline?about=access&division=scotland&received-day=31&received-month=2&received-year=2026", "not found": "/nowhere", "sign in": "/staff/sign-in" };

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

/**
 * A context whose console errors and policy violations fail the test. Without scripts the site's own
 * never arrive, as on a bad line; the browser can still run axe. (The journeys below switch
 * JavaScript off altogether.)
 */
async function open({ scripts = true, ...options }) {
  const context = await chromium.newContext(options);
  if (!scripts) await context.route(/\.js$/, (route) => route.abort());
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    // A page that is not found is one of the pages tested; the browser notes its status.
    const expected = scripts ? /status of 4\d\d/ : /status of 4\d\d|net::ERR_FAILED/;
    if (message.type() === "error" && !expected.test(message.text())) errors.push(message.text());
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(errors, [], "errors in the console");
  };
  return { page, close };
}

for (const scripts of [true, false]) {
  const script = scripts ? "with JavaScript" : "without JavaScript";
  for (const prefix of ["", "/cy"]) {
    const language = prefix ? "Welsh" : "English";

    test(`public pages in ${language} ${script}`, async () => {
      for (const [screen, viewport] of Object.entries(screens)) {
        const { page, close } = await open({ scripts, viewport });
        for (const [name, path] of Object.entries(publicPages)) {
          await page.goto(site.address + (prefix + path).replace(/(.)\/$/, "$1"));
          await check(page, `${name}, ${screen}`);
        }
        await page.goto(`${site.address}${prefix}/staff/sign-in`);
        await page.click("main button[type=submit]");
        await page.locator(".govuk-error-summary").waitFor();
        assert.equal(await page.locator(".govuk-error-summary li").count(), 2);
        await check(page, `sign in with errors, ${screen}`);
        await close();
      }
    });

    test(`staff pages in ${language} ${script}`, async () => {
      const { page, close } = await open({ scripts, viewport: screens.desktop });
      await signIn(page, site, prefix);
      for (const [screen, viewport] of Object.entries(screens)) {
        await page.setViewportSize(viewport);
        await page.goto(`${site.address}${prefix}/staff`);
        await check(page, `requests, ${screen}`);
        await page.goto(`${site.address}${prefix}/staff/promises`);
        for (const evidence of await page.locator("main details").all()) await evidence.evaluate((e) => (e.open = true));
        await check(page, `promises, ${screen}`);
        await page.goto(`${site.address}${prefix}/staff/register`);
        await check(page, `register, ${screen}`);
        await page.goto(`${site.address}${prefix}/staff/register/activities/SVC-WASTE`);
        await page.check("input[name=purposes][value=plan]");
        await page.click("button[value=preview]");
        await page.locator("#shown").waitFor();
        await check(page, `activity changed, ${screen}`);
        await page.goto(`${site.address}${prefix}/staff`);
        const requests = page.locator("main table tbody a");
        assert.ok((await requests.count()) > 0, "the demo has requests");
        await requests.first().click();
        await page.waitForURL(/\/staff\/requests\/[\w-]+$/);
        await check(page, `request, ${screen}`);
      }
      await page.setViewportSize(screens.desktop);
      await page.click("header form button");
      await page.waitForURL(/signed-out$/);
      await check(page, "signed out");
      await page.goto(`${site.address}${prefix}/staff`);
      assert.match(page.url(), /\/staff\/sign-in$/);
      await close();
    });
  }
}

test("staff can sign in, read a request and sign out with JavaScript off", async () => {
  const { page, close } = await open({ javaScriptEnabled: false, viewport: screens.phone });
  await signIn(page, site);
  await page.locator("main table tbody a").first().click();
  await page.waitForURL(/\/staff\/requests\/[\w-]+$/);
  await page.click("header form button");
  await page.waitForURL(/signed-out$/);
  await close();
});

test("an activity is changed, its notice shown, and saved; a notice can be downloaded", async () => {
  const { page, close } = await open({ javaScriptEnabled: false, viewport: screens.phone });
  await signIn(page, site);
  await page.goto(`${site.address}/staff/register/files/activities.toml`);
  await page.fill("#version", "9.9");
  await page.click("button[value=preview]");
  assert.match(await page.textContent("[role=alert]"), /nothing was changed/);
  await page.goto(`${site.address}/staff/register/activities/SVC-WASTE`);
  await page.fill("#why", "We must know where to collect, and who needs a hand.");
  await page.click("button[value=preview]");
  assert.match(await page.textContent("ins"), /who needs a hand/);
  await page.click("button[value=save]");
  await page.waitForURL(/\/staff\/register$/);
  await page.goto(`${site.address}/privacy/waste-recycling`);
  assert.match(await page.textContent("main"), /who needs a hand/);
  const pdf = await page.request.get(`${site.address}/privacy/waste-recycling/notice.pdf`);
  assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
  await close();
});

test("the keyboard reaches the content first and every focus can be seen", async () => {
  const { page, close } = await open({ viewport: screens.desktop });
  await page.goto(site.address);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#main-content");
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return document.activeElement === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none";
    });
    assert.ok(seen, await page.evaluate(() => document.activeElement.outerHTML));
  }
  await close();
});

test("the language switch leads to the same page and back", async () => {
  const { page, close } = await open({ viewport: screens.phone, javaScriptEnabled: false });
  await page.goto(`${site.address}/cookies`);
  await page.click("text=Cymraeg");
  assert.equal(new URL(page.url()).pathname, "/cy/cookies");
  assert.equal(await page.getAttribute("html", "lang"), "cy");
  await page.click("text=English");
  assert.equal(new URL(page.url()).pathname, "/cookies");
  await close();
});

test("the accessibility statement says what was tested here", () => {
  const text = readFileSync(new URL("../../content/accessibility.toml", import.meta.url), "utf8");
  const value = (key) => text.match(new RegExp(`^${key} = "?([^"\n]*)"?$`, "m"))?.[1];
  assert.equal(value("axe"), axe.version);
  // The public pages, the sign-in with errors, six staff pages; of asking (ask.test.mjs) fourteen and the confirmation;
  // of following (public.test.mjs) eight for the public and seven for staff.
  assert.equal(Number(value("pages")), Object.keys(publicPages).length + 1 + 6 + 15 + 15);
});
