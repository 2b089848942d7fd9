// 情况共知板: how far each unit knows a case, as the hub reckons it: told, opened, acknowledged, acted on; those behind first.
import { useAsk } from "./asking";
import { useSay } from "./language";
import { Loading, Problem } from "./problem";
import { Name } from "./reference";
import { Table, type Column } from "./table";
import { Code, Moment } from "./value";

interface Line {
  unit: string | null;
  roles: string[];
  takesPart: boolean;
  state: string;
  version: { told: number; opened: number; acknowledged: number; acted: number };
  toAcknowledge: number;
  inTime: number;
  late: number;
  escalated: number;
  waitingSince: string | null;
}

interface Board {
  version: number;
  rate: number | null;
  lines: Line[];
}

const ASKED = `query Board($case: ID!) { caseBoard(case: $case) { version rate lines {
  unit roles takesPart state version { told opened acknowledged acted } toAcknowledge inTime late escalated waitingSince } } }`;

export function BoardOf({ id }: { id: string }) {
  const say = useSay();
  const [{ data, error, fetching }, again] = useAsk<{ caseBoard: Board | null }>({ query: ASKED, variables: { case: id } });
  const board = data?.caseBoard;
  return (
    <section aria-labelledby="board">
      <h2 id="board">{say("情况共知板", "Who knows what")}</h2>
      {fetching && <Loading />}
      {error && <Problem error={error} again={again} />}
      {data && !board?.lines.length && <p className="missing">{say("没有可见的告知记录。", "No notifications that you may see.")}</p>}
      {board && board.lines.length > 0 && <Lines board={board} />}
    </section>
  );
}

function Lines({ board }: { board: Board }) {
  const say = useSay();
  const { lines, version, rate } = board;
  const behind = lines.filter((line) => line.late + line.escalated > 0).length;
  const step = (n: number) => (n ? say(`第 ${n} 步`, `step ${n}`) : say("尚无", "none"));
  const known = ({ version: { told, acknowledged } }: Line) => {
    if (acknowledged) return say(`知悉至第 ${acknowledged} 步 / 共 ${version} 步`, `up to step ${acknowledged} of ${version}`);
    return told ? say(`尚未知悉 / 共 ${version} 步`, `none of ${version} yet`) : say("未被告知", "was not told");
  };
  const columns: Column<Line>[] = [
    { title: say("单位", "Unit"), shown: (line) => <Who line={line} /> },
    { title: say("知悉", "Knows"), shown: (line) => known(line) },
    { title: say("状态", "State"), shown: (line) => <State line={line} /> },
    { title: say("已告知", "Told"), shown: (line) => step(line.version.told) },
    { title: say("已打开", "Opened"), shown: (line) => step(line.version.opened) },
    { title: say("已签收", "Acknowledged"), shown: (line) => step(line.version.acknowledged) },
    { title: say("已办理", "Acted"), shown: (line) => step(line.version.acted) },
    { title: say("按期签收", "In time"), shown: (line) => (line.toAcknowledge ? `${line.inTime}/${line.toAcknowledge}` : say("无须签收", "none to do")) },
  ];
  return (
    <>
      <p>
        {say(`案件共 ${version} 步。`, `${version} steps. `)}
        {rate !== null && say(`按期签收率 ${percent(rate)}。`, `Acknowledged in time: ${percent(rate)}. `)}
        {behind > 0 ? <strong className="late">{say(`${behind} 个单位逾期未签收。`, `${behind} units are late.`)}</strong> : say("没有单位逾期。", "No unit is late.")}
      </p>
      <Table kind="board" label={say("情况共知板", "Who knows what")} columns={columns} rows={lines} keyOf={(line, at) => line.unit ?? `hidden ${at}`} />
    </>
  );
}

export function percent(rate: number): string {
  return `${Math.round(rate * 100)}%`;
}

function Who({ line }: { line: Line }) {
  const say = useSay();
  return (
    <>
      <UnitOf code={line.unit} />{" "}
      <small>
        {line.roles.map((role, at) => (
          <span key={role}>
            {at > 0 && say("、", ", ")}
            <Code list="party_role" code={role} />
          </span>
        ))}
        {line.roles.length === 0 && say("被告知单位", "told of it")}
        {line.roles.length > 0 && !line.takesPart && say("（已退出）", " (left)")}
      </small>
    </>
  );
}

function State({ line }: { line: Line }) {
  const say = useSay();
  const words: Record<string, string> = {
    escalated: say(`逾期未签收 ${line.late + line.escalated} 步，已报上级`, `${line.late + line.escalated} overdue, told to the unit above`),
    late: say(`逾期未签收 ${line.late} 步`, `${line.late} overdue`),
    waiting: say("待签收", "To be acknowledged"),
    acknowledged: line.version.told ? say("已签收", "Acknowledged") : say("未被告知", "Was not told"),
    acted: say("已签收并办理", "Acknowledged and acted on"),
  };
  const wrong = line.state === "late" || line.state === "escalated";
  return (
    <>
      {wrong ? <strong className="late">{words[line.state]}</strong> : (words[line.state] ?? "—")}
      {line.waitingSince && (
        <small className="since">
          {say("自 ", "since ")}
          <Moment at={line.waitingSince} />
        </small>
      )}
    </>
  );
}

// Where a child is sheltered in secret, not even the unit is named.
export function UnitOf({ code }: { code: unknown }) {
  const say = useSay();
  return code ? <Name code={String(code)} /> : <span className="withheld">{say("不公开单位", "A unit that is not named")}</span>;
}
