// From the public form to the collected pack, as the asker and the officer see it: on a telephone and a desktop, in
// both languages, with and without JavaScript; accessible by axe's rules on every page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const phone = { width: 320, height: 640 };
const desktop = { width: 1280, height: 900 };

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

async function open({ scripts = true, ...options } = {}) {
  const context = await chromium.newContext({ viewport: phone, ...options });
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
  return { page, context, close };
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

const both = async (page, name) => {
  await check(page, `${name}, phone`);
  await page.setViewportSize(desktop);
  await check(page, `${name}, desktop`);
  await page.setViewportSize(phone);
};

const goOn = (page) => page.click("#journey button[type=submit]:last-of-type");

/** As far as the check of the answers. */
async function fillIn(page, prefix, right = "access") {
  await page.goto(`${site.address}${prefix}/ask`);
  await page.check(`input[value="${right}"]`);
  await goOn(page);
  await page.check('input[value="self"]');
  await goOn(page);
  await page.fill("#wording", "Everything about the flat in Quay Street.");
  for (const id of ["harm", "stop"]) if (await page.locator(`#${id}`).count()) await page.fill(`#${id}`, "My neighbours read it");
  await goOn(page);
  await page.fill("#name", "Gethin Vaughan");
  await goOn(page);
  if (await page.locator("#known").isVisible()) await goOn(page);
  await page.check("#reply");
  await goOn(page);
  await page.fill("#email", "gethin@mail.example");
  await goOn(page);
  await page.check('input[value="electronic"]');
  await goOn(page);
  await page.check(`input[name="language"][value="${prefix ? "cy" : "en"}"]`);
  await goOn(page);
  await goOn(page);
}

/** Asks, and gives reference, key and code as the confirmation shows them. */
async function ask(page, prefix, right) {
  await fillIn(page, prefix, right);
  await page.click("#send");
  const reference = await page.textContent(".cf-panel__body strong");
  const [key, code] = await page.locator(".cf-secrets strong").allTextContents();
  return { reference, key, code };
}

async function enter(page, prefix, { key, code }) {
  await page.goto(`${site.address}${prefix}/follow`);
  await page.fill("#key", key);
  await page.fill("#code", code);
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/follow\/request$/);
}

/** The officer writes a letter, looks at it and sends it. */
async function write(staff, reference, kind, said) {
  await staff.goto(`${site.address}/staff/requests/${reference}/letters/new/${kind}`);
  await staff.fill("#said", said);
  await staff.click('button[value="preview"]');
  await staff.locator("article.cf-letter").waitFor();
  await check(staff, `letter ${kind}`);
  await staff.click('button[value="send"]');
  await staff.waitForURL(/\/letters$/);
}

