// A mandatory report by itself: before there is a case, and for units that were told of nothing else.
import { useAsk } from "./asking";
import { RowActs } from "./acts";
import { useSay } from "./language";
import { Page } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { Explained, Fields } from "./record";
import { to } from "./route";
import { entity, selection, type Row } from "./vocabulary";

const REPORT = entity("ConcernReport");
const ASKED = `query Report($id: ID!) { concernReport(id: $id) { ${selection(REPORT)} case { id caseNo } child { id name } } }`;

export function ReportPage({ id }: { id: string }) {
  const say = useSay();
  const [{ data, error, fetching, access }, again] = useAsk<{ concernReport: Row | null }>({ query: ASKED, variables: { id } });
  const found = data?.concernReport;
  const about = Object.fromEntries(["case", "child"].flatMap((name) => (found?.[name] ? [[name, (found[name] as Row).id ?? ""]] : [])));
  return (
    <Page title={`${say("报告", "Report")} ${String(found?.["reportNo"] ?? "")}`.trim()} place={`report/${id}`}>
      {fetching && <Loading />}
      {error && <Problem error={error} again={again} />}
      {data && !found && <Nothing>{say("没有这份报告，或不在本单位可查看的范围。", "There is no such report, or it is not within your unit's reach.")}</Nothing>}
      {found && (
        <>
          <p className="lead">
            {about["case"] && <a href={to("case", about["case"])}>{say("打开案件", "Open the case")}</a>}{" "}
            {about["child"] && <a href={to("child", about["child"])}>{String((found["child"] as Row)["name"] ?? say("儿童档案", "The child's file"))}</a>}
          </p>
          <Fields of={REPORT} row={found} path={["concernReport"]} access={access} />
          <RowActs about={about} of={REPORT} row={found} open />
        </>
      )}
      {data && <Explained access={access} root={["concernReport"]} of={REPORT} />}
    </Page>
  );
}
