// The acts open to this unit, read from its own view of the schema: each becomes a form without a word of code about it.
import type { Client, CombinedError } from "@urql/core";
import type { Label } from "./language";
import { callNames, ENTITIES, placeKind, type Entity } from "./vocabulary";

export type Shape =
  | { kind: "text" | "long" | "int" | "float" | "bool" | "date" | "datetime" | "unit" | "division" | "id" }
  | { kind: "code"; list: string }
  | { kind: "enum"; options: { code: string; label: Label }[] }
  | { kind: "list"; of: Shape }
  | { kind: "object"; slots: Slot[] };

// One place of a form.
export interface Slot {
  name: string;
  path: string; // input.visitedOn
  label: Label;
  help: Label | null;
  required: boolean;
  shape: Shape;
  preset: string | null; // the default that the schema gives
}

export interface Act {
  name: string;
  title: Label;
  help: Label | null;
  verb: "create" | "update" | "end" | "command";
  entity: Entity | null; // what it writes, where that is shown here
  raw: Argument[];
  payload: string;
}

interface TypeRef {
  kind: string;
  name: string | null;
  ofType: TypeRef | null;
}

export interface Argument {
  name: string;
  description: string | null;
  defaultValue: string | null;
  type: TypeRef;
}

interface TypeTold {
  kind: string;
  name: string;
  inputFields: Argument[] | null;
  enumValues: { name: string; description: string | null }[] | null;
  fields: { name: string; type: TypeRef }[] | null;
}

interface MutationTold {
  name: string;
  description: string | null;
  args: Argument[];
  type: TypeRef;
}

const REF = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
const ACTS = `query Acts { __type(name: "Mutation") { fields {
  name description args { name description defaultValue type { ${REF} } } type { ${REF} } } } }`;
// Types at once: the hub answers so many root fields in one operation, and no more.
const AT_ONCE = 20;
const NUMBERS = [...Array(AT_ONCE).keys()];
const TYPES = `query Types(${NUMBERS.map((n) => `$t${n}: String!`).join(", ")}) {
  ${NUMBERS.map((n) => `t${n}: __type(name: $t${n}) { ...Told }`).join("\n  ")}
}
fragment Told on __Type { kind name
  inputFields { name description defaultValue type { ${REF} } }
  enumValues { name description }
  fields { name type { ${REF} } } }`;

// Sent by the form itself, never asked of anybody.
const OWN = new Set(["idempotencyKey"]);
const LONG = /(note|narrative|summary|conclusion|content|description|reason|log|detail|opinion|text)$/i;
const SCALARS: Record<string, Shape> = {
  ID: { kind: "id" },
  Int: { kind: "int" },
  Float: { kind: "float" },
  Boolean: { kind: "bool" },
  Date: { kind: "date" },
  DateTime: { kind: "datetime" },
};

export class Schema {
  private readonly types = new Map<string, TypeTold>();

  private constructor(
    private readonly client: Client,
    readonly acts: Act[],
  ) {}

  // Everything the unit may do; of commands their inputs too, which say what they are about.
  static async read(client: Client): Promise<Schema> {
    const told = await ask<{ __type: { fields: MutationTold[] } | null }>(client, ACTS, {});
    const schema = new Schema(client, (told.__type?.fields ?? []).map(actOf));
    const commands = schema.acts.filter((act) => act.verb === "command");
    await schema.load(commands.flatMap((act) => [...act.raw.map((argument) => named(argument.type)), act.payload]));
    for (const act of commands) act.entity ??= schema.entityIn(act.payload);
    return schema;
  }

  act(name: string): Act | undefined {
    return this.acts.find((act) => act.name === name);
  }

  // The places of an act's form.
  async slots(act: Act): Promise<Slot[]> {
    await this.load([...act.raw.map((argument) => named(argument.type)), act.payload]);
    return this.known(act);
  }

  // The places that are known already: all of a command's, of others the arguments beside their input.
  known(act: Act): Slot[] {
    return act.raw.filter((argument) => !OWN.has(argument.name)).map((argument) => this.slot(argument, ""));
  }

  // The mutation, with what may be read of its answer.
  document(act: Act): string {
    const variables = act.raw.map((argument) => `$${argument.name}: ${written(argument.type)}`).join(", ");
    const given = act.raw.map((argument) => `${argument.name}: $${argument.name}`).join(", ");
    return `mutation Act(${variables}) { ${act.name}(${given}) ${this.answer(act.payload)} }`;
  }

  private answer(payload: string): string {
    const fields = this.types.get(payload)?.fields;
    if (!fields) return "";
    const parts = fields.map(({ name, type }) => {
      if (isLeaf(type)) return name;
      return ENTITIES[named(type)] ? `${name} { id }` : `${name} { __typename }`;
    });
    return `{ ${parts.join(" ")} }`;
  }

  private entityIn(payload: string): Entity | null {
    const types = (this.types.get(payload)?.fields ?? []).map((field) => ENTITIES[named(field.type)]);
    return types.find((found) => found !== undefined) ?? ENTITIES[payload] ?? null;
  }

  private async load(names: string[]): Promise<void> {
    const missing = [...new Set(names)].filter((name) => !this.types.has(name) && !SCALARS[name] && name !== "String");
    if (missing.length === 0) return;
    const found: TypeTold[] = [];
    for (let from = 0; from < missing.length; from += AT_ONCE) {
      const asked = missing.slice(from, from + AT_ONCE);
      const variables = Object.fromEntries(NUMBERS.map((n) => [`t${n}`, asked[n] ?? asked[0]]));
      const told = await ask<Record<string, TypeTold | null>>(this.client, TYPES, variables);
      found.push(...Object.values(told).filter((type) => type !== null));
    }
    for (const type of found) this.types.set(type.name, type);
    await this.load(found.flatMap((type) => (type.inputFields ?? []).map((field) => named(field.type))));
  }