for (const scripts of [true, false]) {
  for (const prefix of ["", "/cy"]) {
    const how = `${prefix ? "Welsh" : "English"} ${scripts ? "with" : "without"} JavaScript`;

    test(`asking, following, answering, papers, receipt and withdrawal in ${how}`, async () => {
      const { page, context, close } = await open({ scripts });
      const officer = await open({ viewport: desktop });
      await signIn(officer.page, site);
      const asked = await ask(page, prefix, "access");
      await both(page, "confirmation with key and code");
      await page.locator(`a[href*="/follow/with/"]`).click();
      await both(page, "code");
      await page.fill("#code", asked.code);
      await page.click("main button[type=submit]");
      await page.waitForURL(/\/follow\/request$/);
      assert.ok((await page.textContent("h1")).includes(asked.reference));
      await both(page, "request");

      await write(officer.page, asked.reference, "clarification", "Which years?\n\n- 2019\n- 2020");
      await page.reload();
      assert.ok((await page.textContent(".cf-need")).includes("Which years?"));
      await both(page, "request with a question");
      await page.click('.cf-need a[role="button"]');
      await both(page, "question");
      await page.click("main button[type=submit]");
      await page.locator(".govuk-error-summary").waitFor();
      await both(page, "question with an error");
      await page.fill("#answer", "2019 and 2020, as far as you can");
      await page.setInputFiles("#files", { name: "years.txt", mimeType: "text/plain", buffer: Buffer.from("2019\n2020\n") });
      await page.click("main button[type=submit]");
      await page.waitForURL(/\/follow\/request$/);
      assert.equal(await page.locator(".cf-need").count(), 0, "nothing is needed now");
      await both(page, "request after the answer");

      await write(officer.page, asked.reference, "identity", "A bill with your name.");
      await page.reload();
      await page.click('.cf-need a[role="button"]');
      await both(page, "papers");
      await page.setInputFiles("#files", { name: "program.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ\x90\x00\x03\x00") });
      await page.click("main button[type=submit]");
      await page.locator(".govuk-error-summary").waitFor();
      await page.setInputFiles("#files", { name: "bill.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n%%EOF") });
      await page.click("main button[type=submit]");
      await page.waitForURL(/\/follow\/request$/);

      await page.click('a[href$="/follow/receipt"]');
      await both(page, "receipt");
      const json = await context.request.get(`${site.address}/follow/receipt/receipt.json`);
      assert.equal((await json.json()).reference, asked.reference);

      await page.goto(`${site.address}${prefix}/follow/withdraw`);
      await both(page, "withdrawal");
      await page.click("main button.govuk-button--warning");
      await page.waitForURL(/\/follow\/request$/);
      assert.equal(await page.locator('a[href$="/follow/withdraw"]').count(), 0, "withdrawn once");
      await both(page, "withdrawn");

      const left = await context.request.get(`${site.address}${prefix}/leave`, { maxRedirects: 0 });
      assert.equal(left.status(), 303);
      await page.goto(`${site.address}${prefix}/follow/request`);
      assert.match(page.url(), /\/follow\?ended=yes$/);
      await both(page, "ended");
      await officer.page.goto(`${site.address}/staff/requests/${asked.reference}/asker`);
      await both(officer.page, "the asker's side");
      assert.equal(await officer.page.locator(".cf-paper-line").count(), 2);
      await officer.page.locator(".cf-paper-line button").first().click();
      assert.equal(await officer.page.locator(".cf-paper-line").count(), 1);
      await officer.close();
      await close();
    });
  }
}

test("the prepared answer is offered, collected once with link and code, and a second time only by another link", async () => {
  const officer = await open({ viewport: desktop });
  await signIn(officer.page, site);
  await officer.page.goto(`${site.address}/staff?standing=due`);
  const links = await officer.page.locator('main a[href*="/staff/requests/R-"]').evaluateAll((all) => all.map((a) => a.href));
  let sealed;
  for (const href of [...new Set(links)]) {
    await officer.page.goto(`${href}/asker`);
    if (await officer.page.locator('form[action$="/offer"]').count()) sealed = href;
    if (sealed) break;
  }
  assert.ok(sealed, "the demonstration has a sealed pack");
  await officer.page.click('form[action$="/key"] button');
  await check(officer.page, "key and code for the officer");
  const [key, code] = await officer.page.locator(".cf-secrets strong").allTextContents();
  await officer.page.goto(`${sealed}/asker`);
  await officer.page.click('form[action$="/offer"] button');
  await check(officer.page, "offered");

  const { page, close } = await open({ javaScriptEnabled: true });
  await enter(page, "", { key, code });
  await both(page, "ready");
  await page.click('form[action$="/follow/collect"] button');
  await page.waitForURL(/\/collect\/\w+$/);
  await both(page, "collect");
  const link = page.url();
  await page.fill("#code", "0000 0000");
  await page.click("main button[type=submit]");
  await page.locator(".govuk-error-summary").waitFor();
  await both(page, "collect with a wrong code");
  await page.fill("#code", code);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("main button[type=submit]")]);
  assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), "PK");
  await page.goto(link);
  await page.fill("#code", code);
  await page.click("main button[type=submit]");
  await page.locator('main a[href$="/follow"]').waitFor();
  await both(page, "spent");
  await enter(page, "", { key, code });
  await page.click('form[action$="/follow/collect"] button');
  await page.waitForURL(/\/collect\/\w+$/);
  assert.notEqual(page.url(), link);
  await close();
  await officer.close();
});

