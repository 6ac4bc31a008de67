// Asking, from the home page to the reference and the date: on a telephone, in both languages, with and
// without JavaScript, accessible by axe's rules on every page; and the desk then shows the request.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const phone = { width: 320, height: 640 };

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

/** A context whose console errors fail the test; axe runs where scripts may (`scripts` false only stops the site's own). */
async function open({ scripts = true, ...options }) {
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
  return { page, close };
}

async function check(page, name) {
  // A form's answer is looked at when all of it has come.
  await page.waitForLoadState("load");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: ${wide} pixels are cut off to the right`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], name);
}

const step = (page) => page.getAttribute('#journey input[name="step"]', "value");
const goOn = (page) => page.click("#journey button[type=submit]:last-of-type");

/** Walks from the home page to the check of the answers; `look` sees every page. */
async function walk(page, prefix, someone, look) {
  const at = async (expected) => {
    assert.equal(await step(page), expected);
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, `${prefix}/ask`, "nothing in the address");
    await look(page, expected);
  };
  await page.goto(`${site.address}${prefix || "/"}`);
  await page.click("a.govuk-button--start");
  await at("right");
  await page.check('input[value="access"]');
  await goOn(page);
  await at("whom");
  await page.check(`input[value="${someone ? "other" : "self"}"]`);
  await goOn(page);
  if (someone) {
    await at("capacity");
    await page.check('input[value="parent"]');
    await goOn(page);
    await at("subject");
    await page.fill("#subject", someone);
    await goOn(page);
  }
  await at("words");
  await page.fill("#wording", "Everything about the flat in Quay Street.\nThank you.");
  await page.fill("#scope", "2019 to 2021");
  await goOn(page);
  await at("name");
  await page.fill("#name", "Gethin Vaughan");
  // Enter goes on, whatever other buttons stand before it.
  await page.press("#name", "Enter");
  await at("known");
  await page.fill("#known", "Tenancy 4471");
  await goOn(page);
  await at("reply");
  await page.check("#reply");
  await goOn(page);
  await at("address");
  await page.fill("#email", "gethin@mail.example");
  await goOn(page);
  await at("format");
  await page.check('input[value="large-print"]');
  await goOn(page);
  await at("language");
  await page.check('input[name="language"][value="cy"]');
  await goOn(page);
  await at("needs");
  await goOn(page);
  await at("check");
}

for (const scripts of [true, false]) {
  for (const prefix of ["", "/cy"]) {
    const how = `${prefix ? "Welsh" : "English"} ${scripts ? "with" : "without"} JavaScript`;

    test(`every page of asking for a child in ${how}`, async () => {
      const { page, close } = await open({ scripts });
      await walk(page, prefix, "Mair Vaughan", (shown, name) => check(shown, `${name} in ${how}`));
      await page.click("#send");
      await check(page, `confirmation in ${how}`);
      await close();
    });

    test(`every page with something to mend in ${how}`, async () => {
      const { page, close } = await open({ scripts });
      await page.goto(`${site.address}${prefix}/ask`);
      await goOn(page);
      await check(page, `right with an error in ${how}`);
      assert.equal(await page.locator(".govuk-error-summary li a[href='#right']").count(), 1);
      await page.check('input[value="complaint"]');
      await goOn(page);
      await page.check('input[value="self"]');
      await goOn(page);
      await goOn(page);
      await check(page, `words with an error in ${how}`);
      await page.fill("#wording", "You lost my letter.");
      await goOn(page);
      await goOn(page);
      await check(page, `name with an error in ${how}`);
      await page.fill("#name", "Gethin");
      await goOn(page);
      await goOn(page);
      await check(page, `reply with an error in ${how}`);
      await page.check('input[value="post"]');
      await goOn(page);
      await goOn(page);
      await check(page, `post with an error in ${how}`);
      await close();
    });
  }
}

test("without JavaScript at all a request is made, once, and the desk shows it", async () => {
  const { page, close } = await open({ javaScriptEnabled: false });
  await walk(page, "", "", () => {});
  await page.click('button[name="go"][value="name"]');
  assert.equal(await page.inputValue("#name"), "Gethin Vaughan");
  await page.fill("#name", "Gethin Rhys Vaughan");
  await page.click("text=Cymraeg");
  assert.equal(await page.getAttribute("html", "lang"), "cy");
  assert.equal(await page.inputValue("#name"), "Gethin Rhys Vaughan");
  await page.click("text=English");
  await page.click(".cf-back");
  assert.equal(await step(page), "words");
  assert.equal(await page.inputValue("#wording"), "Everything about the flat in Quay Street.\nThank you.");
  await goOn(page);
  assert.equal(await step(page), "check");
  assert.match(await page.textContent("main"), /Gethin Rhys Vaughan/);

  await page.click("#send");
  const confirmed = await page.textContent("main");
  const reference = confirmed.match(/R-\d{4}-\d{5}/)[0];
  // One month from today, or later when that day is no working day.
  assert.match(confirmed, /We must answer by (Mon|Tues|Wednes|Thurs|Fri)day \d{1,2} \w+ \d{4}\./);
  // Sent again by a reload, it is the same request.
  await page.reload();
  assert.equal((await page.textContent("main")).match(/R-\d{4}-\d{5}/)[0], reference);

  await signIn(page, site);
  const line = page.locator("main table tbody tr", { hasText: reference });
  assert.equal(await line.count(), 1);
  await line.locator("a").click();
  await page.waitForURL(/\/staff\/requests\/[\w-]+$/);
  const shown = await page.textContent("main");
  for (const said of ["Everything about the flat in Quay Street.", "2019 to 2021", "Tenancy 4471", "gethin@mail.example", "large-print", "web-form"]) {
    assert.ok(shown.includes(said), `the desk does not show ${said}`);
  }
  await page.goto(`${site.address}/staff`);
  const names = await page.locator("main table tbody th").allTextContents();
  assert.equal(new Set(names).size, names.length);
  await close();
});

test("asking about someone who has died leads to what else there is", async () => {
  const { page, close } = await open({});
  await page.goto(`${site.address}/ask`);
  await page.check('input[value="access"]');
  await goOn(page);
  await page.check('input[value="other"]');
  await goOn(page);
  await page.check('input[value="executor"]');
  await goOn(page);
  assert.equal(await step(page), "died");
  await check(page, "died");
  assert.equal(await page.locator("#send").count(), 0);
  await close();
});
