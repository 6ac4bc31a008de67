// Whole journeys, each in one test: what the public types, what the officer does with it, and what the public sees of
// it. With and without JavaScript, in English and Welsh, on a telephone and a desktop, accessible by axe's rules.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { address, answerTest, ask, both, check, enter, fillIn, identify, main, phone, staff, visitor, wide, workDone, write } from "../journey.mjs";
import { leaveOut } from "../site.mjs";

// Each way asks for somebody of the demonstration who has papers and no request that stands in the way.
for (const [scripts, prefix, person] of [[true, "", "Ivan Petrosyan"], [false, "/cy", "Freya Hollingbourne"]]) {
  const how = `${prefix ? "Welsh" : "English"} ${scripts ? "with" : "without"} JavaScript`;

  test(`from the public form to the collected pack in ${how}`, async () => {
    const { page, close } = await visitor({ scripts, viewport: scripts ? wide : phone });
    const asked = await ask(page, prefix, { name: person });
    const officer = await staff(0, { javaScriptEnabled: scripts });
    const at = `${address()}/staff/requests/${asked.reference}`;
    await identify(officer.page, asked.reference, person, scripts);

    await officer.page.locator("form[action$='/search'] button").click();
    await officer.page.waitForURL(/\/work$/);
    assert.match(await workDone(officer.page, asked.reference), /Done/);
    await leaveOut(officer.page, at);
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

    await page.goto(`${address()}${prefix}/follow/request`);
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
  await officer.page.goto(`${address()}/staff/requests/${asked.reference}`);
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
  await officer.page.goto(`${address()}/staff?standing=paused`);
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
  await officer.page.goto(`${address()}/staff?standing=overdue`);
  const rows = await officer.page.locator("main table tbody tr").evaluateAll((all) => all.map((row) => [row.innerText, row.querySelector("a")?.getAttribute("href")]));
  const late = rows.find(([text]) => /access|copy/i.test(text)) ?? rows[0];
  assert.ok(late, "the demonstration has a late request");
  await officer.page.goto(address() + late[1]);
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
  const { page, close } = await visitor({ scripts: false });
  const asked = await ask(page, "", { right: "erasure", wording: "Delete everything that you have on me.", name: "Ivan Petrosyan" });
  const officer = await staff();
  await identify(officer.page, asked.reference, "Ivan Petrosyan");
  await officer.page.goto(`${address()}/staff/requests/${asked.reference}/right`);
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
  await officer.page.goto(`${address()}/staff/requests/${asked.reference}/right`);
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
  await officer.page.goto(`${address()}/staff/requests/${reference}`);
  const shown = await main(officer.page);
  assert.match(shown, /Mair Vaughan/);
  assert.match(shown, /parent/);
  await write(officer.page, reference, "authority", "The child's birth certificate, or a letter of the school.");
  await officer.page.goto(`${address()}/staff/requests/${reference}`);
  assert.match(await main(officer.page), /authority/i);
  await enter(page, "/cy", { key, code });
  await page.click('.cf-need a[role="button"]');
  await page.setInputFiles("#files", { name: "certificate.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n%%EOF") });
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/follow\/request$/);
  await officer.page.goto(`${address()}/staff/requests/${reference}/asker`);
  assert.match(await main(officer.page), /evidence of authority/);
  await officer.close();
  await close();
});
