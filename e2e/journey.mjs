// What the journeys share: somebody of the public who asks, an officer who answers, and a look at every page.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "./site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
export const phone = { width: 320, height: 640 };
export const wide = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 900 };

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

/** Where the site of the demonstration is. */
export const address = () => site.address;

export async function check(page, name) {
  await page.waitForLoadState("load");
  const cut = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(cut <= 0, `${name}: ${cut} pixels are cut off to the right`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], name);
}

export async function both(page, name) {
  for (const viewport of [phone, desktop]) {
    await page.setViewportSize(viewport);
    await check(page, `${name}, ${viewport.width} pixels`);
  }
}

/** Somebody of the public; `scripts` false only stops the site's own, so that axe can look. */
export async function visitor({ scripts = true, viewport = phone, ...options } = {}) {
  const context = await chromium.newContext({ viewport, acceptDownloads: true, ...options });
  if (!scripts) await context.route(/\.js$/, (route) => route.abort());
  const page = await context.newPage();
  return { page, context, close: () => context.close() };
}

// A code serves once and a new one comes every thirty seconds, so each account signs in once.
const sessions = new Map();

/** The n-th member of staff, signed in. */
export async function staff(member = 0, options = {}) {
  if (!sessions.has(member)) {
    const context = await chromium.newContext({ viewport: desktop });
    await signIn(await context.newPage(), site, "", site.sign_ins[member]);
    sessions.set(member, await context.storageState());
    await context.close();
  }
  const context = await chromium.newContext({ viewport: desktop, acceptDownloads: true, storageState: sessions.get(member), ...options });
  return { page: await context.newPage(), close: () => context.close() };
}

export const goOn = (page) => page.click("#journey button[type=submit]:last-of-type");
export const step = (page) => page.getAttribute('#journey input[name="step"]', "value");
export const main = (page) => page.innerText("main");

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
export async function fillIn(page, prefix, given = {}, from = "/ask") {
  await page.goto(`${address()}${prefix}${from}`);
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
export async function ask(page, prefix = "", given = {}, from = "/ask") {
  await fillIn(page, prefix, given, from);
  await page.click("#send");
  const reference = (await page.textContent(".cf-panel__body strong")).trim();
  const [key, code] = await page.locator(".cf-secrets strong").allTextContents();
  return { reference, key, code, confirmed: await main(page) };
}

export async function enter(page, prefix, { key, code }) {
  await page.goto(`${address()}${prefix}/follow`);
  await page.fill("#key", key);
  await page.fill("#code", code);
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/follow\/request$/);
}

/** The officer links the request to the record that its own words lead to. */
export async function identify(page, reference, name, look = false) {
  await page.goto(`${address()}/staff/requests/${reference}`);
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
export async function write(page, reference, kind, said, more = async () => {}) {
  await page.goto(`${address()}/staff/requests/${reference}/letters/new/${kind}`);
  if (said) await page.fill("#said", said);
  await more(page);
  await page.click('button[value="preview"]');
  await page.locator("article.cf-letter").waitFor();
  await page.click('button[value="send"]');
  await page.waitForURL(/\/letters$/);
}

/** Looks again until nothing runs in the background. */
export async function workDone(page, reference) {
  const until = Date.now() + 60_000;
  for (;;) {
    await page.goto(`${address()}/staff/requests/${reference}/work`);
    const text = await page.locator("#work").innerText();
    if (!/\b(Waiting|Running)\b/.test(text)) return text;
    assert.ok(Date.now() < until, `still at work: ${text}`);
    await page.waitForTimeout(300);
  }
}

/** Answers the test of an exemption on the page that asks for it. */
export async function answerTest(page) {
  await page.locator("#code").waitFor();
  await page.fill("#reason", "other people's own affairs");
  const radios = { identifies: "yes", consented: "no", other: "ordinary", reasonable: "no" };
  for (const [key, value] of Object.entries(radios)) await page.locator(`input[name="a.${key}"][value="${value}"]`).check();
  for (const key of ["information", "confidentiality", "steps", "capable", "refusal", "why"]) await page.fill(`#a-${key}`, "as far as we know");
  await page.locator("main form button.govuk-button[value=decide]").click();
}
