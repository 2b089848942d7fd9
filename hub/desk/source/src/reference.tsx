// Words for codes: code lists, kept a day by the browser for they are public; names of units and divisions as they come up.
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import type { Client } from "@urql/core";
import { useClient } from "./asking";
import { useWord, type Label } from "./language";

// In the order of the list, which an object would not keep for codes that are numbers.
export type CodeList = Map<string, Label>;

interface CodeTable {
  name: string;
  codes: { code: string; label: Label }[];
}

interface Named {
  code: string;
  name: string | null;
  nameEn: string | null;
}

const KEPT = "desk.codes";
const DAY_MS = 86_400_000;
const LISTS = "query CodeLists { codeLists { name codes { code label { zh en } } } }";
const NAMES = `query Names($units: [String!], $divisions: [String!], $most: Int) {
  organisations(first: $most, filter: { code: { in: $units } }) { nodes { code name nameEn } }
  divisions(first: $most, filter: { code: { in: $divisions } }) { nodes { code name nameEn } }
}`;
const MOST = 200;
const NONE: CodeList = new Map();

class Reference {
  private lists: Map<string, CodeList> = keptLists();
  private names = new Map<string, Label>();
  private wanted = new Set<string>();
  private listeners = new Set<() => void>();
  private version = 0;
  private timer = 0;

  constructor(private readonly client: Client) {
    if (this.lists.size === 0) void this.loadLists();
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  now = () => this.version;

  list(name: string): CodeList {
    return this.lists.get(name) ?? NONE;
  }

  name(code: string): Label | undefined {
    return this.names.get(code);
  }

  want(code: string) {
    if (this.names.has(code) || this.wanted.has(code)) return;
    this.wanted.add(code);
    // What one drawing of the page brings up is asked together.
    this.timer ||= window.setTimeout(() => void this.loadNames(), 20);
  }

  private changed() {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  private async loadLists() {
    const { data } = await this.client.query<{ codeLists: CodeTable[] }>(LISTS, {}).toPromise();
    if (!data) return;
    this.lists = listsOf(data.codeLists);
    localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), tables: data.codeLists }));
    this.changed();
  }

  private async loadNames() {
    this.timer = 0;
    const asked = [...this.wanted].filter((code) => !this.names.has(code)).slice(0, MOST);
    if (asked.length === 0) return;
    const [units, divisions] = [asked.filter((code) => code.includes("@")), asked.filter((code) => !code.includes("@"))];
    for (const code of asked) this.names.set(code, { zh: code, en: code });
    const variables = { units, divisions, most: MOST };
    const { data } = await this.client.query<Record<string, { nodes: Named[] } | null>>(NAMES, variables).toPromise();
    const found = [...(data?.["organisations"]?.nodes ?? []), ...(data?.["divisions"]?.nodes ?? [])];
    for (const { code, name, nameEn } of found) {
      this.names.set(code, { zh: name ?? code, en: nameEn ?? name ?? code });
    }
    this.changed();
    if (this.wanted.size > this.names.size) void this.loadNames();
  }
}

function listsOf(tables: CodeTable[]): Map<string, CodeList> {
  return new Map(tables.map(({ name, codes }) => [name, new Map(codes.map(({ code, label }) => [code, label]))]));
}

function keptLists(): Map<string, CodeList> {
  try {
    const read = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as { at?: number; tables?: CodeTable[] };
    return listsOf(read.at && Date.now() - read.at < DAY_MS ? (read.tables ?? []) : []);
  } catch {
    return new Map();
  }
}

const Context = createContext<Reference | null>(null);

export function ReferenceProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const reference = useMemo(() => new Reference(client), [client]);
  return <Context value={reference}>{children}</Context>;
}

function useReference(): Reference {
  const reference = useContext(Context);
  if (!reference) throw new Error("no reference data outside a session");
  useSyncExternalStore(reference.subscribe, reference.now);
  return reference;
}

export function useCodes(name: string | undefined): CodeList {
  const reference = useReference();
  return name ? reference.list(name) : NONE;
}

// The name of a unit or division; its code until the name is known.
export function Name({ code }: { code: string }) {
  const reference = useReference();
  const word = useWord();
  useEffect(() => reference.want(code), [reference, code]);
  const name = word(reference.name(code)) || code;
  return name === code ? <span>{code}</span> : <abbr title={code}>{name}</abbr>;
}
