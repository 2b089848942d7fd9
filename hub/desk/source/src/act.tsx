// One act as a form: filled in, sent under a key that makes repeating harmless, its faults shown where they are.
import { useEffect, useMemo, useRef, useState, type FormEvent } from "react";
import type { CombinedError } from "@urql/core";
import { useAsk, useClient } from "./asking";
import { useSchema } from "./acts";
import { toldBy, type Fault } from "./client";
import { FieldFor, idOf, type FormState } from "./field";
import { emptied, formerOf, placeOf, variablesOf, type Values } from "./form";
import { useSay, useWord } from "./language";
import { Page, useViewer } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { to } from "./route";
import { bare, type Act, type Schema, type Slot } from "./schema";
import { callNames, ENTITIES, selection, type Entity, type Row } from "./vocabulary";

type About = Record<string, string>;

function aboutOf(given: string[]): About {
  return Object.fromEntries(given.map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)]));
}

export function ActPage({ name, given }: { name: string; given: string[] }) {
  const say = useSay();
  const word = useWord();
  const { schema, error } = useSchema();
  const act = schema?.act(name);
  return (
    <Page title={act ? word(act.title) : say("办事", "An act")} place={`act/${name}`}>
      {error && <Problem error={error} />}
      {!schema && !error && <Loading />}
      {schema && !act && <Nothing>{say("本单位不能办理此事。可在“办事”中查看能办的事项。", "Your unit may not do this. See under Acts what it may do.")}</Nothing>}
      {act?.help && <p className="hint">{word(act.help)}</p>}
      {schema && act && <Prepared schema={schema} act={act} about={aboutOf(given)} place={[name, ...given].join("/")} />}
    </Page>
  );
}

interface ActProps {
  schema: Schema;
  act: Act;
  about: About;
  place: string;
}

// The places of the form, and the row it is about where a version of it has to be named.
function Prepared({ schema, act, about, place }: ActProps) {
  const [slots, setSlots] = useState<Slot[] | null>(null);
  const [error, setError] = useState<CombinedError | null>(null);
  useEffect(() => {
    schema.slots(act).then(setSlots, setError);
  }, [schema, act]);
  const subject = useMemo(() => (slots ? subjectOf(act, slots, about) : null), [act, slots, about]);
  if (error) return <Problem error={error} />;
  if (!slots) return <Loading />;
  const versioned = slots.some((slot) => slot.name === "version");
  if (subject && versioned) return <WithRow schema={schema} act={act} about={about} place={place} slots={slots} subject={subject} />;
  return <Filling schema={schema} act={act} about={about} place={place} slots={slots} row={null} again={null} />;
}

interface Subject {
  entity: Entity;
  id: string;
}

function subjectOf(act: Act, slots: Slot[], about: About): Subject | null {
  for (const slot of slots.filter((one) => one.shape.kind === "id")) {
    const name = bare(slot.name);
    const entity = name === "id" ? act.entity : Object.values(ENTITIES).find((one) => callNames(one).has(name));
    const id = about[name];
    if (entity && id) return { entity, id };
  }
  return null;
}

function WithRow({ subject, ...rest }: ActProps & { slots: Slot[]; subject: Subject }) {
  const say = useSay();
  const { entity, id } = subject;
  const query = `query Current_${entity.name}($id: ID!) { row: ${entity.single}(id: $id) { ${selection(entity)} } }`;
  const [{ data, error, fetching }, again] = useAsk<{ row: Row | null }>({ query, variables: { id } });
  if (fetching) return <Loading />;
  if (error) return <Problem error={error} again={again} />;
  if (!data?.row) return <Nothing>{say("没有这条记录，或不在本单位可办理的范围。", "There is no such record, or it is not within your unit's reach.")}</Nothing>;
  return <Filling key={String(data.row.rowVersion)} {...rest} row={data.row} again={again} />;
}

interface FillingProps extends ActProps {
  slots: Slot[];
  row: Row | null;
  again: (() => void) | null;
}

const DRAFT = "desk.draft.";

function drafted(place: string): Values {
  return JSON.parse(sessionStorage.getItem(DRAFT + place) ?? "{}") as Values;
}

// What the schema presets; and who does something is, as a rule, the unit at whose desk it is written down.
function presets(slots: Slot[], unit: string): Values {
  return Object.fromEntries(
    slots.flatMap((slot): [string, string][] => {
      if (slot.shape.kind === "object") return Object.entries(presets(slot.shape.slots, unit)) as [string, string][];
      const preset = slot.preset ?? (slot.shape.kind === "unit" && slot.required ? unit : null);
      return preset === null ? [] : [[slot.path, preset]];
    }),
  );
}

// What the page that led here has settled: which case, which child, which version of the row.
function settled(slots: Slot[], about: About, row: Row | null): Map<string, string> {
  return new Map(
    slots.flatMap((slot): [string, string][] => {
      if (slot.shape.kind === "object") return [...settled(slot.shape.slots, about, row)];
      if (slot.name === "version" && row?.rowVersion) return [[slot.path, String(row.rowVersion)]];
      const id = slot.shape.kind === "id" ? about[bare(slot.name)] : undefined;
      return id ? [[slot.path, id]] : [];
    }),
  );
}

