// The rights other than access, a complaint and a refusal from the staff side: decided, carried out and told, on a
// telephone and a desktop, with and without JavaScript, accessible by axe's rules on every page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { browser, signIn, start } from "../site.mjs";

const tags = ["best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const sizes = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 900 } };

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

const sessions = new Map();

async function session(member) {
  if (!sessions.has(member)) {
    const context = await chromium.newContext({ viewport: sizes.desktop });
    await signIn(await context.newPage(), { ...site, sign_ins: [site.sign_ins[member]] });
    sessions.set(member, await context.storageState());
    await context.close();
  }
  return sessions.get(member);
}

/** A signed-in page; `member` is the place of the account in the list. */
async function open({ scripts = true, size = "desktop", member = 0, ...options } = {}) {
  const storageState = await session(member);
  const context = await chromium.newContext({ viewport: sizes[size], storageState, ...options });
  if (!scripts) await context.route(/\.js$/, (route) => route.abort());
  return { page: await context.newPage(), close: () => context.close() };
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

/** Opens the page of the request of this person that asks for this right. */
async function goTo(page, requester, right) {
  // What was answered stands on a list of its own.
  const among = async (address) => {
    await page.goto(`${site.address}${address}`);
    return page.locator("tbody tr", { hasText: requester }).filter({ hasText: right }).first();
  };
  let row = await among("/staff");
  if ((await row.count()) === 0) row = await among("/staff?standing=closed");
  const reference = (await row.locator("a").first().textContent()).trim();
  await page.goto(`${site.address}/staff/requests/${reference}`);
  await page.click(`a[href$="/staff/requests/${reference}/right"]`);
  assert.match(page.url(), /\/right$/);
  return reference;
}

/** Opens a part of the page that is folded away, and its parts within. */
const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));

/** Presses the button of a form by the deed in its address. */
const send = async (page, deed) => {
  await Promise.all([page.waitForNavigation(), page.click(`form[action$="/right/${deed}"] button`)]);
};

const main = (page) => page.textContent("main");

// Each in a state that the demonstration has: what is looked at on both sizes, with and without scripts.
const shown = [
  ["Otis Farrelly", "Deletion"],
  ["Bernice Tully", "Restriction"],
  ["Sile Rafferty", "Objection"],
  ["Wanda Scholes", "Correction"],
  ["Nora Quillan", "Correction"],
  ["Conall Divine", "Automated decision"],
  ["Padraig Lunny", "Portability"],
  ["Hector Vance", "Stop marketing"],
  ["Martin Beggs", "Complaint"],
  ["Dermot Heaney", "Objection"],
  ["Freya Hollingbourne", "Access"],
];

for (const size of ["phone", "desktop"]) {
  test(`every kind of request is shown whole on a ${size}`, async () => {
    for (const scripts of [true, false]) {
      const { page, close } = await open({ scripts, size });
      for (const [who, right] of shown) {
        await goTo(page, who, right);
        const how = `${right} of ${who} on a ${size} ${scripts ? "with" : "without"} scripts`;
        await check(page, how);
        await unfold(page);
        await check(page, `${how}, unfolded`);
      }
      await close();
    }
  });
}

test("a correction without JavaScript: refused without evidence, then granted, carried out and told", async () => {
  const { page, close } = await open({ javaScriptEnabled: false, size: "phone" });
  await goTo(page, "Desmond Ekwueme", "Correction");
  await page.check("#outcome-granted");
  await page.fill("#reasons", "The birth certificate shows the year 1959.");
  await send(page, "decide");
  assert.match(await main(page), /what was checked/);
  assert.equal(await page.inputValue("#reasons"), "The birth certificate shows the year 1959.", "what was typed is kept");

  await page.locator("summary", { hasText: "What was found out" }).click();
  await page.selectOption("#fact-inaccurate", "yes");
  await send(page, "facts");
  await page.check("#outcome-granted");
  await page.fill("#reasons", "The birth certificate shows the year 1959.");
  await page.fill("#evidence", "The certificate was seen at the counter.");
  await send(page, "decide");
  await page.selectOption("#field", "born");
  await page.fill("#right", "tomorrow");
  await send(page, "correct");
  assert.match(await main(page), /is not a date/);
  assert.equal(await page.inputValue("#right"), "tomorrow");
  await page.fill("#right", "1959-02-03");
  await send(page, "correct");
  assert.match(await main(page), /Carried out, the person is to be told/);
  await send(page, "tell");
  assert.match(await main(page), /The person has been told/);
  await close();
});

test("an erasure waits for a second person, who is not the first", async () => {
  const first = await open();
  const reference = await goTo(first.page, "Otis Farrelly", "Deletion");
  await send(first.page, "approve");
  assert.match(await main(first.page), /someone other than those who have signed/);
  await check(first.page, "an approval refused");
  await first.close();

  const second = await open({ member: 1 });
  await second.page.goto(`${site.address}/staff/requests/${reference}/right`);
  await send(second.page, "approve");
  assert.match(await main(second.page), /This cannot be undone/);
  await check(second.page, "an approved erasure");
  await send(second.page, "execute");
  assert.match(await main(second.page), /Certificate of erasure/);
  await check(second.page, "a certificate");
  await second.close();
});

