// From what stands in a form to the variables of its mutation, and from faults back to the places of the form. Pure.
import type { Fault } from "./client";
import type { Slot } from "./schema";
import type { Row } from "./vocabulary";

// By path; a list of texts or codes is a list, the number of a list of objects stands under `path#`.
export type Values = Record<string, string | string[]>;

const CHINA = "+08:00";

export function itemsOf(values: Values, path: string): number {
  return Number(values[`${path}#`] ?? 0);
}

// A slot of the nth object of a list.
export function nth(slot: Slot, list: string, n: number): Slot {
  const path = slot.path.replace(list, `${list}.${n}`);
  const shape = slot.shape.kind === "object" ? { ...slot.shape, slots: slot.shape.slots.map((inner) => nth(inner, list, n)) } : slot.shape;
  return { ...slot, path, shape };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

// What one place says: undefined for nothing.
function said(slot: Slot, values: Values): unknown {
  const { shape, path } = slot;
  if (shape.kind === "object") return gathered(shape.slots, values);
  if (shape.kind === "list" && shape.of.kind === "object") {
    const slots = shape.of.slots;
    const items = [...Array(itemsOf(values, path)).keys()];
    return items.map((n) => gathered(slots.map((inner) => nth(inner, path, n)), values) ?? {});
  }
  const value = values[path];
  if (isEmpty(value)) return undefined;
  if (shape.kind === "list") return Array.isArray(value) ? value : lines(String(value));
  return scalar(shape.kind, String(value));
}

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

function scalar(kind: string, value: string): unknown {
  switch (kind) {
    case "int":
    case "float":
      // What is no number goes as it is, and the hub says so at its place.
      return Number.isNaN(Number(value)) ? value : Number(value);
    case "bool":
      return value === "true";
    case "datetime":
      return /([+-]\d\d:\d\d|Z)$/.test(value) ? value : `${value.length === 16 ? `${value}:00` : value}${CHINA}`;
    default:
      return value;
  }
}

function gathered(slots: Slot[], values: Values): Record<string, unknown> | undefined {
  const pairs = slots.map((slot) => [slot.name, said(slot, values)] as const).filter(([, value]) => !isEmpty(value));
  return pairs.length ? Object.fromEntries(pairs) : undefined;
}

// The variables; where a row is changed, only what was changed, and what was emptied as null.
export function variablesOf(slots: Slot[], values: Values, former: Values | null): Record<string, unknown> {
  const pairs = slots.map((slot) => {
    if (slot.name !== "input" || !former || slot.shape.kind !== "object") return [slot.name, said(slot, values)];
    const changed = slot.shape.slots.filter((inner) => !same(values[inner.path], former[inner.path]));
    return [slot.name, Object.fromEntries(changed.map((inner) => [inner.name, said(inner, values) ?? null]))];
  });
  const required = slots.filter((slot) => slot.shape.kind === "object" && slot.required).map((slot) => slot.name);
  return Object.fromEntries(pairs.map(([name, value]) => [name, value ?? (required.includes(String(name)) ? {} : null)]));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? "") === JSON.stringify(b ?? "");
}

// What is required and empty, said as the hub says it, without asking it.
export function emptied(slots: Slot[], values: Values): Fault[] {
  return slots.flatMap((slot): Fault[] => {
    if (slot.shape.kind === "object") return slot.required ? emptied(slot.shape.slots, values) : [];
    if (!slot.required || !isEmpty(said(slot, values))) return [];
    return [{ path: slot.path.split("."), code: "REQUIRED", zh: "必须填写", en: "must be given" }];
  });
}

// The place of a fault in the form; the hub's paths begin with the name of the act.
export function placeOf(fault: Fault, act: string): string {
  const path = fault.path[0] === act ? fault.path.slice(1) : fault.path;
  return path.join(".");
}

// The values of a row that is to be changed, as they stand in the form.
export function formerOf(slots: Slot[], row: Row): Values {
  const input = slots.find((slot) => slot.name === "input");
  if (input?.shape.kind !== "object") return {};
  const pairs = input.shape.slots.map((slot) => [slot.path, shownOf(slot, row[slot.name])] as const);
  return Object.fromEntries(pairs.filter(([, value]) => !isEmpty(value)));
}

function shownOf(slot: Slot, value: unknown): string | string[] {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(String);
  return slot.shape.kind === "datetime" ? chinaTime(String(value)) : String(value);
}

export function chinaTime(at: string): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 16);
}
