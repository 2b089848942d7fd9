// What the hub declares of what is shown here, and the documents made of it. Sealed fields are not among it.
import type { Label } from "./language";
import words from "./vocabulary.json";

export type Kind =
  | "id" | "text" | "int" | "bool" | "date" | "datetime" | "code" | "codes" | "texts" | "ids" | "division" | "unit";

export interface Declared {
  label: Label;
  kind: Kind;
  dataClass: string;
  codes?: string;
}

export interface Relation {
  label: Label;
  entity: string;
  many: boolean;
}

export interface Entity {
  name: string;
  label: Label;
  tag: string; // how its ids begin, and its rows are called in acts
  single: string;
  plural: string;
  fields: Record<string, Declared>;
  relations: Record<string, Relation>;
}

type Pair = string[];
interface Written {
  label: Pair;
  tag: string;
  single: string;
  plural: string;
  fields: Record<string, { label: Pair; kind: string; class: string; codes?: string }>;
  relations: Record<string, { label: Pair; entity: string; many: boolean }>;
}

export type Row = Record<string, unknown> & { id?: string; withheld?: string[] | null; rowVersion?: number | null };

// Every row has these; they say how it came to be, not what it says.
const PLUMBING = new Set(["rowVersion", "verifiedStatus", "recordedAt"]);

function pair([zh = "", en = ""]: Pair): Label {
  return { zh, en };
}

function mapped<From, To>(given: Record<string, From>, read: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, read(value)]));
}

export const ENTITIES: Record<string, Entity> = Object.fromEntries(
  Object.entries(words.entities as Record<string, Written>).map(([name, written]) => [
    name,
    {
      name,
      label: pair(written.label),
      tag: written.tag,
      single: written.single,
      plural: written.plural,
      fields: mapped(written.fields, (field) => ({
        label: pair(field.label),
        kind: field.kind as Kind,
        dataClass: field.class,
        ...(field.codes ? { codes: field.codes } : {}),
      })),
      relations: mapped(written.relations, (relation) => ({ ...relation, label: pair(relation.label) })),
    },
  ]),
);

// What notices tell of, what units owe by which rule, and which notices may be sent back.
export const EVENTS: Record<string, Label> = mapped(words.events as Record<string, Pair>, pair);
export const RULES: Record<string, Label> = mapped(words.rules as Record<string, Pair>, pair);
export const DECLINABLE = new Set<string>(words.declinable);

export function entity(name: string): Entity {
  const found = ENTITIES[name];
  if (!found) throw new Error(`the vocabulary has no ${name}`);
  return found;
}

// The fields shown of a row, in the order of their declaration.
export function shownFields(of: Entity): string[] {
  return Object.keys(of.fields).filter((name) => !PLUMBING.has(name));
}

// The relation behind a field that holds an id, where it leads to somebody who has a name: guardianId, guardian.
export function namedBy(of: Entity, field: string): string | null {
  const relation = of.relations[field.replace(/Id$/, "")];
  const leads = of.fields[field]?.kind === "id" && relation && !relation.many && ENTITIES[relation.entity]?.fields["name"];
  return leads ? field.replace(/Id$/, "") : null;
}

// The selection of a row's own values.
export function selection(of: Entity): string {
  const version = of.fields["rowVersion"] ? " rowVersion" : "";
  const names = shownFields(of).flatMap((field) => namedBy(of, field) ?? []);
  return `id ${shownFields(of).join(" ")} ${names.map((name) => `${name} { id name }`).join(" ")}${version} withheld`;
}

// The selection of some relations of a row; of a household its members too.
export function related(of: Entity, names: string[], first: number): string {
  return names
    .flatMap((name) => {
      const relation = of.relations[name];
      return relation ? [`${name}${relation.many ? `(first: ${first})` : ""} { ${inner(entity(relation.entity))} }`] : [];
    })
    .join(" ");
}

function inner(of: Entity): string {
  const members = of.relations["members"];
  return members ? `${selection(of)} members(first: 30) { ${selection(entity(members.entity))} }` : selection(of);
}

const TAGS = new Set(Object.values(ENTITIES).map((of) => of.tag));

// How a row of a kind is called in the arguments of an act: report, concernReport; servicePlanItem, planItem, item, plan.
export function callNames(of: Entity): Set<string> {
  const parts = of.single.split(/(?=[A-Z])/);
  const names = parts.map((_, from) => parts.slice(from).join("")).map((name) => name.charAt(0).toLowerCase() + name.slice(1));
  // A dropout case is no `case`: that is what another kind of row is called.
  return new Set([of.tag, ...names.filter((name) => name === of.single || !TAGS.has(name))]);
}

const KINDS = new Map<string, Kind>();
for (const { fields } of Object.values(ENTITIES)) {
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === "unit" || field.kind === "division") KINDS.set(name, field.kind);
  }
}

// Whether a text of this name holds the code of a unit or of a division, by the declarations or else by its name.
export function placeKind(name: string): "unit" | "division" | null {
  const declared = KINDS.get(name);
  if (declared === "unit" || declared === "division") return declared;
  if (/(^u|U)nits?$/.test(name)) return "unit";
  return /(^d|D)ivision$/.test(name) ? "division" : null;
}
