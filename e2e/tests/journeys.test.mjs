// Whole journeys, each in one test: what the public types, what the officer does with it, and what the public sees of
// it. With and without JavaScript, in English and Welsh, on a telephone and a desktop, accessible by axe's rules.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const phone = { width: 320, height: 640 };
const wide = { width: 390, height: 844 };
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

async function check(page, name) {
  await page.waitForLoadState("load");
  const cut = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(cut <= 0, `${name}: ${cut} pixels are cut off to the right`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], name);
}

async function both(page, name) {
  for (const viewport of [phone, desktop]) {
    await page.setViewportSize(viewport);
    await check(page, `${name}, ${viewport.width} pixels`);
  }
}

/** Somebody of the public; `scripts` false only stops the site's own, so that axe can look. */
async function visitor({ scripts = true, viewport = phone, ...options } = {}) {
  const context = await chromium.newContext({ viewport, acceptDownloads: true, ...options });
  if (!scripts) await context.route(/\.js$/, (route) => route.abort());
  const page = await context.newPage();
  return { page, context, close: () => context.close() };
}

// A code serves once and a new one comes every thirty seconds, so each account signs in once.
const sessions = new Map();

/** The n-th member of staff, signed in. */
async function staff(member = 0, options = {}) {
  if (!sessions.has(member)) {
    const context = await chromium.newContext({ viewport: desktop });
    await signIn(await context.newPage(), site, "", site.sign_ins[member]);
    sessions.set(member, await context.storageState());
    await context.close();
  }
  const context = await chromium.newContext({ viewport: desktop, acceptDownloads: true, storageState: sessions.get(member), ...options });
  return { page: await context.newPage(), close: () => context.close() };
}

const goOn = (page) => page.click("#journey button[type=submit]:last-of-type");
const step = (page) => page.getAttribute('#journey input[name="step"]', "value");
const main = (page) => page.innerText("main");

/** What is answered on each page of asking, unless a journey says otherwise. */
const usual = {
  right: ["right", "access"],
  whom: ["whom", "self"],
  capacity: ["capacity", "parent"],
  format: ["format", "electronic"],
  reply: ["reply", "email"],
};
const typed = { subject: "Mair Vaughan", wording: "What I have told you of it.", harm: "My neighbours read it.", stop: "Printing my address, from today.", name: "Gethin Vaughan", known: "07700 900123", email: "gethin@mail.example", post: "14 Mill Lane\nGlenarrow" };

/** Walks from the first page of asking to the check of the answers. */
async function fillIn(page, prefix, given = {}, from = "/ask") {
  await page.goto(`${site.address}${prefix}${from}`);
  for (let n = 0; n < 20; n += 1) {
    const at = await step(page);
    if (at === "check") return;
    if (at === "language") {
      await page.check(`input[name=language][value=${prefix ? "cy" : "en"}]`);
    } else if (usual[at]) {
      const [name, value] = usual[at];
      await page.check(`input[name="${name}"][value="${given[name] ?? value}"]`);
    } else {
      for (const field of await page.locator("#journey input[type=text], #journey input[type=email], #journey textarea").all()) {
        const name = await field.getAttribute("name");
        const value = given[name] ?? (["scope", "adjustments"].includes(name) ? "" : typed[name]);
        assert.notEqual(value, undefined, `the page ${at} asks for ${name}`);
        await field.fill(value);
      }
    }
    await goOn(page);
  }
  assert.fail(`the form does not end: it stands at ${await step(page)}`);
}

/** Asks; gives reference, key and code as the confirmation shows them. */
async function ask(page, prefix = "", given = {}, from = "/ask") {
  await fillIn(page, prefix, given, from);
  await page.click("#send");
  const reference = (await page.textContent(".cf-panel__body strong")).trim();
  const [key, code] = await page.locator(".cf-secrets strong").allTextContents();
  return { reference, key, code, confirmed: await main(page) };
}

async function enter(page, prefix, { key, code }) {
  await page.goto(`${site.address}${prefix}/follow`);
  await page.fill("#key", key);
  await page.fill("#code", code);
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/follow\/request$/);
}

/** The officer links the request to the record that its own words lead to. */
async function identify(page, reference, name, look = false) {
  await page.goto(`${site.address}/staff/requests/${reference}`);
  await page.click(`a[href$="/${reference}/person"]`);
  if (look) await both(page, "who a request is about");
  await page.locator("label", { hasText: name }).first().click();
  await page.click("button[value=link]");
  assert.match(await main(page), /say how you made sure/, "how it is known must be said");
  assert.equal(await page.locator("input[name=person]:checked").count(), 1, "the choice is kept");
  if (look) await both(page, "who a request is about, refused");
  await page.fill("#how", "The e-mail address is the one on the record.");
  await page.click("button[value=link]");
  await page.waitForURL(new RegExp(`/staff/requests/${reference}$`));
  assert.match(await main(page), /Linked to a record/);
}

