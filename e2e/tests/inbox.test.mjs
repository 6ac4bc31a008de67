// The inbox from the public form to a note in a case: on a telephone and on a desktop, in both languages,
// with and without JavaScript, accessible by axe's rules on every page; actions and time are counted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const screens = { desktop: { width: 1280, height: 1024 }, phone: { width: 320, height: 640 } };

let site;
let chromium;
const adviser = () => site.sign_ins.find((account) => account.name.startsWith("ada@"));
before(async () => {
  site = await start("advice-network");
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

/** A context whose console errors fail the test; `scripts` false stops the site's own. */
async function open({ scripts = true, ...options } = {}) {
  const context = await chromium.newContext({ viewport: screens.desktop, ...options });
  if (!scripts) await context.route(/\.js$/, (route) => route.abort());
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    const expected = scripts ? /status of 4\d\d/ : /status of 4\d\d|net::ERR_FAILED/;
    if (message.type() === "error" && !expected.test(message.text())) errors.push(message.text());
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(errors, [], "errors in the console");
  };
  return { page, close };
}

async function check(page, name) {
  await page.waitForLoadState("load");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: ${wide} pixels are cut off to the right`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], name);
}

/** The office that the demonstration's inbox belongs to. */
const lancaster = (page) => page.selectOption("#office", { label: "Lancaster" });

for (const scripts of [true, false]) {
  const script = scripts ? "with JavaScript" : "without JavaScript";
  for (const [screen, viewport] of Object.entries(screens)) {
    test(`the public forms, ${screen}, ${script}`, async () => {
      const { page, close } = await open({ scripts, viewport });
      for (const prefix of ["", "/cy"]) {
        for (const path of ["/enquiry", "/refer"]) {
          await page.goto(site.address + prefix + path);
          await check(page, `${prefix}${path}`);
          await page.click("#send");
          await page.locator(".govuk-error-summary").waitFor();
          await check(page, `${prefix}${path} with errors`);
          assert.ok((await page.locator(".govuk-error-summary li").count()) >= 2);
        }
      }
      // Another language does not lose what was typed.
      await page.goto(`${site.address}/enquiry`);
      await page.fill("#your-question", "Kept in the other language");
      await page.click(".govuk-language-navigation button");
      assert.equal(new URL(page.url()).pathname, "/cy/enquiry");
      assert.equal(await page.inputValue("#your-question"), "Kept in the other language");
      await close();
    });

    test(`the staff's pages, ${screen}, ${script}`, async () => {
      const { page, close } = await open({ scripts, viewport });
      await signIn(page, site, "", adviser());
      for (const path of ["/staff/inbox", "/staff/inbox?list=closed", "/staff/inbox/chase", "/staff/inbox/log"]) {
        await page.goto(site.address + path);
        await check(page, path);
      }
      await page.goto(`${site.address}/staff/inbox`);
      const items = await page.locator("main table tbody a").evaluateAll((links) => links.map((a) => a.href));
      assert.ok(items.length >= 8, `${items.length} items wait`);
      for (const item of items.slice(0, 8)) {
        await page.goto(item);
        await check(page, item);
      }
      await close();
    });
  }

  test(`an enquiry becomes a note in a case in at most five actions, ${script}`, async () => {
    const { page, close } = await open({ scripts });
    const mark = `Boiler ${scripts ? "Thistledown" : "Brackenwhistle"}`;
    await page.goto(`${site.address}/enquiry`);
    await lancaster(page);
    await page.fill("#your-question", `${mark}: the landlord does not mend it.`);
    await page.fill("#name", "Perpetua Lisle");
    await page.fill("#contact", `p.lisle.${scripts ? 1 : 2}@mail.example`);
    await page.fill("#safe-contact", "E-mail only.");
    await page.click("#send");
    await page.locator(".govuk-panel").waitFor();
    await check(page, "sent");
    assert.ok(!(await page.textContent("main")).includes(mark), "what was sent is not shown again");

    await signIn(page, site, "", adviser());
    const began = Date.now();
    let actions = 0;
    const act = async (what) => {
      actions += 1;
      await what();
    };
    await act(() => page.goto(`${site.address}/staff/inbox`));
    await act(() => page.getByRole("link", { name: new RegExp(mark) }).click());
    assert.ok((await page.textContent("main")).includes("E-mail only."), "how they may safely be reached");
    await act(() => page.selectOption("#issue", "housing"));
    await act(() => page.click('button[value="move"]'));
    await page.locator(".govuk-notification-banner").waitFor();
    assert.ok(actions <= 5);
    console.log(`enquiry to case: ${actions} actions, ${((Date.now() - began) / 1000).toFixed(1)} s`);
    assert.equal(await page.getByRole("link", { name: new RegExp(mark) }).count(), 0, "it is out of the queue");
    await page.goto(`${site.address}/staff/inbox?list=closed`);
    assert.match(await page.textContent("main table tbody tr:first-child"), /moved into a case/);
    await close();
  });

  test(`a referral needs the person's agreement, ${script}`, async () => {
    const { page, close } = await open({ scripts });
    await page.goto(`${site.address}/refer`);
    await lancaster(page);
    await page.fill("#clients-name", "Ambrose Keel");
    await page.fill("#clients-contact", "07700 900830");
    await page.fill("#what-they-need", "Help with a benefits form.");
    await page.fill("#referrers-name-and-contact", "Nurse Ito, Harbourside Surgery");
    await page.check("#clients-consent-no");
    await page.click("#send");
    await page.locator(".govuk-error-summary").waitFor();
    assert.match(await page.textContent(".govuk-error-summary"), /without it we cannot take the referral/);
    assert.equal(await page.inputValue("#clients-name"), "Ambrose Keel");
    await page.check("#clients-consent");
    await page.click("#send");
    await page.locator(".govuk-panel").waitFor();
    await close();
  });
}

test("a text is answered by text, and the answer arrives", async () => {
  const { page, close } = await open();
  await signIn(page, site, "", adviser());
  await page.goto(`${site.address}/staff/inbox`);
  await page.getByRole("link", { name: /must sign by today/ }).click();
  await page.fill("#words", "No, you may take your time. Call us.");
  await page.click('button[value="answer"]');
  await page.getByText("Our answer").or(page.getByText("our answer")).first().waitFor();
  const sent = page.locator("main .govuk-tag", { hasText: /with the provider|delivered|waiting for its moment/ });
  await sent.first().waitFor();
  await check(page, "answered");
  await close();
});

test("a call is logged, and its recording is one of its parts", async () => {
  const { page, close } = await open();
  await signIn(page, site, "", adviser());
  await page.goto(`${site.address}/staff/inbox/log`);
  await page.fill("#from", "Quill Farrow");
  await page.fill("#words", "Rang about a meter.");
  await page.setInputFiles("#scan", { name: "call.txt", mimeType: "text/plain", buffer: Buffer.from("a recording") });
  await page.click("main form button[type=submit]");
  await page.locator(".govuk-notification-banner").waitFor();
  await page.getByRole("link", { name: /Rang about a meter/ }).click();
  assert.match(await page.textContent("main"), /Recording/);
  await close();
});