test("five wrong codes lock, and the page says what to do", async () => {
  const { page, close } = await open();
  const asked = await ask(page, "", "erasure");
  for (let n = 0; n < 5; n += 1) {
    await page.goto(`${site.address}/follow`);
    await page.fill("#key", asked.key);
    await page.fill("#code", "12345678");
    await page.click("main button[type=submit]");
    await page.locator(".govuk-error-summary").waitFor();
  }
  assert.match(await page.textContent(".govuk-error-summary"), /Wait an hour/);
  await both(page, "locked");
  await page.fill("#code", asked.code);
  await page.click("main button[type=submit]");
  assert.match(await page.textContent(".govuk-error-summary"), /Wait an hour/);
  await close();
});

for (const prefix of ["", "/cy"]) {
  test(`a form saved, found again and sent${prefix ? " in Welsh" : ""}`, async () => {
    const { page, close } = await open({ javaScriptEnabled: true });
    await fillIn(page, prefix, "damage-or-distress");
    await both(page, "check of a notice under the older Act");
    await page.click('button[value="save"]');
    await both(page, "saved");
    const link = await page.getAttribute('main a[href*="/ask/return/"]', "href");
    const other = await open();
    await other.page.goto(new URL(link, site.address).href);
    assert.equal(await other.page.getAttribute('#journey input[name="step"]', "value"), "check");
    await other.page.click("#send");
    assert.ok(await other.page.textContent(".cf-panel__body strong"));
    await other.page.goto(new URL(link, site.address).href);
    await both(other.page, "gone");
    await other.close();
    await close();
  });

  test(`forms to print and rights under the older law${prefix ? " in Welsh" : ""}`, async () => {
    const { page, context, close } = await open();
    for (const path of ["/forms", "/forms/any", "/forms/damage-or-distress", "/older-rights"]) {
      await page.goto(`${site.address}${prefix}${path}`);
      await both(page, path);
    }
    const pdf = await context.request.get(`${site.address}${prefix}/forms/access.pdf`);
    assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
    await close();
  });
}

test("a request by telephone is logged, and mail is looked at", async () => {
  const { page, close } = await open({ viewport: desktop });
  await signIn(page, site);
  await page.goto(`${site.address}/staff/requests/new`);
  await page.click("main button[type=submit]");
  await page.locator(".govuk-error-summary").waitFor();
  await both(page, "log with errors");
  await page.selectOption("#channel", "telephone");
  await page.selectOption("#right", "erasure");
  await page.fill("#requester", "Mair Vaughan");
  await page.fill("#wording", "Delete what you have on me");
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/staff\/requests\/R-[\w-]+$/);
  const reference = page.url().split("/").pop();
  await page.goto(`${site.address}/staff/requests/${reference}/letters`);
  await both(page, "letters");
  await page.goto(`${site.address}/staff/requests/${reference}/letters/new/acknowledgement`);
  await page.selectOption("#way", "print");
  await page.fill("#to", "14 Mill Lane\nGlenarrow");
  await page.check("#access");
  await page.click('button[value="preview"]');
  await page.click('button[value="send"]');
  await page.waitForURL(/\/letters$/);
  await page.click("main table a");
  await both(page, "a letter to print");
  assert.match(await page.textContent("article"), /[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}/);
  await page.click("main form button");
  await page.waitForURL(/\/letters$/);
  await page.goto(`${site.address}/staff/mail`);
  await both(page, "mail");
  await close();
});
