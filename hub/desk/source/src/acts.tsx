// What this unit may do: everything on one page, and on a file or a case what may be done to it.
import { createContext, useCallback, useContext, useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";
import type { Client, CombinedError } from "@urql/core";
import { useClient } from "./asking";
import { useSay, useWord } from "./language";
import { Page } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { to } from "./route";
import { isDoneTo, Schema, subjects, type Act } from "./schema";
import { callNames, type Entity, type Row } from "./vocabulary";

interface Read {
  schema: Schema | null;
  error: CombinedError | null;
}

const Context = createContext<Read & { start: () => void }>({ schema: null, error: null, start: () => {} });

// Read once a session, when a page first asks for it.
export function SchemaProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const [read, setRead] = useState<Read>({ schema: null, error: null });
  const begun = useRef<Client>(null);
  const start = useCallback(() => {
    if (begun.current === client) return;
    begun.current = client;
    Schema.read(client).then(
      (schema) => setRead({ schema, error: null }),
      (error: CombinedError) => setRead({ schema: null, error }),
    );
  }, [client]);
  const value = useMemo(() => ({ ...read, start }), [read, start]);
  return <Context value={value}>{children}</Context>;
}

export function useSchema(): Read {
  const { start, ...read } = useContext(Context);
  useEffect(start, [start]);
  return read;
}

// What a form is about, in its address: act/recordMeasure/case:…/child:…
export function addressOf(act: Act, about: Record<string, string>): string {
  return to("act", act.name, ...Object.entries(about).map(([name, id]) => `${name}:${id}`));
}

export function ActsPage() {
  const say = useSay();
  const { schema, error } = useSchema();
  const field = useId();
  const [words, setWords] = useState("");
  const word = useWord();
  const fits = (act: Act) => `${act.title.zh} ${act.title.en} ${act.name}`.toLowerCase().includes(words.toLowerCase());
  // What is changed or ended is opened beside the row that it is done to.
  const acts = (schema?.acts ?? []).filter((act) => act.verb === "create" || act.verb === "command").filter(fits);
  return (
    <Page title={say("办事", "Acts")} place="acts">
      <p>{say("本单位可以办理的事项。更正或终止已有的记录，请在儿童档案或案件中打开该记录。", "What your unit may do. To change or end a record, open it in the child's file or the case.")}</p>
      {error && <Problem error={error} />}
      {!schema && !error && <Loading />}
      {schema && (
        <>
          <p>
            <label htmlFor={field}>{say("筛选", "Filter")}</label>
            <input id={field} type="search" value={words} onChange={(event) => setWords(event.target.value)} />
          </p>
          {acts.length === 0 && <Nothing>{say("没有符合的事项。", "No such act.")}</Nothing>}
          <ul className="acts">
            {acts.map((act) => (
              <li key={act.name}>
                <a href={addressOf(act, {})}>{word(act.title)}</a>
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}

interface AboutProps {
  about: Record<string, string>;
  of: Entity;
  row: Row;
}

// What may be done to a file or a case as a whole, and what may be recorded in it.
export function ActLinks({ about, of, row }: AboutProps) {
  const say = useSay();
  const { schema } = useSchema();
  if (!schema) return null;
  const key = about["case"] ? "case" : "child";
  const fitting = schema.acts.filter((act) => {
    const named = subjects(schema, act);
    if (isDoneTo(schema, act, of)) return true;
    return act.verb === "create" ? named.has(key) && (key === "case" || !named.has("case")) : false;
  });
  if (fitting.length === 0) return null;
  const own = (act: Act) => (subjects(schema, act).has("id") ? { ...about, id: row.id ?? "" } : about);
  return (
    <section className="doing" aria-labelledby="doing">
      <h2 id="doing">{say("本单位可以办理", "What your unit may do")}</h2>
      <Links acts={fitting} own={own} />
    </section>
  );
}

// What may be done to one row of a file or a case.
export function RowActs({ about, of, row, open }: AboutProps & { open?: boolean }) {
  const say = useSay();
  const { schema } = useSchema();
  const fitting = schema?.acts.filter((act) => isDoneTo(schema, act, of)) ?? [];
  if (!row.id || fitting.length === 0) return null;
  const id = row.id;
  const called = Object.fromEntries([...callNames(of)].map((name) => [name, id]));
  const own = (act: Act) => {
    const named = schema ? subjects(schema, act) : new Set<string>();
    const mine = Object.entries(called).filter(([name]) => named.has(name));
    return named.has("id") ? { ...about, id } : { ...about, ...Object.fromEntries(mine) };
  };
  return (
    <details className="rowacts" open={open}>
      <summary>{say("办理", "Acts")}</summary>
      <Links acts={fitting} own={own} />
    </details>
  );
}

function Links({ acts, own }: { acts: Act[]; own: (act: Act) => Record<string, string> }) {
  const word = useWord();
  return (
    <ul className="acts">
      {acts.map((act) => (
        <li key={act.name}>
          <a href={addressOf(act, own(act))}>{word(act.title)}</a>
        </li>
      ))}
    </ul>
  );
}