/** Writes a letter, looks at it and sends it. */
async function write(page, reference, kind, said, more = async () => {}) {
  await page.goto(`${site.address}/staff/requests/${reference}/letters/new/${kind}`);
  if (said) await page.fill("#said", said);
  await more(page);
  await page.click('button[value="preview"]');
  await page.locator("article.cf-letter").waitFor();
  await page.click('button[value="send"]');
  await page.waitForURL(/\/letters$/);
}

/** Looks again until nothing runs in the background. */
async function workDone(page, reference) {
  const until = Date.now() + 60_000;
  for (;;) {
    await page.goto(`${site.address}/staff/requests/${reference}/work`);
    const text = await page.locator("#work").innerText();
    if (!/\b(Waiting|Running)\b/.test(text)) return text;
    assert.ok(Date.now() < until, `still at work: ${text}`);
    await page.waitForTimeout(300);
  }
}

/** Answers the test of an exemption on the page that asks for it. */
async function answerTest(page) {
  await page.locator("#code").waitFor();
  await page.fill("#reason", "other people's own affairs");
  const radios = { identifies: "yes", consented: "no", other: "ordinary", reasonable: "no" };
  for (const [key, value] of Object.entries(radios)) await page.locator(`input[name="a.${key}"][value="${value}"]`).check();
  for (const key of ["information", "confidentiality", "steps", "capable", "refusal", "why"]) await page.fill(`#a-${key}`, "as far as we know");
  await page.locator("main form button.govuk-button[value=decide]").click();
}

// Each way asks for somebody of the demonstration who has papers and no request that stands in the way.
for (const [scripts, prefix, person] of [[true, "", "Ivan Petrosyan"], [false, "/cy", "Freya Hollingbourne"]]) {
  const how = `${prefix ? "Welsh" : "English"} ${scripts ? "with" : "without"} JavaScript`;

  test(`from the public form to the collected pack in ${how}`, async () => {
    const { page, close } = await visitor({ scripts, viewport: scripts ? wide : phone });
    const asked = await ask(page, prefix, { name: person });
    const officer = await staff(0, { javaScriptEnabled: scripts });
    const at = `${site.address}/staff/requests/${asked.reference}`;
    await identify(officer.page, asked.reference, person, scripts);

    await officer.page.locator("form[action$='/search'] button").click();
    await officer.page.waitForURL(/\/work$/);
    assert.match(await workDone(officer.page, asked.reference), /Done/);
    await officer.page.goto(`${at}/review`);
    const others = officer.page.locator("form", { has: officer.page.locator("input[value=others]") });
    await others.locator("button[value=withhold]").click();
    await answerTest(officer.page);
    await officer.page.waitForURL(/\/review$/);

    const second = await staff(1, { javaScriptEnabled: scripts });
    await second.page.goto(at);
    await second.page.locator("form[action$='/approve'] button").click();
    await second.page.waitForURL(at);
    await second.close();
    await officer.page.goto(at);
    await officer.page.locator("form:has(input[value=seal]) button").click();
    await officer.page.waitForURL(/\/work$/);
    assert.doesNotMatch(await workDone(officer.page, asked.reference), /Not done/);

    // Nothing is there before it is released.
    await enter(page, prefix, asked);
    assert.equal(await page.locator('form[action$="/follow/collect"]').count(), 0);
    await officer.page.goto(`${at}#release`);
    assert.match(await main(officer.page), /electronic answer: it waits there for them/);
    if (scripts) await both(officer.page, "a pack to be released on the site");
    await officer.page.locator("form:has(input[name=way][value=online]) button").click();
    await officer.page.waitForURL(/#release$/);
    assert.match(await main(officer.page), /waits on the site and has not been collected yet/);
    assert.equal(await officer.page.locator("input[name=way]").count(), 0, "it is released once");
    if (scripts) await both(officer.page, "released on the site");
    await officer.page.click(`a[href$="/letters/new/outcome"]`);
    await officer.page.click('button[value="preview"]');
    await officer.page.click('button[value="send"]');
    await officer.page.waitForURL(/\/letters$/);

    await page.goto(`${site.address}${prefix}/follow/request`);
    await both(page, `ready to collect in ${how}`);
    await page.click('form[action$="/follow/collect"] button');
    await page.waitForURL(/\/collect\/\w+$/);
    await page.fill("#code", asked.code);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("main button[type=submit]")]);
    assert.equal(download.suggestedFilename(), `${asked.reference}.zip`);
    assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), "PK");
    await officer.page.goto(at);
    assert.match(await main(officer.page), /collected once/);
    await officer.close();
    await close();
  });
}

