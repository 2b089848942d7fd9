// The cases a unit may know of: open ones first, a page at a time.
import { useId, useState } from "react";
import { useAsk } from "./asking";
import type { Entry } from "./access";
import { useSay } from "./language";
import { Page } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { Explained, Fields } from "./record";
import { to } from "./route";
import { entity, type Row } from "./vocabulary";

const CASE = entity("ProtectionCase");
const SHOWN = ["stage", "riskLevel", "openedOn", "leadUnit", "closedOn"];
const ASKED = `query Cases($filter: ProtectionCaseFilter, $after: String) {
  cases(first: 20, after: $after, filter: $filter) {
    nodes { id caseNo ${SHOWN.join(" ")} withheld child { id name } } pageInfo { hasNextPage endCursor } } }`;

type State = "open" | "closed" | "all";

interface Answer {
  cases: { nodes: Row[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } | null;
}

export function CasesPage() {
  const say = useSay();
  const field = useId();
  const [state, setState] = useState<State>("open");
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const choose = (chosen: State) => {
    setState(chosen);
    setCursors([null]);
  };
  return (
    <Page title={say("案件", "Cases")} place="cases">
      <p>
        <label htmlFor={field}>{say("显示", "Show")}</label>
        <select id={field} value={state} onChange={(event) => choose(event.target.value as State)}>
          <option value="open">{say("未结案件", "Open cases")}</option>
          <option value="closed">{say("已结案件", "Closed cases")}</option>
          <option value="all">{say("全部案件", "All cases")}</option>
        </select>
      </p>
      {cursors.map((after, at) => (
        <Part
          key={`${state} ${after}`}
          state={state}
          after={after}
          onMore={at === cursors.length - 1 ? (next) => setCursors([...cursors, next]) : undefined}
        />
      ))}
    </Page>
  );
}

function filterFor(state: State) {
  return state === "all" ? null : { closedOn: { isNull: state === "open" } };
}

function Part({ state, after, onMore }: { state: State; after: string | null; onMore: ((next: string) => void) | undefined }) {
  const say = useSay();
  const variables = { filter: filterFor(state), after };
  const [{ data, error, fetching, access }, again] = useAsk<Answer>({ query: ASKED, variables });
  if (fetching) return <Loading />;
  if (error) return <Problem error={error} again={again} />;
  const { nodes = [], pageInfo } = data?.cases ?? {};
  return (
    <>
      {data?.cases && nodes.length === 0 && <Nothing>{say("没有本单位参与的案件。", "No cases that your unit takes part in.")}</Nothing>}
      <CaseCards rows={nodes} access={access} />
      {pageInfo?.hasNextPage && pageInfo.endCursor && onMore && (
        <button type="button" className="quiet" onClick={() => onMore(pageInfo.endCursor ?? "")}>
          {say("更多", "More")}
        </button>
      )}
      <Explained access={access} root={data?.cases ? ["cases", "nodes"] : ["cases"]} of={CASE} />
    </>
  );
}

function CaseCards({ rows, access }: { rows: Row[]; access: Entry[] }) {
  const say = useSay();
  return (
    <ul className="cards">
      {rows.map((row) => {
        const child = row["child"] as Row | null;
        return (
          <li key={row.id}>
            <h2>
              <a href={to("case", row.id ?? "")}>{String(row["caseNo"] ?? say("案件", "Case"))}</a>
              {child?.["name"] ? <> · {String(child["name"])}</> : null}
            </h2>
            <Fields of={CASE} row={row} path={["cases", "nodes"]} access={access} only={SHOWN} />
          </li>
        );
      })}
    </ul>
  );
}
