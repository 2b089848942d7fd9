// The query page: GraphiQL under a bar that holds the token, the purpose and the examples.
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createElement as h, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { Bar } from "./bar.js";
import { EXAMPLES } from "./examples.js";
import "./page.css";

// Queries and answers may hold children's names: they live in this page's memory and nowhere else.
function memory() {
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, String(value)),
    removeItem: (key) => items.delete(key),
    clear: () => items.clear(),
  };
}

const storage = memory();
storage.setItem("graphiql:theme", "light");

function headersOf(access) {
  const headers = {
    Accept: "application/graphql-response+json, application/json, text/event-stream",
    "Content-Type": "application/json",
    Authorization: `Bearer ${access.token}`,
  };
  for (const name of ["Duty", "Case", "Task", "Application"]) {
    if (access[name]) headers[`Hub-${name}`] = access[name];
  }
  return headers;
}

const SIGN_IN = { errors: [{ message: "请先在上方填入令牌并登入；Enter a token above and sign in" }] };

function fetcherOf(access) {
  return async (request, options) => {
    if (!access.token) return SIGN_IN;
    const body = access.strict ? { ...request, extensions: { onDenied: "ERROR" } } : request;
    const stop = new AbortController();
    const response = await fetch(window.location.pathname, {
      method: "POST",
      signal: stop.signal,
      headers: { ...headersOf(access), ...(options?.headers ?? {}) },
      body: JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    return isStream ? eventsOf(response, stop) : response.json();
  };
}

// A subscription comes as an event stream: each event one result, until either side ends it.
async function* eventsOf(response, stop) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const data = part.split("\n").find((line) => line.startsWith("data: {"));
        if (data) yield JSON.parse(data.slice("data: ".length));
      }
    }
  } finally {
    stop.abort();
  }
}

function Page() {
  const [access, setAccess] = useState({ token: "", strict: false });
  const [query, setQuery] = useState(EXAMPLES[0].query);
  const fetcher = useMemo(() => fetcherOf(access), [access]);
  return h(
    "div",
    { className: "page" },
    h(Bar, { access, onAccess: setAccess, onExample: setQuery }),
    h(
      "div",
      { className: "tool" },
      // A new token is a new view of the schema: the page asks for it afresh.
      h(GraphiQL, {
        key: access.token,
        fetcher,
        storage,
        query,
        onEditQuery: setQuery,
        defaultQuery: EXAMPLES[0].query,
        defaultEditorToolsVisibility: "variables",
        shouldPersistHeaders: false,
        forcedTheme: "light",
      }),
    ),
  );
}

createRoot(document.getElementById("root")).render(h(Page));
