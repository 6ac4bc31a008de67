// Screenshots of every kind of page, for people to judge: `node shots.mjs FOLDER`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browser, signIn, start } from "./site.mjs";

const folder = process.argv[2] ?? "results";
mkdirSync(folder, { recursive: true });
const site = await start();
const chromium = await browser();
try {
  for (const [size, viewport] of [["desktop", { width: 1280, height: 900 }], ["phone", { width: 390, height: 800 }]]) {
    const page = await (await chromium.newContext({ viewport })).newPage();
    const shot = (name) => page.screenshot({ path: join(folder, `${name}-${size}.png`), fullPage: true });
    for (const [name, path] of [["home", "/"], ["home-cy", "/cy"], ["accessibility-cy", "/cy/accessibility"], ["cookies", "/cookies"], ["not-found", "/nowhere"]]) {
      await page.goto(site.address + path);
      await shot(name);
    }
    await page.goto(`${site.address}/ask`);
    await shot("ask");
    const goOn = () => page.click("#journey button[type=submit]:last-of-type");
    const answers = [["access"], ["other"], ["parent"], [], [], [], [], ["email"], [], ["large-print"], ["cy"], []];
    const typed = { subject: "Mair Vaughan", wording: "Everything about the flat in Quay Street.", name: "Gethin Vaughan", known: "Tenancy 4471", email: "gethin@mail.example" };
    for (const chosen of answers) {
      for (const value of chosen) await page.check(`input[value="${value}"]`);
      for (const [id, text] of Object.entries(typed)) if (await page.locator(`#${id}`).isVisible()) await page.fill(`#${id}`, text);
      if (chosen[0] === "parent") await goOn(), await shot("ask-subject");
      else if (chosen[0] === "cy") await shot("ask-language"), await goOn();
      else await goOn();
    }
    await shot("ask-check");
    await page.click("#send");
    await shot("asked");
    await page.goto(`${site.address}/staff/sign-in`);
    await page.click("main button[type=submit]");
    await page.locator(".govuk-error-summary").waitFor();
    await shot("sign-in-errors");
    await signIn(page, site);
    await shot("requests");
    await page.locator("main table tbody a").first().click();
    await page.waitForURL(/\/staff\/requests\/[\w-]+$/);
    await shot("request");
  }
} finally {
  await chromium.close();
  site.stop();
}