test("a restriction is lifted only after the person was told on an earlier day", async () => {
  const { page, close } = await open();
  await goTo(page, "Bernice Tully", "Restriction");
  await unfold(page);
  await send(page, "lift");
  assert.match(await main(page), /must be told before the restriction is lifted/);
  await page.fill("#told-how", "by letter, for tomorrow");
  await send(page, "restriction-told");
  await unfold(page);
  await send(page, "lift");
  assert.match(await main(page), /on a later day/);
  await close();
});

test("an objection stops the use at once, and is refused only with compelling grounds", async () => {
  const { page, close } = await open({ size: "phone" });
  await goTo(page, "Ivan Petrosyan", "Objection");
  await page.fill("#stop-words", "Not my telephone number.");
  await send(page, "stop");
  assert.match(await main(page), /stopped, pending/);
  await page.check("#outcome-refused");
  await page.fill("#reasons", "We publish what the law asks us to publish.");
  await send(page, "decide");
  assert.match(await main(page), /the right applies/);
  await check(page, "a refusal without a ground");
  await close();
});

test("portability comes as JSON and CSV, by the schema beside them", async () => {
  const { page, close } = await open();
  const reference = await goTo(page, "Aoife Brannigan", "Portability");
  await page.locator("summary", { hasText: "What was found out" }).click();
  await unfold(page);
  await page.evaluate(() => document.querySelectorAll("input[name=activity]").forEach((box) => { box.checked = false; }));
  await page.check('input[name=activity][value="SVC-LEISURE"]');
  await page.selectOption("#fact-automated", "yes");
  await send(page, "facts");
  await page.check("#outcome-granted");
  await page.fill("#reasons", "Your membership rests on a contract.");
  await send(page, "decide");
  for (const [n, ending] of [[0, "json"], [1, "csv"]]) {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.locator('form[action$="/right/export"] button').nth(n).click(),
    ]);
    assert.equal(file.suggestedFilename(), `${reference}.${ending}`);
  }
  const schema = await page.request.get(`${site.address}/staff/requests/${reference}/right/schema.json`);
  assert.equal((await schema.json()).title, "What a person gave, as exported under Art 20 UK GDPR");
  await close();
});

test("marketing stops for someone of whom nothing is recorded", async () => {
  const { page, close } = await open({ javaScriptEnabled: false, size: "phone" });
  await goTo(page, "Aoife Brannigan", "Stop marketing");
  await page.fill("#contacts", "nonsense");
  await send(page, "marketing");
  assert.match(await main(page), /neither an e-mail address/);
  await page.fill("#contacts", "aoife@mail.example\n07700 900999");
  await send(page, "marketing");
  assert.match(await main(page), /Marketing has stopped on every channel/);
  await close();
});

test("a recipient is chased and answers; a complaint goes on; the letter names the regulator", async () => {
  const { page, close } = await open();
  await goTo(page, "Nora Quillan", "Correction");
  await unfold(page);
  await page.selectOption("#step-number", "1");
  await page.selectOption("#step", "done");
  await page.fill("#step-words", "corrected on their side");
  await send(page, "recipient-step");
  assert.match(await main(page), /corrected on their side/);

  const complaint = await goTo(page, "Martin Beggs", "Complaint");
  await page.fill("#investigation", "The driver confirms the time.");
  await send(page, "investigation");
  assert.match(await main(page), /The driver confirms the time/);
  await page.selectOption("#stage", "outcome");
  await send(page, "stage");
  assert.match(await main(page), /what came out/);
  await page.selectOption("#stage", "outcome");
  await page.fill("#stage-words", "The recorder was on while the car stood still. It is switched off by hand now.");
  await send(page, "stage");
  assert.match(await main(page), /switched off by hand/);
  await page.goto(`${site.address}/staff/requests/${complaint}/right/letter`);
  const letter = await main(page);
  assert.match(letter, /switched off by hand/);
  assert.match(letter, /Information Commissioner/);
  await check(page, "the letter");
  await close();
});

test("an internal review is decided by someone else, and the regulator's case is linked", async () => {
  const first = await open();
  const reference = await goTo(first.page, "Wanda Scholes", "Correction");
  await first.page.fill("#review-reasons", "I think that I was right.");
  await send(first.page, "review-decide");
  assert.match(await main(first.page), /took part in the first answer/);
  await first.close();
  const { page, close } = await open({ member: 1 });
  await page.goto(`${site.address}/staff/requests/${reference}/right`);
  await page.fill("#review-reasons", "The letter speaks of the road and of the quarry.");
  await page.selectOption("#review-outcome", "upheld");
  await send(page, "review-decide");
  assert.match(await main(page), /the first answer stands/);
  await unfold(page);
  await page.fill("#regulator-reference", "IC-998877-A1B2");
  await page.fill("#regulator-what", "How the review was done.");
  await send(page, "regulator");
  assert.match(await main(page), /IC-998877-A1B2/);
  await check(page, "with the regulator");
  await close();
});
