// SPDX-FileCopyrightText: DataCity contributors
// SPDX-License-Identifier: EUPL-1.2
// Builds styles, scripts, icons and fonts into src/datacity/web/static/built, each file under a name with its fingerprint.
// `node build.mjs` builds once; `node build.mjs --watch` builds again after each change.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, "..", "src", "datacity", "web", "static", "built");
const modules = path.join(here, "node_modules");
const compressible = new Set([".css", ".js", ".svg", ".json", ".txt"]);

/** Write a file under a name with its fingerprint; give that name. */
async function put(name, bytes) {
  const { name: stem, ext } = path.parse(name);
  const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const full = `${stem}-${mark}${ext}`;
  await writeFile(path.join(target, full), bytes);
  return full;
}

/** Make one SVG file with a symbol for every icon of icons.json. */
async function sprite() {
  const names = JSON.parse(await readFile(path.join(here, "icons.json"), "utf8"));
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(path.join(modules, "lucide-static", "icons", `${name}.svg`), "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.indexOf("</svg>")).replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24"><g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</g></symbol>`;
  }));
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide, ISC licence -->${symbols.join("")}</svg>`);
}

/** Bundle styles and scripts; give [plain name, fingerprinted name] pairs. */
async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { city: "styles/city.css", "city-script": "src/city.ts", passkey: "src/passkey.ts" },
    bundle: true,
    minify: true,
    target: ["chrome109", "firefox115", "safari16.4"],
    charset: "utf8",
    outdir: target,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  return Object.entries(result.metafile.outputs).filter(([, output]) => output.entryPoint).map(([file, output]) => {
    const plain = path.basename(output.entryPoint).replace(/\.ts$/, ".js");
    return [plain, path.basename(file)];
  });
}

/** Put a .gz and a .br beside every text file. */
async function compress() {
  for (const name of await readdir(target)) {
    if (!compressible.has(path.extname(name)) || name === "manifest.json") continue;
    const bytes = await readFile(path.join(target, name));
    await writeFile(path.join(target, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    await writeFile(path.join(target, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}

/** Build everything anew. */
async function all() {
  const started = Date.now();
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const manifest = Object.fromEntries(await bundle());
  manifest["icons.svg"] = await put("icons.svg", await sprite());
  manifest["mark.svg"] = await put("mark.svg", await readFile(path.join(here, "icons", "mark.svg")));
  manifest["htmx.js"] = await put("htmx.js", await readFile(path.join(modules, "htmx.org", "dist", "htmx.min.js")));
  const licences = await Promise.all(["source-sans-3", "atkinson-hyperlegible-next"].map((font) => readFile(path.join(modules, "@fontsource-variable", font, "LICENSE"), "utf8")));
  manifest["font-licences.txt"] = await put("font-licences.txt", Buffer.from(licences.join("\n\n")));
  await compress();
  await writeFile(path.join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const sizes = await Promise.all(Object.values(manifest).map(async (name) => `${name} ${(await stat(path.join(target, name))).size}`));
  console.log(`built in ${Date.now() - started} ms: ${sizes.join(", ")}`);
}

await all();
if (process.argv.includes("--watch")) {
  let waiting;
  for (const folder of ["styles", "src", "icons"]) {
    watch(path.join(here, folder), { recursive: true }, () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => all().catch(console.error), 80);
    });
  }
}