test("a pause: a question is asked and answered, and the runway shades its days", async () => {
  const { page, close } = await visitor({ javaScriptEnabled: false });
  const asked = await ask(page, "/cy");
  const officer = await staff();
  await write(officer.page, asked.reference, "clarification", "Which years?");
  await officer.page.goto(`${site.address}/staff/requests/${asked.reference}`);
  assert.match(await main(officer.page), /Paused/);
  await both(officer.page, "a paused request");
  await enter(page, "/cy", asked);
  assert.match(await page.innerText(".cf-need"), /Which years\?/);
  await page.click('.cf-need a[role="button"]');
  await page.fill("#answer", "2019 a 2020");
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/follow\/request$/);
  assert.equal(await page.locator(".cf-need").count(), 0);
  await officer.page.reload();
  const shown = await main(officer.page);
  assert.match(shown, /2019 a 2020/);
  assert.doesNotMatch(shown, /Paused/, "the clock runs again");
  // A pause that has lasted for days is shaded, and its words say why.
  await officer.page.goto(`${site.address}/staff?standing=paused`);
  await officer.page.locator("main table tbody a").first().click();
  await officer.page.locator(".cf-runway").waitFor();
  assert.ok((await officer.page.locator(".cf-runway .cf-runway__pause").count()) > 0, "the pause is shaded");
  assert.match(await officer.page.textContent("#runway-title"), /paus|wait/i);
  await both(officer.page, "a pause of days");
  await officer.close();
  await close();
});

test("an extension that is told too late is refused with the reason, and the day stays", async () => {
  const officer = await staff();
  await officer.page.goto(`${site.address}/staff?standing=overdue`);
  const rows = await officer.page.locator("main table tbody tr").evaluateAll((all) => all.map((row) => [row.innerText, row.querySelector("a")?.getAttribute("href")]));
  const late = rows.find(([text]) => /access|copy/i.test(text)) ?? rows[0];
  assert.ok(late, "the demonstration has a late request");
  await officer.page.goto(site.address + late[1]);
  const due = await officer.page.locator("dt:has-text('Answer due') + dd strong").innerText();
  await officer.page.locator("summary", { hasText: "Record what happened" }).click();
  await officer.page.selectOption("#kind", "extended");
  const today = new Date();
  for (const [part, value] of [["day", today.getDate()], ["month", today.getMonth() + 1], ["year", today.getFullYear()]]) {
    await officer.page.fill(`#on-${part}`, String(value));
  }
  await officer.page.selectOption("#reason", "complexity");
  await officer.page.fill("#note", "Too many papers.");
  await officer.page.locator("form[action$='/events'] button").click();
  const told = await officer.page.innerText("[role=alert]");
  assert.match(told, /had to be told by .* it is void/, told);
  assert.equal(await officer.page.inputValue("#note"), "Too many papers.", "what was typed is kept");
  assert.equal(await officer.page.locator("dt:has-text('Answer due') + dd strong").innerText(), due);
  await both(officer.page, "an extension that was refused");
  await officer.close();
});

test("a refusal reaches its asker with the reasons and the ways to challenge it", async () => {
  const { page, close } = await visitor({ javaScriptEnabled: false });
  const asked = await ask(page, "", { right: "erasure", wording: "Delete everything that you have on me.", name: "Ivan Petrosyan" });
  const officer = await staff();
  await identify(officer.page, asked.reference, "Ivan Petrosyan");
  await officer.page.goto(`${site.address}/staff/requests/${asked.reference}/right`);
  const unfold = () => officer.page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  const send = (deed) => Promise.all([officer.page.waitForNavigation(), officer.page.click(`form[action$="/right/${deed}"] button`)]);
  await officer.page.check("#outcome-refused");
  await officer.page.fill("#reasons", "We must keep the record of your council tax for six years.");
  await send("decide");
  assert.match(await main(officer.page), /the right applies|are not known|say/, "a refusal needs a ground");
  assert.match(await officer.page.inputValue("#reasons"), /council tax/, "what was typed is kept");
  await unfold();
  await officer.page.selectOption("#fact-unfounded-or-excessive", "yes");
  await send("facts");
  await officer.page.check("#outcome-refused");
  await officer.page.fill("#reasons", "We must keep the record of your council tax for six years.");
  await officer.page.fill("#evidence", "The same was asked and answered four times since October.");
  await send("decide");
  await both(officer.page, "a refusal decided");
  await write(officer.page, asked.reference, "refusal", "We must keep the record of your council tax for six years.");
  await officer.page.click("main table a");
  const letter = await officer.page.innerText("article");
  for (const words of [/council tax for six years/, /section 164A/, /section 165/, /court/]) assert.match(letter, words);
  await officer.page.goto(`${site.address}/staff/requests/${asked.reference}/right`);
  await send("tell");
  assert.match(await main(officer.page), /The person has been told/);
  await enter(page, "", asked);
  const followed = await main(page);
  assert.match(followed, /What we have sent you\s+Our answer/);
  assert.doesNotMatch(followed, /We are working on it/);
  await both(page, "followed after a refusal");
  await officer.close();
  await close();
});

