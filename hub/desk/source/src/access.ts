// What was not shown, and why: `extensions.access` of an answer, matched with the places where values stand.
import type { Label } from "./language";

// One entry of the hub's report.
export interface Entry {
  path: (string | number)[];
  code: string;
  class: string | null;
  holders: string[] | null;
  nextStep: Label;
}

const REASONS: Record<string, Label> = {
  NO_DUTY: { zh: "无此职责", en: "no duty covers it" },
  OUT_OF_DIVISION: { zh: "不在本单位范围", en: "not in your division" },
  NOT_ON_CASE: { zh: "未参与案件", en: "not on the case" },
  NOT_ASSIGNED: { zh: "未分派给本单位", en: "not assigned to you" },
  NEEDS_PURPOSE: { zh: "须写明用途", en: "a purpose must be stated" },
  NEEDS_LEASE: { zh: "须取得授权", en: "needs a lease" },
  NEVER: { zh: "依法封存", en: "sealed by law" },
};

export function reasonOf(code: string): Label {
  return REASONS[code] ?? { zh: code, en: code };
}

export function entriesOf(extensions: Record<string, unknown> | undefined): Entry[] {
  return (extensions?.["access"] as Entry[] | undefined) ?? [];
}

// Paths name fields, not rows: a row says itself, in `withheld`, what is withheld on it.
function plain(path: (string | number)[]): string {
  return path.filter((part) => typeof part === "string").join(".");
}

export function entriesAt(entries: Entry[], path: string[]): Entry[] {
  return entries.filter((entry) => plain(entry.path) === path.join("."));
}

export function entriesUnder(entries: Entry[], path: string[]): Entry[] {
  const start = path.join(".");
  return entries.filter((entry) => plain(entry.path) === start || plain(entry.path).startsWith(`${start}.`));
}

// Entries with the same reason and next step, put together; the last part of each path names what is withheld.
export interface Reason {
  code: string;
  nextStep: Label;
  holders: string[];
  names: string[][];
}

export function reasons(entries: Entry[]): Reason[] {
  const found = new Map<string, Reason>();
  for (const entry of entries) {
    const holders = entry.holders ?? [];
    const key = `${entry.code} ${entry.nextStep?.zh} ${holders.join()}`;
    const reason = found.get(key) ?? { code: entry.code, nextStep: entry.nextStep, holders, names: [] };
    reason.names.push(entry.path.filter((part): part is string => typeof part === "string"));
    found.set(key, reason);
  }
  return [...found.values()];
}
