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
    await page.goto(`${site.address}/staff/sign-in`);
    await page.click("main button[type=submit]");
    await page.locator(".govuk-error-summary").waitFor();
    await shot("sign-in-errors");
    await signIn(page, site);
    await shot("requests");
    await page.locator("main table tbody a").first().click();
    await page.waitForURL(/\/staff\/requests\/req_/);
    await shot("request");
  }
} finally {
  await chromium.close();
  site.stop();
}
