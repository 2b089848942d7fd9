// What came in: events this unit must know of and has not acknowledged, and what is due soonest.
import { useAsk } from "./asking";
import { useSay } from "./language";
import { ByUrgency, useObligations } from "./obligations";
import { Page, useViewer } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { Explained } from "./record";
import { Name } from "./reference";
import { to } from "./route";
import { Code, Moment } from "./value";
import { entity, type Row } from "./vocabulary";

const KNOWLEDGE = entity("CaseKnowledge");
const ASKED = `query Inbox($unit: String!) {
  caseKnowledges(first: 50, orderBy: [{ field: NOTIFIED_AT, direction: DESC }],
    filter: { unit: { eq: $unit }, acknowledgedAt: { isNull: true } }) {
    nodes { id notifiedAt openedAt withheld event { id type at byUnit summary withheld } case { id caseNo } child { id name } }
    pageInfo { hasNextPage } } }`;

interface Answer {
  caseKnowledges: { nodes: Row[]; pageInfo: { hasNextPage: boolean } } | null;
}

export function InboxPage() {
  const say = useSay();
  return (
    <Page title={say("收件箱", "Inbox")} place="inbox">
      <Unacknowledged />
      <Urgent />
    </Page>
  );
}

function Unacknowledged() {
  const say = useSay();
  const { unit } = useViewer();
  const [{ data, error, fetching, access }, again] = useAsk<Answer>({ query: ASKED, variables: { unit: unit.code } });
  const rows = data?.caseKnowledges?.nodes ?? [];
  return (
    <section aria-labelledby="unacknowledged">
      <h2 id="unacknowledged">
        {say("待确认的情况", "To be acknowledged")} {rows.length > 0 && <span className="count">{rows.length}</span>}
      </h2>
      {fetching && <Loading />}
      {error && <Problem error={error} again={again} />}
      {data?.caseKnowledges && rows.length === 0 && <Nothing>{say("没有待确认的情况。", "Nothing waits to be acknowledged.")}</Nothing>}
      <ul className="cards">
        {rows.map((row) => (
          <Told key={row.id} row={row} />
        ))}
      </ul>
      {data && <Explained access={access} root={["caseKnowledges"]} of={KNOWLEDGE} />}
    </section>
  );
}

function Told({ row }: { row: Row }) {
  const say = useSay();
  const [event, about, child] = ["event", "case", "child"].map((name) => row[name] as Row | null | undefined);
  return (
    <li>
      <h3>
        <Code list="case_event_type" code={String(event?.["type"] ?? "")} />
        {child?.["name"] ? <> · {String(child["name"])}</> : null}
      </h3>
      <p>
        <Moment at={row["notifiedAt"] as string | null} />
        {event?.["byUnit"] ? <> · <Name code={String(event["byUnit"])} /></> : null}
        {row["openedAt"] ? null : <> · <strong>{say("未打开", "not opened")}</strong></>}
      </p>
      {event?.["summary"] ? <p>{String(event["summary"])}</p> : null}
      {about?.id && (
        <p>
          <a href={to("case", about.id)}>{say("打开案件", "Open case")} {String(about["caseNo"] ?? "")}</a>
        </p>
      )}
    </li>
  );
}

function Urgent() {
  const say = useSay();
  const [{ data, error, fetching }] = useObligations();
  const rows = data?.obligations?.nodes ?? [];
  if (fetching || error || !data?.obligations) return null;
  return (
    <>
      <ByUrgency rows={rows} only={["overdue", "today"]} />
      <p>
        <a href={to("obligations")}>{say(`全部应办事项（${rows.length}）`, `All obligations (${rows.length})`)}</a>
      </p>
    </>
  );
}
