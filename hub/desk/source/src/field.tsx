// One place of a form: its label, its help, its fault and the control that fits its shape, all told to screen readers.
import type { ReactNode } from "react";
import type { Fault } from "./client";
import { itemsOf, nth, type Values } from "./form";
import { useSay, useWord } from "./language";
import { Places } from "./places";
import { useCodes } from "./reference";
import type { Shape, Slot } from "./schema";

export interface FormState {
  values: Values;
  set: (path: string, value: string | string[]) => void;
  faults: Map<string, Fault>;
  fixed: Map<string, string>; // what the page that led here has settled
  around: string; // the unit's division
}

export const idOf = (path: string) => `f-${path}`;

export function FieldFor({ slot, form }: { slot: Slot; form: FormState }): ReactNode {
  const { shape } = slot;
  if (form.fixed.has(slot.path)) return null;
  if (shape.kind === "object") return <Group slot={slot} slots={shape.slots} form={form} />;
  if (shape.kind === "list" && shape.of.kind === "object") return <Several slot={slot} slots={shape.of.slots} form={form} />;
  if (shape.kind === "list" && (shape.of.kind === "code" || shape.of.kind === "enum")) return <Ticks slot={slot} of={shape.of} form={form} />;
  return <Single slot={slot} form={form} />;
}

// What the act is about needs no frame of its own; what may be left out is folded away.
function Group({ slot, slots, form }: { slot: Slot; slots: Slot[]; form: FormState }) {
  const word = useWord();
  const say = useSay();
  const inner = slots.map((one) => <FieldFor key={one.path} slot={one} form={form} />);
  if (slot.name === "input") return <>{inner}</>;
  if (slot.required) {
    return (
      <fieldset id={idOf(slot.path)}>
        <legend>{word(slot.label)}</legend>
        {inner}
      </fieldset>
    );
  }
  const open = [...form.faults.keys()].some((path) => path.startsWith(`${slot.path}.`));
  return (
    <details className="more" open={open || undefined}>
      <summary>
        {word(slot.label)} <small>{say("（可不填）", "(may be left out)")}</small>
      </summary>
      {inner}
    </details>
  );
}

function Several({ slot, slots, form }: { slot: Slot; slots: Slot[]; form: FormState }) {
  const word = useWord();
  const say = useSay();
  const count = itemsOf(form.values, slot.path);
  const setCount = (n: number) => form.set(`${slot.path}#`, String(n));
  return (
    <fieldset id={idOf(slot.path)}>
      <legend>{word(slot.label)}</legend>
      <Beside slot={slot} form={form} />
      {[...Array(count).keys()].map((n) => (
        <div key={n} className="item" role="group" aria-label={`${word(slot.label)} ${n + 1}`}>
          {slots.map((one) => (
            <FieldFor key={one.path} slot={nth(one, slot.path, n)} form={form} />
          ))}
        </div>
      ))}
      <button type="button" className="quiet" onClick={() => setCount(count + 1)}>
        {say("添加一项", "Add one")}
      </button>{" "}
      {count > 0 && (
        <button type="button" className="quiet" onClick={() => setCount(count - 1)}>
          {say("去掉最后一项", "Take the last away")}
        </button>
      )}
    </fieldset>
  );
}

function useOptions(shape: Shape): [string, string][] {
  const word = useWord();
  const codes = useCodes(shape.kind === "code" ? shape.list : undefined);
  if (shape.kind === "enum") return shape.options.map(({ code, label }) => [code, word(label)]);
  return [...codes].map(([code, label]) => [code, word(label)]);
}

