// 情况共知板: unit by unit, of what each had to be told, what it was told, opened, acknowledged and acted on.
import { useSay } from "./language";
import { Name } from "./reference";
import { Moment } from "./value";
import type { Row } from "./vocabulary";

const STEPS = ["notifiedAt", "openedAt", "acknowledgedAt", "actedAt"] as const;
// Silence beyond a working day is worth a telephone call; the clocks that bind stand with the obligations.
const LATE_MS = 86_400_000;

interface Standing {
  unit: string;
  told: number;
  done: Record<(typeof STEPS)[number], number>;
  waitingSince: string | null;
}

function standings(rows: Row[]): Standing[] {
  const found = new Map<string, Standing>();
  for (const row of rows) {
    const unit = String(row["unit"] ?? "");
    const none = { notifiedAt: 0, openedAt: 0, acknowledgedAt: 0, actedAt: 0 };
    const standing = found.get(unit) ?? { unit, told: 0, done: none, waitingSince: null };
    standing.told += 1;
    for (const step of STEPS) if (row[step]) standing.done[step] += 1;
    const notified = row["notifiedAt"] as string | null;
    if (!row["acknowledgedAt"] && notified && (!standing.waitingSince || notified < standing.waitingSince)) {
      standing.waitingSince = notified;
    }
    found.set(unit, standing);
  }
  return [...found.values()].sort((a, b) => (a.waitingSince ?? "9").localeCompare(b.waitingSince ?? "9"));
}

export function Board({ rows }: { rows: Row[] }) {
  const say = useSay();
  const title = say("情况共知板", "Who knows what");
  const steps = [say("已告知", "Told"), say("已打开", "Opened"), say("已确认", "Acknowledged"), say("已办理", "Acted")];
  return (
    <section aria-labelledby="board">
      <h2 id="board">{title}</h2>
      {rows.length === 0 ? (
        <p className="missing">{say("没有可见的告知记录。", "No notifications that you may see.")}</p>
      ) : (
        <div className="wide" role="group" aria-label={say("表格，可左右滚动", "Table, scrolls sideways")} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say("单位", "Unit")}</th>
                {steps.map((step) => (
                  <th scope="col" key={step}>
                    {step}
                  </th>
                ))}
                <th scope="col">{say("待确认自", "Waiting since")}</th>
              </tr>
            </thead>
            <tbody>
              {standings(rows).map((standing) => (
                <Line key={standing.unit} standing={standing} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Line({ standing }: { standing: Standing }) {
  const say = useSay();
  const { waitingSince, told } = standing;
  const late = waitingSince !== null && Date.now() - Date.parse(waitingSince) > LATE_MS;
  return (
    <tr>
      <th scope="row">
        <UnitOf code={standing.unit} />
      </th>
      {STEPS.map((step) => (
        <td key={step} className={standing.done[step] === told ? "whole" : "part"}>
          {standing.done[step]}/{told}
        </td>
      ))}
      <td>
        {waitingSince ? <Moment at={waitingSince} /> : say("无", "None")}
        {late && <strong className="late"> {say("迟", "Late")}</strong>}
      </td>
    </tr>
  );
}

// Where a child is sheltered in secret, not even the unit is named.
export function UnitOf({ code }: { code: unknown }) {
  const say = useSay();
  return code ? <Name code={String(code)} /> : <span className="withheld">{say("不提供名称的单位", "A unit that is not named")}</span>;
}