// Random enough for a key, and to be had on any page, TLS or not.
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function Filling({ schema, act, about, place, slots, row, again }: FillingProps) {
  const say = useSay();
  const client = useClient();
  const { unit } = useViewer();
  const fixed = useMemo(() => settled(slots, about, row), [slots, about, row]);
  const former = useMemo(() => (act.verb === "update" && row ? formerOf(slots, row) : null), [act, slots, row]);
  const [values, setValues] = useState<Values>(() => ({ ...(act.verb === "update" ? {} : presets(slots, unit.code)), ...former, ...drafted(place) }));
  const [faults, setFaults] = useState<Fault[]>([]);
  const [error, setError] = useState<CombinedError | null>(null);
  const [state, setState] = useState<"filling" | "sending" | "done">("filling");
  const key = useRef(newKey());

  const set = (path: string, value: string | string[]) => {
    const next = { ...values, [path]: value };
    setValues(next);
    sessionStorage.setItem(DRAFT + place, JSON.stringify(next));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const all = { ...values, ...Object.fromEntries(fixed) };
    const missing = former ? [] : emptied(slots, all);
    setFaults(missing);
    setError(null);
    if (missing.length) return;
    setState("sending");
    const variables = { ...variablesOf(slots, all, former), ...(keyed(act) ? { idempotencyKey: key.current } : {}) };
    const answer = await client.mutation(schema.document(act), variables).toPromise();
    const found = answer.error ? toldBy(answer.error).flatMap((told) => told.faults) : [];
    setFaults(found);
    setError(answer.error ?? null);
    setState(answer.error ? "filling" : "done");
    if (answer.error) return;
    sessionStorage.removeItem(DRAFT + place);
  };
  const anew = () => {
    key.current = newKey();
    setValues(presets(slots, unit.code));
    setState("filling");
  };

  if (state === "done") return <Done act={act} about={about} anew={act.verb === "create" ? anew : null} />;
  const form: FormState = { values, set, fixed, around: unit.division, faults: new Map(faults.map((fault) => [placeOf(fault, act.name), fault])) };
  return (
    <form className="filling" noValidate onSubmit={(event) => void submit(event)}>
      <Settled fixed={fixed} about={about} />
      <Faults faults={faults} act={act} slots={slots} />
      {error && faults.length === 0 && <Problem error={error} />}
      {error && again && toldBy(error).some((told) => told.code === "VERSION_CONFLICT") && (
        <button type="button" className="quiet" onClick={again}>
          {say("重新读取该记录", "Read the record anew")}
        </button>
      )}
      {slots.map((slot) => (
        <FieldFor key={slot.path} slot={slot} form={form} />
      ))}
      <p>
        <button type="submit" disabled={state === "sending"}>
          {state === "sending" ? say("正在提交…", "Sending…") : say("提交", "Submit")}
        </button>
      </p>
    </form>
  );
}

function keyed(act: Act): boolean {
  return act.raw.some((argument) => argument.name === "idempotencyKey");
}

function Settled({ fixed, about }: { fixed: Map<string, string>; about: About }) {
  const say = useSay();
  if (fixed.size === 0) return null;
  return (
    <p className="settled">
      {about["case"] && <a href={to("case", about["case"])}>{say("所属案件", "The case it belongs to")}</a>}{" "}
      {about["child"] && <a href={to("child", about["child"])}>{say("所涉儿童", "The child it concerns")}</a>}
    </p>
  );
}

// All faults at once, each a way to its place; read out when they appear.
function Faults({ faults, act, slots }: { faults: Fault[]; act: Act; slots: Slot[] }) {
  const say = useSay();
  const word = useWord();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (faults.length) box.current?.focus();
  }, [faults]);
  if (faults.length === 0) return null;
  const labels = labelsOf(slots);
  return (
    <div className="problem" role="alert" tabIndex={-1} ref={box}>
      <h2>{say(`有 ${faults.length} 处需要改正，尚未提交`, `${faults.length} to correct; nothing was written`)}</h2>
      <ul>
        {faults.map((fault) => {
          const place = placeOf(fault, act.name);
          const focus = () => document.getElementById(idOf(place))?.focus();
          return (
            <li key={place + fault.code}>
              <button type="button" className="link" onClick={focus}>
                {word(labels.get(place.replace(/\.\d+/g, ""))) || place}：{say(fault.zh, fault.en)}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function labelsOf(slots: Slot[]): Map<string, Slot["label"]> {
  return new Map(
    slots.flatMap((slot): [string, Slot["label"]][] => {
      const inner = slot.shape.kind === "object" ? slot.shape.slots : slot.shape.kind === "list" && slot.shape.of.kind === "object" ? slot.shape.of.slots : [];
      return [[slot.path, slot.label], ...labelsOf(inner)];
    }),
  );
}

function Done({ act, about, anew }: { act: Act; about: About; anew: (() => void) | null }) {
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div className="done" role="status" tabIndex={-1} ref={box}>
      <h2>{say("已办理，并已记录", "Done, and on record")}</h2>
      <ul className="plain">
        {about["case"] && <li><a href={to("case", about["case"])}>{say("回到案件", "Back to the case")}</a></li>}
        {about["child"] && <li><a href={to("child", about["child"])}>{say("回到儿童档案", "Back to the child's file")}</a></li>}
        {act.entity?.name === "Obligation" && <li><a href={to("obligations")}>{say("回到应办事项", "Back to the obligations")}</a></li>}
        <li><a href={to("inbox")}>{say("回到收件箱", "Back to the inbox")}</a></li>
      </ul>
      {anew && (
        <button type="button" className="quiet" onClick={anew}>
          {say("再登记一项", "Record another")}
        </button>
      )}
    </div>
  );
}