test("someone asks for a child, and is told what will be asked for", async () => {
  const { page, close } = await visitor({ viewport: wide });
  await fillIn(page, "/cy", { whom: "other" });
  await both(page, "check of a request for a child");
  assert.match(await main(page), /Mair Vaughan/);
  await page.click("#send");
  const reference = (await page.textContent(".cf-panel__body strong")).trim();
  const [key, code] = await page.locator(".cf-secrets strong").allTextContents();
  const officer = await staff();
  await officer.page.goto(`${site.address}/staff/requests/${reference}`);
  const shown = await main(officer.page);
  assert.match(shown, /Mair Vaughan/);
  assert.match(shown, /parent/);
  await write(officer.page, reference, "authority", "The child's birth certificate, or a letter of the school.");
  await officer.page.goto(`${site.address}/staff/requests/${reference}`);
  assert.match(await main(officer.page), /authority/i);
  await enter(page, "/cy", { key, code });
  await page.click('.cf-need a[role="button"]');
  await page.setInputFiles("#files", { name: "certificate.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n%%EOF") });
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/follow\/request$/);
  await officer.page.goto(`${site.address}/staff/requests/${reference}/asker`);
  assert.match(await main(officer.page), /evidence of authority/);
  await officer.close();
  await close();
});

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
    await officer.page.goto(`${site.address}/staff/requests/${asked.reference}`);
    assert.match(await main(officer.page), words, right);
    await officer.page.goto(`${site.address}/staff/requests/${asked.reference}/right`);
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
    await page.goto(`${site.address}${prefix}/older-rights`);
    const headings = await page.locator('main a[href*="/ask?right="]').evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.equal(headings.length, 6, "every heading of the older Act can be used");
    for (const href of headings) {
      const heading = new URL(href, site.address).searchParams.get("right");
      const asked = await ask(page, prefix, { right: heading }, `/ask?right=${heading}`);
      // Twenty-one days where the older Act set them.
      const [route, desk] = prefix
        ? [{ "damage-or-distress": /21 diwrnod/, compensation: /iawndal/ }, /./]
        : [{ "damage-or-distress": /within 21 days/, compensation: /only a court can order compensation/, assessment: /regulator at any time/ }, /./];
      assert.match(asked.confirmed, route[heading] ?? /./, heading);
      await officer.page.goto(`${site.address}/staff/requests/${asked.reference}/right`);
      assert.match(await main(officer.page), desk);
      assert.match(await main(officer.page), /DPA 1998/, `${heading} keeps its heading on the desk`);
    }
    await officer.close();
    await close();
  });
}

test("confirmations of the older Act are accessible", async () => {
  const { page, close } = await visitor();
  await page.goto(`${site.address}/ask?right=court-order`);
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
    await page.goto(`${site.address}/ask`);
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

test("a form that is sent twice, or sent again from the page before, is one request", async () => {
  const { page, close } = await visitor({ javaScriptEnabled: false });
  const first = await ask(page, "", { right: "objection" });
  await page.reload();
  assert.equal((await page.textContent(".cf-panel__body strong")).trim(), first.reference, "a reload");
  await page.goBack();
  await page.click("#send");
  assert.equal((await page.textContent(".cf-panel__body strong")).trim(), first.reference, "the page before");
  await close();
});

test("an abandoned form comes back by its link as it was left, and a tampered link says what to do", async () => {
  const { page, close } = await visitor({ javaScriptEnabled: false });
  await page.goto(`${site.address}/ask`);
  await page.check('input[value="rectification"]');
  await goOn(page);
  await page.check('input[value="self"]');
  await goOn(page);
  await page.fill("#wording", "My date of birth.");
  await page.click('button[value="save"]');
  const link = await page.getAttribute('main a[href*="/ask/return/"]', "href");
  const other = await visitor();
  await other.page.goto(new URL(link, site.address).href);
  assert.equal(await step(other.page), "name", "at the first page that misses something");
  await other.page.click(".cf-back");
  assert.equal(await other.page.inputValue("#wording"), "My date of birth.");
  const answer = await other.page.goto(`${new URL(link, site.address).href.slice(0, -3)}AAA`);
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
      await page.goto(site.address + prefix + path);
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