  private slot(argument: Argument, above: string): Slot {
    const { label, help, required, list } = described(argument);
    const path = above ? `${above}.${argument.name}` : argument.name;
    return {
      name: argument.name,
      path,
      label,
      help,
      required: argument.type.kind === "NON_NULL" || required,
      shape: this.shape(argument.type, argument.name, list, path),
      preset: plainDefault(argument.defaultValue),
    };
  }

  private shape(type: TypeRef, name: string, list: string | null, path: string): Shape {
    if (type.kind === "NON_NULL" && type.ofType) return this.shape(type.ofType, name, list, path);
    if (type.kind === "LIST" && type.ofType) return { kind: "list", of: this.shape(type.ofType, name, list, path) };
    const told = this.types.get(type.name ?? "");
    if (told?.inputFields) return { kind: "object", slots: told.inputFields.map((field) => this.slot(field, path)) };
    if (told?.enumValues) {
      return { kind: "enum", options: told.enumValues.map((value) => ({ code: value.name, label: pair(value.description ?? value.name) })) };
    }
    const scalar = SCALARS[type.name ?? ""];
    if (scalar) return scalar;
    if (list) return { kind: "code", list };
    const place = placeKind(name);
    return { kind: place ?? (LONG.test(name) ? "long" : "text") };
  }
}

async function ask<T>(client: Client, document: string, variables: Record<string, unknown>): Promise<T> {
  const { data, error } = await client.query<T>(document, variables).toPromise();
  if (error || !data) throw error as CombinedError;
  return data;
}

function actOf(told: MutationTold): Act {
  const verb = /^(create|update|end)[A-Z]/.exec(told.name)?.[1] as Act["verb"] | undefined;
  const payload = named(told.type);
  const { label } = described(told);
  const wanted = ENTITIES[payload.replace(/Payload$/, "")] ?? null;
  // Only what is written field by field is named after what it writes.
  const plain = verb && told.name.slice(verb.length) && told.args.some((argument) => argument.name === (verb === "end" ? "on" : "input"));
  const title = { zh: firstClause(label.zh), en: firstClause(label.en) };
  const more = { zh: label.zh.slice(title.zh.length + 1), en: label.en.slice(title.en.length + 1).trim() };
  // What is said of the fields of every record is for those who write requests by hand.
  const help = !plain && more.zh ? more : null;
  return { name: told.name, title, help, verb: plain ? verb : "command", entity: wanted, raw: told.args, payload };
}

function firstClause(text: string): string {
  return text.split(/[；;]/)[0] ?? text;
}

function named(type: TypeRef): string {
  return type.ofType ? named(type.ofType) : (type.name ?? "");
}

function isLeaf(type: TypeRef): boolean {
  return type.ofType ? isLeaf(type.ofType) : type.kind === "SCALAR" || type.kind === "ENUM";
}

function written(type: TypeRef): string {
  if (type.kind === "NON_NULL" && type.ofType) return `${written(type.ofType)}!`;
  if (type.kind === "LIST" && type.ofType) return `[${written(type.ofType)}]`;
  return type.name ?? "";
}

function plainDefault(value: string | null): string | null {
  return value === null || value === "null" ? null : value.replace(/^"|"$/g, "");
}

function pair(text: string): Label {
  const [zh = "", ...en] = text.split(" / ");
  return { zh: zh.trim(), en: en.join(" / ").trim() || zh.trim() };
}

// Descriptions are written 中文 / English [class, level, owners], then the code list, then what else is to be known.
export function described(told: { name: string; description: string | null }) {
  const [first = "", ...more] = (told.description ?? told.name).split("\n");
  const required = first.startsWith("（必填）");
  const title = first.replace(/^（必填）\s*\/\s*required:\s*/, "").replace(/\s*\[D\d\d[^\]]*\]\s*$/, "");
  const list = /codeList\(name: "([^"]+)"\)/.exec(told.description ?? "")?.[1] ?? null;
  const rest = more.filter((line) => line.trim() && !line.includes("codeList(")).join(" ");
  return { label: pair(title || told.name), help: rest ? pair(rest) : null, required, list };
}

// What the arguments of an act are about: case, child, report …; `id` is about what the act writes.
export function subjects(schema: Schema, act: Act): Set<string> {
  const found = new Set(schema.known(act).flatMap(ids).map(bare));
  if (act.verb === "create") for (const name of ["child", "case"]) if (act.entity?.relations[name]) found.add(name);
  return found;
}

function ids(slot: Slot): string[] {
  if (slot.shape.kind === "object") return slot.shape.slots.flatMap(ids);
  return slot.shape.kind === "id" ? [slot.name] : [];
}

export function bare(name: string): string {
  return name === "id" ? name : name.replace(/Ids?$/, "");
}

// Whether an act is done to a row of this kind: its `id` says so, or an argument that is called like the row.
export function isDoneTo(schema: Schema, act: Act, of: Entity): boolean {
  const about = subjects(schema, act);
  if (about.has("id")) return act.entity?.name === of.name;
  if (act.verb === "create") return false;
  return [...callNames(of)].some((name) => about.has(name));
}
