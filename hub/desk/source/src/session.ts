// Who is signed in: the token lives in this tab only, never in an address; it goes when the tab does.
import { useSyncExternalStore } from "react";

export interface Session {
  token: string;
  until: number; // milliseconds
}

// What a request states beside the token: the duty, case, task or application that it serves.
export type Purpose = Partial<Record<"Duty" | "Case" | "Task" | "Application", string>>;

export type Ended = "expired" | "idle" | "refused";

const SESSION = "desk.session";
const PURPOSE = "desk.purpose";
const ENDED = "desk.ended";
// Long enough to write up a visit, short enough for an office that others walk through.
const IDLE_MS = 30 * 60_000;
const LOOK_MS = 15_000;

const listeners = new Set<() => void>();
let session = stored();
let lastAct = Date.now();

function stored(): Session | null {
  try {
    const read = JSON.parse(sessionStorage.getItem(SESSION) ?? "null") as Session | null;
    return read && typeof read.token === "string" && read.until > Date.now() ? read : null;
  } catch {
    return null;
  }
}

function tell() {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, () => session);
}

// The second at which a token ends, as it says itself; the hub is the judge of it.
function endOf(token: string): number {
  try {
    const body = token.split(".")[1] ?? "";
    const claims = JSON.parse(atob(body.replace(/-/g, "+").replace(/_/g, "/"))) as { exp?: number };
    return (claims.exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}

export function signIn(token: string) {
  lastAct = Date.now();
  session = { token, until: endOf(token) || Date.now() + 3_600_000 };
  sessionStorage.removeItem(ENDED);
  sessionStorage.setItem(SESSION, JSON.stringify(session));
  tell();
}

// Everything that this tab kept of persons goes with the session.
export function signOut(why?: Ended) {
  if (!session) return;
  session = null;
  sessionStorage.clear();
  if (why) sessionStorage.setItem(ENDED, why);
  tell();
}

export function whyEnded(): Ended | null {
  return sessionStorage.getItem(ENDED) as Ended | null;
}

// As it is kept, so that whoever shows or sends it notices a change.
const keptPurpose = () => sessionStorage.getItem(PURPOSE) ?? "{}";

export function usePurpose(): string {
  return useSyncExternalStore(subscribe, keptPurpose);
}

export function readPurpose(): Purpose {
  try {
    return JSON.parse(keptPurpose()) as Purpose;
  } catch {
    return {};
  }
}

export function statePurpose(purpose: Purpose) {
  sessionStorage.setItem(PURPOSE, JSON.stringify(purpose));
  tell();
}

function look() {
  if (!session) return;
  if (Date.now() > session.until) signOut("expired");
  else if (Date.now() - lastAct > IDLE_MS) signOut("idle");
}

export function watchSession() {
  for (const act of ["pointerdown", "keydown", "scroll"]) {
    window.addEventListener(act, () => (lastAct = Date.now()), { passive: true });
  }
  window.setInterval(look, LOOK_MS);
}
