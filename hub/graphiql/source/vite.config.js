// One script and one stylesheet with fixed names, so that a rebuild changes two files and the page names no hash.
import { defineConfig } from "vite";

// Links to manuals in error texts and menus: the page runs in networks that reach none of them.
const withoutAddresses = {
  name: "without-addresses",
  renderChunk: (code) => code.replace(/https:\/\/[\w./-]+/g, "about:blank"),
};

export default defineConfig({
  base: "/graphiql/",
  plugins: [withoutAddresses],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    modulePreload: false,
    rolldownOptions: {
      onLog: (level, log, report) => log.code === "MODULE_LEVEL_DIRECTIVE" || report(level, log),
      output: {
        codeSplitting: false,
        entryFileNames: "graphiql.js",
        assetFileNames: "graphiql[extname]",
      },
    },
  },
});
