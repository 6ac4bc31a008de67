import { browser, signIn, start } from "./site.mjs";
process.chdir("/work/wt/rights/e2e");
const t0=Date.now();
const site = await start(); console.log("ready in", Date.now()-t0);
const b = await browser();
const ctx = await b.newContext({ viewport: { width: 1100, height: 900 } });
const page = await ctx.newPage();
await signIn(page, site);
const rows = await page.$$eval("tbody tr", trs => trs.map(tr => [tr.querySelector("a")?.textContent, tr.innerText.replace(/\s+/g," ")]));
console.log(rows.map(r=>r.join(" | ")).join("\n"));
const want = [["Otis","erasure"],["Bernice","restriction"],["Padraig","port"],["Sile","objection"],["Wanda","rect"],["Nora","nora"],["Conall","auto"],["Beggs","complaint"],["Hector","marketing"],["Dermot","older"]];
for (const [who,name] of want) {
  const row = rows.find(r => r[1].includes(who));
  if (!row) { console.log("no", who); continue; }
  const r = await page.goto(`${site.address}/staff/requests/${row[0]}/right`);
  console.log(name, r.status());
  await page.screenshot({ path: `/tmp/shot-${name}.png`, fullPage: true });
  await page.goto(`${site.address}/staff/requests/${row[0]}/right/letter`);
  await page.screenshot({ path: `/tmp/shot-${name}-letter.png`, fullPage: true });
}
await page.setViewportSize({ width: 320, height: 640 });
const row = rows.find(r => r[1].includes("Otis"));
await page.goto(`${site.address}/staff/requests/${row[0]}/right`);
await page.screenshot({ path: `/tmp/shot-otis-320.png`, fullPage: true });
await b.close(); site.stop();
