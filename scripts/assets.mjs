// Copies what the pages need from node_modules into crm/static/vendor and cuts the icon sprite.
// Safe to run again: it writes what differs and removes what no longer belongs.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = join(ROOT, "node_modules");
const VENDOR = join(ROOT, "crm/static/vendor");
const ICON_LIST = join(ROOT, "crm/static/icons.txt");
const OUTLINE = join(PACKAGES, "@tabler/icons/icons/outline");
const INTER = join(PACKAGES, "@fontsource-variable/inter");
const FONTS = join(ROOT, "crm/fonts"); // what letters are set in; typst reads TTF, not WOFF2
const SUBSETS = ["latin", "latin-ext"]; // names of people in the languages we print

const COPIES = {
  "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
  "Sortable.min.js": "sortablejs/Sortable.min.js",
};

// Faces of the letters: the reading face, and one for each script a name may be written in.
const FACES = {
  "libertinus-serif": ["400Regular", "600SemiBold"],
  "noto-sans": ["400Regular", "600SemiBold"],
};
const SCRIPTS = [
  "arabic", "armenian", "bengali", "ethiopic", "georgian", "gujarati", "gurmukhi", "hebrew", "khmer", "kr", "sc",
  "symbols-2", "tamil", "telugu", "thai",
];

function read(path) {
  if (!existsSync(path)) {
    console.error(`${relative(ROOT, path)} is missing. Run "npm ci" first, or correct its name.`);
    process.exit(1);
  }
  return readFileSync(path);
}

// The maps are not copied, so the files must not point at them.
function withoutSourceMap(bytes) {
  return Buffer.from(bytes.toString("utf8").replace(/\n?(\/\*#|\/\/#) sourceMappingURL=.*$/m, ""));
}

function interFiles() {
  const faces = read(join(INTER, "opsz.css")).toString("utf8").split(/(?=\/\* inter-)/);
  const wanted = SUBSETS.map((subset) => {
    const face = faces.find((text) => text.startsWith(`/* inter-${subset}-opsz-normal */`));
    if (!face) throw new Error(`Inter no longer has the subset ${subset}.`);
    return face.trim();
  });
  const files = { "inter/opsz.css": Buffer.from(`${wanted.join("\n\n")}\n`) };
  for (const [, name] of wanted.join("").matchAll(/url\(\.\/(files\/[^)]+)\)/g)) {
    files[`inter/${name}`] = read(join(INTER, name));
  }
  return files;
}

function fontFiles() {
  const faces = { ...FACES, ...Object.fromEntries(SCRIPTS.map((script) => [`noto-sans-${script}`, ["400Regular"]])) };
  const files = {};
  for (const [name, weights] of Object.entries(faces)) {
    for (const weight of weights) {
      const folder = join(PACKAGES, "@expo-google-fonts", name, weight);
      for (const file of readdirSync(folder).filter((file) => file.endsWith(".ttf"))) {
        files[file] = read(join(folder, file));
      }
    }
  }
  return files;
}

function iconNames() {
  const lines = read(ICON_LIST).toString("utf8").split("\n");
  const names = lines.map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  return [...new Set(names)].sort();
}

function sprite() {
  const symbols = iconNames().map((name) => {
    const drawing = read(join(OUTLINE, `${name}.svg`)).toString("utf8");
    const inside = drawing.slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, "").trim()}</symbol>`;
  });
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

function write(folder, files) {
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

function removeOthers(folder, files) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const name = relative(folder, path);
    if (entry.isFile() && !entry.name.startsWith(".") && !(name in files)) rmSync(path);
  }
}

const files = { ...interFiles(), "icons.svg": sprite() };
for (const [name, source] of Object.entries(COPIES)) {
  files[name] = withoutSourceMap(read(join(PACKAGES, source)));
}
// Beside each text a packed one, which the server hands out to whoever takes it.
for (const name of Object.keys(files).filter((name) => /\.(css|js|svg)$/.test(name))) {
  files[`${name}.gz`] = gzipSync(files[name], { level: 9 });
}
const fonts = fontFiles();
write(VENDOR, files);
removeOthers(VENDOR, files);
write(FONTS, fonts);
removeOthers(FONTS, fonts);
console.log(
  `crm/static/vendor: ${Object.keys(files).length} files, ${iconNames().length} icons; ` +
    `crm/fonts: ${Object.keys(fonts).length} faces.`,
);