function Ticks({ slot, of, form }: { slot: Slot; of: Shape; form: FormState }) {
  const options = useOptions(of);
  const chosen = (form.values[slot.path] as string[] | undefined) ?? [];
  const turn = (code: string, on: boolean) => form.set(slot.path, on ? [...chosen, code] : chosen.filter((one) => one !== code));
  return (
    <fieldset id={idOf(slot.path)} tabIndex={-1} className="choices" aria-describedby={describing(slot, form)}>
      <legend>
        <LabelText slot={slot} />
      </legend>
      <Beside slot={slot} form={form} />
      {options.map(([code, label]) => (
        <label key={code}>
          <input type="checkbox" checked={chosen.includes(code)} onChange={(event) => turn(code, event.target.checked)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function LabelText({ slot }: { slot: Slot }) {
  const say = useSay();
  const word = useWord();
  return (
    <>
      {word(slot.label)}
      {slot.required && <span className="required">{say("（必填）", "(required)")}</span>}
    </>
  );
}

function describing(slot: Slot, form: FormState): string | undefined {
  const ids = [slot.help && `${idOf(slot.path)}-help`, form.faults.has(slot.path) && `${idOf(slot.path)}-fault`];
  return ids.filter(Boolean).join(" ") || undefined;
}

// Help and fault of a place.
function Beside({ slot, form }: { slot: Slot; form: FormState }) {
  const say = useSay();
  const word = useWord();
  const fault = form.faults.get(slot.path);
  return (
    <>
      {slot.help && (
        <span className="hint" id={`${idOf(slot.path)}-help`}>
          {word(slot.help)}
        </span>
      )}
      {fault && (
        <span className="fault" id={`${idOf(slot.path)}-fault`}>
          {say("有误：", "Wrong: ")}
          {say(fault.zh, fault.en)} <code>{fault.code}</code>
        </span>
      )}
    </>
  );
}

function Single({ slot, form }: { slot: Slot; form: FormState }) {
  return (
    <div className={form.faults.has(slot.path) ? "field wrong" : "field"}>
      <label htmlFor={idOf(slot.path)}>
        <LabelText slot={slot} />
      </label>
      <Beside slot={slot} form={form} />
      <Control slot={slot} form={form} />
    </div>
  );
}

const TYPES: Partial<Record<Shape["kind"], string>> = { date: "date", datetime: "datetime-local" };

function Control({ slot, form }: { slot: Slot; form: FormState }) {
  const { shape, path } = slot;
  const value = form.values[path] ?? "";
  const text = Array.isArray(value) ? value.join("\n") : value;
  const set = (given: string) => form.set(path, given);
  const about = {
    id: idOf(path),
    "aria-required": slot.required,
    "aria-invalid": form.faults.has(path) || undefined,
    "aria-describedby": describing(slot, form),
  };
  if (shape.kind === "unit" || shape.kind === "division") {
    return (
      <Places
        id={about.id}
        kind={shape.kind}
        around={form.around}
        value={text}
        onValue={set}
        required={slot.required}
        invalid={form.faults.has(path)}
        describedBy={about["aria-describedby"]}
      />
    );
  }
  if (shape.kind === "bool" || shape.kind === "code" || shape.kind === "enum") return <Choice shape={shape} value={text} set={set} about={about} />;
  if (shape.kind === "long" || shape.kind === "list") {
    return <textarea {...about} rows={4} value={text} onChange={(event) => set(event.target.value)} />;
  }
  return (
    <input
      {...about}
      type={TYPES[shape.kind] ?? "text"}
      inputMode={shape.kind === "int" ? "numeric" : shape.kind === "float" ? "decimal" : undefined}
      autoComplete="off"
      value={text}
      onChange={(event) => set(event.target.value)}
    />
  );
}

interface ChoiceProps {
  shape: Shape;
  value: string;
  set: (value: string) => void;
  about: { id: string };
}

function Choice({ shape, value, set, about }: ChoiceProps) {
  const say = useSay();
  const yesNo: [string, string][] = [["true", say("是", "Yes")], ["false", say("否", "No")]];
  const listed = useOptions(shape);
  const options = shape.kind === "bool" ? yesNo : listed;
  return (
    <select {...about} value={value} onChange={(event) => set(event.target.value)}>
      <option value="">{say("请选择", "Choose")}</option>
      {options.map(([code, label]) => (
        <option key={code} value={code}>
          {label}
        </option>
      ))}
    </select>
  );
}
