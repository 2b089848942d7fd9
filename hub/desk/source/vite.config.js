// One script and one stylesheet, named by their content, and beside them the digest of what they were built from.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { defineConfig } from "vite";

const HERE = import.meta.dirname;
const STATIC = join(HERE, "../static");

// Links to manuals in error texts: the page runs in networks that reach none of them.
const withoutAddresses = {
  name: "without-addresses",
  renderChunk: (code) => code.replace(/https:\/\/[\w./-]+/g, "about:blank"),
};

function sources() {
  return readdirSync(HERE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(HERE, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((name) => !name.startsWith("node_modules/"))
    .sort();
}

// Whoever changes a source without building it anew is told by the tests, which need no Node.
const builtFrom = {
  name: "built-from",
  closeBundle() {
    const digest = createHash("sha256");
    for (const name of sources()) digest.update(`${name}\0`).update(readFileSync(join(HERE, name))).update("\0");
    writeFileSync(join(STATIC, "built-from.txt"), `${digest.digest("hex")}\n`);
  },
};

export default defineConfig({
  base: "/desk/",
  plugins: [withoutAddresses, builtFrom],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: ["chrome100", "safari16", "firefox115"],
    rolldownOptions: {
      output: { codeSplitting: false, entryFileNames: "desk-[hash].js", assetFileNames: "desk-[hash][extname]" },
    },
  },
});
