// Every right from the public form to the desk, the older Act's headings, and forms that go wrong: abandoned, repeated,
// doubled, expired or tampered with, they keep what was typed and say what to do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { address, ask, both, check, fillIn, goOn, main, staff, step, visitor } from "../journey.mjs";

// Each other right from the public form to its page on the desk: what it asks, and by when.
const rights = [
  ["rectification", /Correction/],
  ["erasure", /Deletion/],
  ["restriction", /Restriction/],
  ["objection", /Objection/],
  ["portability", /Portability/],
  ["marketing-objection", /Stop marketing/],
  ["automated-decisions", /Automated decision/],
  ["withdraw-consent", /[Cc]onsent/],
  ["complaint", /Complaint/],
];

test("each other right goes from the public form to the desk, in both languages", async () => {
  const { page, close } = await visitor({ javaScriptEnabled: false });
  const officer = await staff();
  for (const [n, [right, words]] of rights.entries()) {
    const prefix = n % 2 ? "/cy" : "";
    const asked = await ask(page, prefix, { right });
    await officer.page.goto(`${address()}/staff/requests/${asked.reference}`);
    assert.match(await main(officer.page), words, right);
    await officer.page.goto(`${address()}/staff/requests/${asked.reference}/right`);
    assert.match(await officer.page.innerText("h1, .govuk-caption-l"), /./, right);
    await check(officer.page, `${right} on the desk`);
  }
  await officer.close();
  await close();
});

for (const prefix of ["", "/cy"]) {
  test(`a notice under the older Act, from its own page to the confirmation${prefix ? " in Welsh" : ""}`, async () => {
    const { page, close } = await visitor({ javaScriptEnabled: false });
    const officer = await staff();
    await page.goto(`${address()}${prefix}/older-rights`);
    const headings = await page.locator('main a[href*="/ask?right="]').evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.equal(headings.length, 6, "every heading of the older Act can be used");
    for (const href of headings) {
      const heading = new URL(href, address()).searchParams.get("right");
      const asked = await ask(page, prefix, { right: heading }, `/ask?right=${heading}`);
      // Twenty-one days where the older Act set them.
      const [route, desk] = prefix
        ? [{ "damage-or-distress": /21 diwrnod/, compensation: /iawndal/ }, /./]
        : [{ "damage-or-distress": /within 21 days/, compensation: /only a court can order compensation/, assessment: /regulator at any time/ }, /./];
      assert.match(asked.confirmed, route[heading] ?? /./, heading);
      await officer.page.goto(`${address()}/staff/requests/${asked.reference}/right`);
      assert.match(await main(officer.page), desk);
      assert.match(await main(officer.page), /DPA 1998/, `${heading} keeps its heading on the desk`);
    }
    await officer.close();
    await close();
  });
}

test("confirmations of the older Act are accessible", async () => {
  const { page, close } = await visitor();
  await page.goto(`${address()}/ask?right=court-order`);
  assert.equal(await page.locator("input[value=court-order]:checked").count(), 1);
  await both(page, "the first page with a heading of the older Act");
  await ask(page, "", { right: "court-order" }, "/ask?right=court-order");
  await both(page, "confirmation under the older Act");
  await close();
});

// What goes wrong with a form, and what the page then says and keeps.
const troubles = [
  {
    name: "sent from a browser that was shown none",
    async make(page) {
      await page.context().clearCookies();
    },
    says: /open for too long|press/i,
  },
  {
    name: "sent with a token that was tampered with",
    async make(page) {
      await page.evaluate(() => { document.querySelector("input[name=form_token]").value = "0".repeat(64); });
    },
    says: /open for too long|press/i,
  },
  {
    name: "sent with the field emptied",
    async make(page, field) {
      await page.fill(`#${field}`, "");
    },
    says: /./,
    kept: "",
  },
  {
    name: "sent with far too much",
    async make(page, field) {
      await page.fill(`#${field}`, "x".repeat(30_000));
    },
    says: /shorter|most|characters|long/i,
    kept: "x".repeat(30_000),
  },
];

