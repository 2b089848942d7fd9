// A row as the caller may see it. Missing, withheld and given are three things, and look and read as three.
import type { ReactNode } from "react";
import { entriesAt, entriesUnder, reasonOf, reasons, type Entry, type Reason } from "./access";
import { useLanguage, useSay, useWord } from "./language";
import { useCodes } from "./reference";
import { to } from "./route";
import { Value } from "./value";
import { ENTITIES, entity, namedBy, shownFields, type Entity, type Row } from "./vocabulary";

interface RowProps {
  of: Entity;
  row: Row;
  path: string[];
  access: Entry[];
  only?: string[];
}

export function Fields({ of, row, path, access, only }: RowProps) {
  const word = useWord();
  return (
    <dl className="fields">
      {(only ?? shownFields(of)).map((name) => {
        const declared = of.fields[name];
        if (!declared) return null;
        return (
          <div key={name}>
            <dt>{word(declared.label)}</dt>
            <dd>
              <Given of={of} row={row} name={name} entries={entriesAt(access, [...path, name])} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Given({ of, row, name, entries }: { of: Entity; row: Row; name: string; entries: Entry[] }) {
  const say = useSay();
  const declared = of.fields[name];
  const behind = namedBy(of, name);
  const value = (behind && (row[behind] as Row | null)?.["name"]) || row[name];
  if (value !== null && value !== undefined && declared) return <Value of={declared} value={value} />;
  const withheld = row.withheld ? row.withheld.includes(name) : entries.length > 0;
  if (withheld) return <NotShown entry={entries[0]} />;
  return (
    <span className="missing" title={say("未登记", "not recorded")}>
      <span aria-hidden="true">—</span>
      <span className="unseen">{say("未登记", "not recorded")}</span>
    </span>
  );
}

// The place of a value that is withheld: said in words, for colour alone says nothing to many.
export function NotShown({ entry }: { entry: Entry | undefined }) {
  const say = useSay();
  const word = useWord();
  return (
    <span className="withheld">
      {say("不提供", "Withheld")}
      {entry && <> · {word(reasonOf(entry.code))}</>}
    </span>
  );
}

interface RelatedProps {
  of: Entity;
  name: string;
  rows: unknown;
  path: string[];
  access: Entry[];
  beside?: ((of: Entity, row: Row) => ReactNode) | undefined;
  within?: boolean; // another row's own, a heading lower
}

// The rows that a relation leads to; that there are none is something else than that they are withheld.
export function Related({ of, name, rows, path, access, beside, within }: RelatedProps) {
  const say = useSay();
  const word = useWord();
  const relation = of.relations[name];
  if (!relation) return null;
  const here = [...path, name];
  const found = (Array.isArray(rows) ? rows : rows ? [rows] : []) as Row[];
  const Heading = within ? "h3" : "h2";
  return (
    <section className="related">
      <Heading>{word(relation.label)}</Heading>
      {rows === null && entriesAt(access, here)[0] ? (
        <p>
          <NotShown entry={entriesAt(access, here)[0]} />
        </p>
      ) : (
        found.length === 0 && <p className="missing">{say("没有可见的记录", "No records that you may see")}</p>
      )}
      {found.map((row, at) => (
        <article key={row.id ?? at} aria-label={`${word(relation.label)} ${at + 1}`}>
          <Fields of={entity(relation.entity)} row={row} path={here} access={access} />
          <Members of={entity(relation.entity)} row={row} path={here} access={access} />
          {beside?.(entity(relation.entity), row)}
        </article>
      ))}
    </section>
  );
}

function Members({ of, row, path, access }: { of: Entity; row: Row; path: string[]; access: Entry[] }) {
  if (!row["members"] || !of.relations["members"]) return null;
  return <Related of={of} name="members" rows={row["members"]} path={path} access={access} within />;
}

// Everything that an answer withheld below a place, by reason, with whom to ask.
export function Explained({ access, root, of }: { access: Entry[]; root: string[]; of: Entity }) {
  const say = useSay();
  const found = reasons(entriesUnder(access, root));
  if (found.length === 0) return null;
  return (
    <section className="explained" aria-labelledby="explained">
      <h2 id="explained">{say("未向本单位提供的内容", "What is not shown to your unit")}</h2>
      <p>
        {say(
          "这里列出的内容，不因未提供而说明其有或无。",
          "That something is listed here does not say whether there is any of it.",
        )}
      </p>
      <ul>
        {found.map((reason) => (
          <Because key={`${reason.code} ${reason.nextStep?.zh} ${reason.holders}`} reason={reason} root={root} of={of} />
        ))}
      </ul>
    </section>
  );
}

function Because({ reason, root, of }: { reason: Reason; root: string[]; of: Entity }) {
  const say = useSay();
  const word = useWord();
  const { language } = useLanguage();
  const types = useCodes("unit_type");
  const names = [...new Set(reason.names.map((path) => labelOf(of, path.slice(root.length), word)))];
  const holders = reason.holders.map((type) => word(types.get(type)) || type);
  const comma = say("、", ", ");
  return (
    <li>
      <h3>
        <span className="withheld">{word(reasonOf(reason.code))}</span> <code>{reason.code}</code>
      </h3>
      <p lang={language === "zh" ? "zh-CN" : "en"}>{names.filter(Boolean).join(comma) || word(of.label)}</p>
      {reason.nextStep && (
        <p>
          <strong>{say("下一步：", "Next: ")}</strong>
          {word(reason.nextStep)}
        </p>
      )}
      {reason.code === "NEEDS_PURPOSE" && (
        <p>
          <a href={to("purpose")}>{say("写明用途", "State a purpose")}</a>
        </p>
      )}
      {holders.length > 0 && (
        <p>
          <strong>{say("可询问：", "Whom to ask: ")}</strong>
          {holders.join(comma)}
        </p>
      )}
    </li>
  );
}

function labelOf(of: Entity, path: string[], word: ReturnType<typeof useWord>): string {
  let here: Entity | undefined = of;
  const parts: string[] = [];
  for (const part of path) {
    const relation: Entity["relations"][string] | undefined = here?.relations[part];
    parts.push(word(here?.fields[part]?.label ?? relation?.label) || part);
    here = relation ? ENTITIES[relation.entity] : undefined;
  }
  return parts.join(" › ");
}
