// What this unit owes, by urgency: overdue, today, this week, later. Days are days in China.
import { useAsk } from "./asking";
import { RowActs } from "./acts";
import { useSay, useWord } from "./language";
import { Page, useViewer } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { Explained } from "./record";
import { Name } from "./reference";
import { to } from "./route";
import { Code, Moment } from "./value";
import { entity, RULES, selection, type Row } from "./vocabulary";

const OBLIGATION = entity("Obligation");
const LINKS = ["case", "child"].filter((name) => OBLIGATION.relations[name]);
const LINKED = LINKS.map((name) => `${name} { id ${name === "case" ? "caseNo" : "name"} }`).join(" ");
const ASKED = `query Obligations($unit: String!) {
  obligations(first: 200, orderBy: [{ field: DUE_AT }],
    filter: { fromUnit: { eq: $unit }, status: { in: ["open", "paused", "overdue", "escalated"] } }) {
    nodes { ${selection(OBLIGATION)} ${LINKED} } pageInfo { hasNextPage } } }`;
const CHINA_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

type Urgency = "overdue" | "today" | "week" | "later";

interface Answer {
  obligations: { nodes: Row[]; pageInfo: { hasNextPage: boolean } } | null;
}

function dayOf(ms: number): number {
  return Math.floor((ms + CHINA_MS) / DAY_MS);
}

// Weeks begin on Monday; the first of January 1970 was a Thursday.
export function urgencyOf(due: string | null, now: number): Urgency {
  if (!due) return "later";
  const at = Date.parse(due);
  if (at < now) return "overdue";
  const [day, today] = [dayOf(at), dayOf(now)];
  if (day === today) return "today";
  const sunday = today + 6 - ((today + 3) % 7);
  return day <= sunday ? "week" : "later";
}

export function useObligations() {
  const { unit } = useViewer();
  return useAsk<Answer>({ query: ASKED, variables: { unit: unit.code } });
}

export function ObligationsPage() {
  const say = useSay();
  const [{ data, error, fetching, access }, again] = useObligations();
  const rows = data?.obligations?.nodes ?? [];
  return (
    <Page title={say("应办事项", "Obligations")} place="obligations">
      {fetching && <Loading />}
      {error && <Problem error={error} again={again} />}
      {data?.obligations && rows.length === 0 && <Nothing>{say("本单位没有未办的事项。", "Your unit owes nothing now.")}</Nothing>}
      <ByUrgency rows={rows} />
      {data?.obligations?.pageInfo.hasNextPage && <p>{say("这里只列最急的 200 项。", "Only the 200 most urgent are listed.")}</p>}
      {data && <Explained access={access} root={["obligations"]} of={OBLIGATION} />}
    </Page>
  );
}

interface ByUrgencyProps {
  rows: Row[];
  only?: Urgency[];
  within?: boolean; // a section that has a heading, so that theirs are a step lower
}

export function ByUrgency({ rows, only, within }: ByUrgencyProps) {
  const say = useSay();
  const Heading = within ? "h3" : "h2";
  const titles: Record<Urgency, string> = {
    overdue: say("已逾期", "Overdue"),
    today: say("今天到期", "Due today"),
    week: say("本周到期", "Due this week"),
    later: say("以后到期", "Later"),
  };
  const now = Date.now();
  return (["overdue", "today", "week", "later"] as const).map((urgency) => {
    const found = rows.filter((row) => urgencyOf(row["dueAt"] as string | null, now) === urgency);
    if (found.length === 0 || (only && !only.includes(urgency))) return null;
    return (
      <section key={urgency} className={`urgency ${urgency}`} aria-labelledby={urgency}>
        <Heading id={urgency}>
          {titles[urgency]} <span className="count">{found.length}</span>
        </Heading>
        <ul className="cards">
          {found.map((row) => (
            <One key={row.id} row={row} within={within ?? false} />
          ))}
        </ul>
      </section>
    );
  });
}

function One({ row, within }: { row: Row; within: boolean }) {
  const say = useSay();
  const word = useWord();
  const Heading = within ? "h4" : "h3";
  const rule = String(row["rule"] ?? "");
  return (
    <li>
      <Heading>
        <Code list="obligation_kind" code={String(row["kind"] ?? "")} />
        {say("：", ": ")}
        {word(RULES[rule]) || String(row["trigger"] ?? rule)}
      </Heading>
      <dl className="fields">
        <div>
          <dt>{say("期限", "Due")}</dt>
          <dd>
            <Moment at={row["dueAt"] as string | null} />
            {row["dueGuessed"] ? <> {say("（暂定）", "(proposed)")}</> : null}
            {row["pausedAt"] ? <> · {say("已中止计时", "clock stopped")}</> : null}
          </dd>
        </div>
        <div>
          <dt>{say("对象单位", "Owed to")}</dt>
          <dd>{row["toUnit"] ? <Name code={String(row["toUnit"])} /> : "—"}</dd>
        </div>
        <div>
          <dt>{say("状态", "State")}</dt>
          <dd><Code list="obligation_status" code={String(row["status"] ?? "")} /></dd>
        </div>
        <div>
          <dt>{say("触发事项", "Because of")}</dt>
          <dd>
            {String(row["trigger"] ?? "—")} <small>{rule}</small>
          </dd>
        </div>
      </dl>
      <p>
        {LINKS.map((name) => {
          const linked = row[name] as Row | null | undefined;
          return linked?.id ? (
            <a key={name} href={to(name, linked.id)}>
              {String(linked["caseNo"] ?? linked["name"] ?? say("打开", "Open"))}
            </a>
          ) : null;
        })}
      </p>
      <RowActs about={{}} of={OBLIGATION} row={row} />
    </li>
  );
}
