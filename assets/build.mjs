// Builds dist/ from src/ and the two locked packages; `--check` builds to memory and compares, so
// that the committed files can never differ from their source.
import { build } from "esbuild";
import { compile } from "sass";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const mojImages = join(here, "node_modules/@ministryofjustice/frontend/moj/assets/images");
const identity = /crown|crest|GDS Transport|GOV\.UK logo/i;

function styles() {
  const { css } = compile(join(here, "src/app.scss"), {
    style: "compressed",
    loadPaths: [here, join(here, "node_modules"), join(here, "src")],
    quietDeps: true,
    logger: { warn: (text, { span }) => span?.url?.pathname.includes("/node_modules/") || /govuk-text-colour/.test(text) || console.warn(text) },
  });
  const plain = css.replace(/^\uFEFF/, "");
  const found = plain.match(identity);
  if (found) throw new Error(`the style sheet carries a part of GOV.UK's identity: ${found[0]}`);
  return plain;
}

async function script(entry, format) {
  const result = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2020",
    legalComments: "none",
  });
  return result.outputFiles[0].text;
}

const css = styles();
const files = new Map([
  ["app.css", css],
  ["app.js", await script("app.mjs", "esm")],
  ["early.js", await script("early.js", "iife")],
  ["icon.svg", readFileSync(join(here, "src/icon.svg"), "utf8")],
  ["licences.txt", readFileSync(join(here, "src/licences.txt"), "utf8")],
]);
for (const [, name] of css.matchAll(/url\("?\/assets\/([\w-]+\.svg)"?\)/g)) {
  files.set(name, readFileSync(join(mojImages, name), "utf8"));
}

const dist = join(here, "dist");
if (process.argv.includes("--check")) {
  const present = new Set(readdirSync(dist));
  const wrong = [...files].filter(([name, text]) => !present.has(name) || readFileSync(join(dist, name), "utf8") !== text);
  const extra = [...present].filter((name) => !files.has(name));
  if (wrong.length || extra.length) {
    console.error(`assets/dist is not what its source builds: ${[...wrong.map(([n]) => n), ...extra].join(", ")}`);
    console.error("run `npm run build` in assets/ and commit the result");
    process.exit(1);
  }
  console.log(`assets/dist: ${files.size} files as built from source`);
} else {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const [name, text] of files) writeFileSync(join(dist, name), text);
  console.log([...files].map(([name, text]) => `${name} ${text.length}`).join("\n"));
}
