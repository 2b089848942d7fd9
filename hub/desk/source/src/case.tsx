// A case: where it stands, who takes part, what happened, who knows of it, and what this unit may do in it.
import { useAsk } from "./asking";
import { ActLinks, RowActs } from "./acts";
import { entriesAt, type Entry } from "./access";
import { BoardOf } from "./board";
import { useSay, useWord } from "./language";
import { Page } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { Explained, Fields, NotShown, Related } from "./record";
import { Name, useCodes } from "./reference";
import { to } from "./route";
import { Code, Moment } from "./value";
import { entity, related, selection, type Entity, type Row } from "./vocabulary";

const CASE = entity("ProtectionCase");
const EVENT = entity("CaseEvent");
const MOST = 100;

const PARTS = [
  { key: "standing", title: ["概况", "Standing"], relations: [] },
  { key: "report", title: ["报告和处置", "Report and measures"], relations: ["reports", "measures", "placements", "injuries", "clinicalNotes"] },
  { key: "care", title: ["评估和帮扶", "Assessment and services"], relations: ["assessments", "planItems", "legalAids"] },
  { key: "justice", title: ["惩戒和司法", "Sanctions and justice"], relations: ["sanctions", "petitions", "prosecutions"] },
] as const;

type Part = (typeof PARTS)[number];

const STANDING = `events(first: ${MOST}) { ${selection(EVENT)} }`;

function document(part: Part): string {
  const more = part.relations.length ? related(CASE, [...part.relations], 50) : STANDING;
  return `query Case_${part.key}($id: ID!) { case(id: $id) { ${selection(CASE)} child { id name childNo age withheld } ${more} } }`;
}

export function CasePage({ id, part: key }: { id: string; part: string }) {
  const say = useSay();
  const part = PARTS.find((one) => one.key === key) ?? PARTS[0];
  const [{ data, error, fetching, access }, again] = useAsk<{ case: Row | null }>({ query: document(part), variables: { id } });
  const found = data?.case;
  return (
    <Page title={`${say("案件", "Case")} ${String(found?.["caseNo"] ?? "")}`.trim()} place={`case/${id}/${key}`}>
      {fetching && <Loading />}
      {error && <Problem error={error} again={again} />}
      {data && !found && (
        <Nothing>{say("没有这个案件，或本单位不是参与单位。", "There is no such case, or your unit takes no part in it.")}</Nothing>
      )}
      {found && (
        <>
          <About row={found} access={access} />
          <Parts id={id} now={part} />
          {part.relations.length === 0 ? (
            <StandingOf id={id} row={found} access={access} />
          ) : (
            part.relations.map((name) => (
              <Related key={name} of={CASE} name={name} rows={found[name]} path={["case"]} access={access} beside={besides(id, found)} />
            ))
          )}
        </>
      )}
      {data && <Explained access={access} root={["case"]} of={CASE} />}
      {found && <ActLinks about={aboutOf(id, found)} of={CASE} row={found} />}
    </Page>
  );
}

function aboutOf(id: string, row: Row): Record<string, string> {
  const child = (row["child"] as Row | null)?.id;
  return { case: id, ...(child ? { child } : {}) };
}

function besides(id: string, found: Row) {
  return (of: Entity, row: Row) => <RowActs about={aboutOf(id, found)} of={of} row={row} />;
}

function About({ row, access }: { row: Row; access: Entry[] }) {
  const say = useSay();
  const child = row["child"] as Row | null;
  return (
    <>
      <p className="lead">
        {child?.id ? (
          <a href={to("child", child.id)}>{String(child["name"] ?? child["childNo"] ?? say("儿童档案", "The child's file"))}</a>
        ) : (
          entriesAt(access, ["case", "child"])[0] && <NotShown entry={entriesAt(access, ["case", "child"])[0]} />
        )}
      </p>
      <Stages now={row["stage"] as string | null} />
    </>
  );
}

function Stages({ now }: { now: string | null }) {
  const say = useSay();
  const word = useWord();
  const stages = [...useCodes("case_stage")];
  if (!now || stages.length === 0) return null;
  return (
    <ol className="stages" aria-label={say("阶段", "Stages")}>
      {stages.map(([code, label]) => (
        <li key={code} aria-current={code === now ? "step" : undefined}>
          {word(label)}
        </li>
      ))}
    </ol>
  );
}

function Parts({ id, now }: { id: string; now: Part }) {
  const say = useSay();
  return (
    <nav className="parts" aria-label={say("案件的部分", "Parts of the case")}>
      {PARTS.map(({ key, title }) => (
        <a key={key} href={to("case", id, key)} aria-current={key === now.key ? "page" : undefined}>
          {say(title[0], title[1])}
        </a>
      ))}
    </nav>
  );
}

function StandingOf({ id, row, access }: { id: string; row: Row; access: Entry[] }) {
  return (
    <>
      <Fields of={CASE} row={row} path={["case"]} access={access} />
      <BoardOf id={id} />
      <Timeline rows={row["events"] as Row[] | null} access={access} />
    </>
  );
}

// Ordered here: to have them ordered by the hub one must be allowed to compare the times.
function latestFirst(rows: Row[]): Row[] {
  const key = (row: Row) => `${String(row["at"] ?? "")} ${row.id}`;
  return [...rows].sort((a, b) => key(b).localeCompare(key(a)));
}

function Timeline({ rows, access }: { rows: Row[] | null; access: Entry[] }) {
  const say = useSay();
  const withheld = entriesAt(access, ["case", "events", "summary"])[0];
  return (
    <section aria-labelledby="events">
      <h2 id="events">{say("经过", "What happened")}</h2>
      {rows?.length === 0 && <p className="missing">{say("没有可见的事件。", "No events that you may see.")}</p>}
      <ol className="timeline">
        {latestFirst(rows ?? []).map((row, at, { length }) => (
          <li key={row.id}>
            <p>
              {length < MOST && <span className="step">{say(`第 ${length - at} 步`, `Step ${length - at}`)}</span>} <Moment at={row["at"] as string | null} /> · <strong><Code list="case_event_type" code={String(row["type"] ?? "")} /></strong>
              {row["byUnit"] ? <> · <Name code={String(row["byUnit"])} /></> : null}
            </p>
            {row["summary"] ? <p>{String(row["summary"])}</p> : row.withheld?.includes("summary") && <NotShown entry={withheld} />}
          </li>
        ))}
      </ol>
    </section>
  );
}