test("a form that is expired, tampered with, empty or too long keeps what was typed and says what to do", async () => {
  const { page, close } = await visitor();
  for (const trouble of troubles) {
    await page.goto(`${address()}/ask`);
    await page.check('input[value="objection"]');
    await goOn(page);
    await page.check('input[value="self"]');
    await goOn(page);
    await page.fill("#wording", "What I typed.");
    await trouble.make(page, "wording");
    await goOn(page);
    assert.equal(await step(page), "words", trouble.name);
    assert.match(await page.innerText(".govuk-error-summary"), trouble.says, trouble.name);
    assert.equal(await page.inputValue("#wording"), trouble.kept ?? "What I typed.", trouble.name);
    await check(page, trouble.name);
    // And it goes on from there, with everything that was answered before.
    await page.fill("#wording", "What I typed.");
    await goOn(page);
    assert.equal(await step(page), "name", trouble.name);
    assert.equal(await page.inputValue('#journey input[name="right"]'), "objection", trouble.name);
  }
  await close();
});

test("a form that is sent twice, at once or by a reload, is one request", async () => {
  const { page, context, close } = await visitor();
  await fillIn(page, "", { right: "objection" });
  const form = await page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("#journey"))));
  const send = async () => {
    const answer = await context.request.post(`${address()}/ask`, { form: { ...form, go: "send" }, headers: { "Sec-Fetch-Site": "same-origin" } });
    return (await answer.text()).match(/R-\d{4}-\d{5}/)?.[0];
  };
  const [first, second] = await Promise.all([send(), send()]);
  assert.ok(first, "it was received");
  assert.equal(second, first, "sent twice at once");
  await page.click("#send");
  assert.equal((await page.textContent(".cf-panel__body strong")).trim(), first, "and from the page itself");
  await page.reload();
  assert.equal((await page.textContent(".cf-panel__body strong")).trim(), first, "a reload");
  await close();
});

test("an abandoned form comes back by its link as it was left, and a tampered link says what to do", async () => {
  const { page, close } = await visitor({ javaScriptEnabled: false });
  await page.goto(`${address()}/ask`);
  await page.check('input[value="rectification"]');
  await goOn(page);
  await page.check('input[value="self"]');
  await goOn(page);
  await page.fill("#wording", "My date of birth.");
  await page.click('button[value="save"]');
  const link = await page.getAttribute('main a[href*="/ask/return/"]', "href");
  const other = await visitor();
  await other.page.goto(new URL(link, address()).href);
  assert.equal(await step(other.page), "name", "at the first page that misses something");
  await other.page.click(".cf-back");
  assert.equal(await other.page.inputValue("#wording"), "My date of birth.");
  const answer = await other.page.goto(`${new URL(link, address()).href.slice(0, -3)}AAA`);
  assert.equal(answer.status(), 404);
  assert.ok((await other.page.locator("main a").count()) > 0, "the page says where to go on");
  await check(other.page, "a link that leads nowhere");
  await other.close();
  await close();
});

test("every other public form keeps what was typed when it has waited too long", async () => {
  const { page, close } = await visitor();
  // The form, its fields, and the button that sends it.
  const forms = [
    ["/follow", { key: "K7Q4M-2XWTB-0H3JD-9ZRSA" }],
    ["/choices", { code: "7K2M-99XW-0B4T" }],
    ["/collect/K7Q4M2XWTB0H3JD9ZRSA", {}],
  ];
  for (const prefix of ["", "/cy"]) {
    for (const [path, fields] of forms) {
      await page.goto(address() + prefix + path);
      for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value);
      await page.context().clearCookies();
      await page.click("main form button[type=submit]");
      await page.locator(".govuk-error-summary").waitFor();
      for (const [name, value] of Object.entries(fields)) assert.equal(await page.inputValue(`#${name}`), value, path);
      await check(page, `${prefix}${path} that waited too long`);
    }
  }
  await close();
});
