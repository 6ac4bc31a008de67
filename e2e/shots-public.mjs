// Screenshots of following a request and of letters, for people to judge: `node shots-public.mjs FOLDER`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browser, signIn, start } from "./site.mjs";

const folder = process.argv[2] ?? "results";
mkdirSync(folder, { recursive: true });
const site = await start();
const chromium = await browser();
const open = async (viewport) => (await chromium.newContext({ viewport })).newPage();
const shot = (page, name) => page.screenshot({ path: join(folder, `public-${name}.png`), fullPage: true });
try {
  const asker = await open({ width: 390, height: 800 });
  const staff = await open({ width: 1280, height: 900 });
  await asker.goto(`${site.address}/ask`);
  const goOn = () => asker.click("#journey button[type=submit]:last-of-type");
  for (const step of [["right", "access"], ["whom", "self"], "wording", "name", "", ["reply", "email"], "email", ["format", "electronic"], ["language", "en"], ""]) {
    if (Array.isArray(step)) await asker.check(`input[name="${step[0]}"][value="${step[1]}"]`);
    else if (step) await asker.fill(`#${step}`, { wording: "Everything about the flat in Quay Street.", name: "Gethin Vaughan", email: "gethin@mail.example" }[step]);
    await goOn();
  }
  await asker.click("#send");
  await shot(asker, "asked-phone");
  const reference = await asker.textContent(".cf-panel__body strong");
  const [key, code] = await asker.locator(".cf-secrets strong").allTextContents();
  await signIn(staff, site);
  const write = async (kind, said) => {
    await staff.goto(`${site.address}/staff/requests/${reference}/letters/new/${kind}`);
    await staff.fill("#said", said);
    await staff.click('button[value="preview"]');
    await staff.locator("article.cf-letter").waitFor();
    await shot(staff, `letter-${kind}`);
    await staff.click('button[value="send"]');
    await staff.waitForURL(/\/letters$/);
  };
  await write("clarification", "Which of these do you want?\n\n- the repairs of 2019 and 2020\n- the letters about rent");
  await asker.goto(`${site.address}/follow`);
  await asker.fill("#key", key);
  await asker.fill("#code", code);
  await shot(asker, "door-phone");
  await asker.click("main button[type=submit]");
  await asker.waitForURL(/\/follow\/request$/);
  await shot(asker, "request-phone");
  await asker.setViewportSize({ width: 1280, height: 900 });
  await asker.goto(`${site.address}/follow/request`);
  await shot(asker, "request-desktop");
  await asker.goto(`${site.address}/cy/follow/request`);
  await shot(asker, "request-welsh");
  await asker.goto(`${site.address}/follow/receipt`);
  await shot(asker, "receipt");
  await asker.goto(`${site.address}/forms/damage-or-distress`);
  await shot(asker, "form-to-print");
  await staff.goto(`${site.address}/staff/requests/${reference}/asker`);
  await shot(staff, "askers-side");
  await staff.goto(`${site.address}/staff/requests/new`);
  await shot(staff, "log");
} finally {
  await chromium.close();
  site.stop();
}
