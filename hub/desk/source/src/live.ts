// Follows this unit's inbox as an event stream. Read with fetch, for an EventSource can carry no token.

export interface Update {
  cursor: string;
  kind: string; // started, created, updated
}

export interface Listener {
  onUpdate: (update: Update) => void;
  onLive: (live: boolean) => void;
}

const ASKED = "subscription Inbox($after: String) { inbox(after: $after) { cursor kind notice { id } } }";
// The hub lets itself be heard every quarter of a minute; a line that is silent for three of them is dead.
const SILENT_MS = 45_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
// Behind such a cursor one begins anew.
const FORGOTTEN = new Set(["CURSOR_TOO_OLD", "CURSOR_INVALID"]);
// Will pass, though sending the very same again would not help.
const LATER = new Set([...FORGOTTEN, "SUBSCRIPTION_ENDED"]);

interface End {
  code: string;
  retryable: boolean;
}

// Goes on behind the last cursor after every break, until it is stopped.
export function followInbox(headers: () => Record<string, string>, listener: Listener): () => void {
  const stop = new AbortController();
  void keepFollowing(headers, listener, stop.signal);
  return () => stop.abort();
}

async function keepFollowing(headers: () => Record<string, string>, listener: Listener, stop: AbortSignal) {
  let after: string | null = null;
  let pause = FIRST_PAUSE_MS;
  while (!stop.aborted) {
    const opened = () => listener.onLive(true);
    const ended = await followOnce({ headers: headers(), after, stop, opened }, (update) => {
      after = update.cursor;
      pause = FIRST_PAUSE_MS;
      listener.onUpdate(update);
    });
    if (stop.aborted || !(ended.retryable || LATER.has(ended.code))) break;
    if (FORGOTTEN.has(ended.code)) after = null;
    if (ended.code === "SILENT") continue;
    listener.onLive(false);
    await pausing(pause, stop);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  if (!stop.aborted) listener.onLive(false);
}

interface Attempt {
  headers: Record<string, string>;
  after: string | null;
  stop: AbortSignal;
  opened: () => void;
}

// One connection, and what ended it.
async function followOnce({ headers, after, stop, opened }: Attempt, onUpdate: (update: Update) => void): Promise<End> {
  const line = new AbortController();
  const hangUp = () => line.abort();
  let timer = window.setTimeout(hangUp, SILENT_MS);
  const heard = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(hangUp, SILENT_MS);
  };
  stop.addEventListener("abort", hangUp);
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ query: ASKED, variables: { after } }),
      credentials: "omit",
      cache: "no-store",
      signal: line.signal,
    });
    if (!response.body || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
      return endOf((await response.json()) as Result) ?? BROKEN;
    }
    opened();
    return await read(response.body, heard, onUpdate);
  } catch {
    return line.signal.aborted ? { code: "SILENT", retryable: true } : BROKEN;
  } finally {
    window.clearTimeout(timer);
    stop.removeEventListener("abort", hangUp);
  }
}

const BROKEN: End = { code: "BROKEN", retryable: true };

interface Result {
  data?: { inbox: Update | null } | null;
  errors?: { extensions?: Partial<End> }[];
}

function endOf(result: Result | null): End | null {
  const [error] = result?.errors ?? [];
  return error ? { code: error.extensions?.code ?? "", retryable: error.extensions?.retryable ?? false } : null;
}

async function read(body: ReadableStream<Uint8Array>, heard: () => void, onUpdate: (update: Update) => void): Promise<End> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return BROKEN;
    heard();
    const events = (waiting + decoder.decode(value, { stream: true })).split("\n\n");
    waiting = events.pop() ?? "";
    for (const event of events) {
      const result = resultOf(event);
      const ended = endOf(result);
      if (ended) {
        void reader.cancel();
        return ended;
      }
      if (result?.data?.inbox) onUpdate(result.data.inbox);
    }
  }
}

// Comments and the end of the stream hold no result.
function resultOf(event: string): Result | null {
  const data = event.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
  return data ? (JSON.parse(data) as Result) : null;
}

// Or until the network is back.
function pausing(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", go);
      stop.removeEventListener("abort", go);
      resolve();
    };
    const timer = window.setTimeout(go, ms);
    window.addEventListener("online", go);
    stop.addEventListener("abort", go);
  });
}
