// 情况共知率: of each unit within reach, what it was to know and acknowledged in time, and what it owed and gave; lowest first.
import { useId, useMemo, useState } from "react";
import { useAsk } from "./asking";
import { percent } from "./board";
import { useSay } from "./language";
import { Page, useViewer } from "./page";
import { Places } from "./places";
import { Loading, Nothing, Problem } from "./problem";
import { Name } from "./reference";
import { Table, type Column } from "./table";
import { Day } from "./value";

interface Count {
  told: number;
  mustKnow: number;
  inTime: number;
  late: number;
  missed: number;
  declined: number;
  rate: number | null;
  owed: number;
  overdue: number;
  refused: number;
  supplyRate: number | null;
}

interface Rates {
  since: string;
  until: string;
  total: Count;
  units: { unit: string; count: Count }[];
}

const COUNT = "told mustKnow inTime late missed declined rate owed overdue refused supplyRate";
const ASKED = `query Rates($division: String, $since: DateTime) { sharedKnowledge(division: $division, since: $since) {
  since until total { ${COUNT} } units { unit count { ${COUNT} } } } }`;
const AT_ONCE = 50;
const DAY_MS = 86_400_000;
const DIVISION = /^\d{6}(\d{3}(\d{3})?)?$/;

export function RatesPage() {
  const say = useSay();
  const { unit } = useViewer();
  const [period, place] = [useId(), useId()];
  const [days, setDays] = useState(90);
  const [division, setDivision] = useState("");
  // To the day, so that the same question is not asked anew with every stroke of a key.
  const since = useMemo(() => new Date(Math.floor(Date.now() / DAY_MS - days) * DAY_MS).toISOString(), [days]);
  const within = DIVISION.test(division) ? division.padEnd(12, "0") : null;
  return (
    <Page title={say("情况共知率", "Rates of shared knowledge")} place="rates">
      <p className="hint">
        {say("情况共知率 = 按期签收的通知 ÷ 应签收且已到期或已签收的通知。由低到高排列。", "Notices acknowledged in time ÷ notices to be acknowledged that are due or done. Lowest first.")}
      </p>
      <div className="choosing">
        <p>
          <label htmlFor={period}>{say("时间", "Period")}</label>
          <select id={period} value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {[30, 90, 365].map((each) => (
              <option key={each} value={each}>
                {say(`近 ${each} 天`, `Last ${each} days`)}
              </option>
            ))}
          </select>
        </p>
        <div>
          <label htmlFor={place}>{say("区划（可不填）", "Division (may be left out)")}</label>
          <Places id={place} kind="division" around={unit.division} value={division} onValue={setDivision} />
        </div>
      </div>
      <Shown division={within} since={since} />
    </Page>
  );
}

function Shown({ division, since }: { division: string | null; since: string }) {
  const say = useSay();
  const [{ data, error, fetching }, again] = useAsk<{ sharedKnowledge: Rates | null }>({ query: ASKED, variables: { division, since } });
  const rates = data?.sharedKnowledge;
  if (fetching) return <Loading />;
  if (error) return <Problem error={error} again={again} />;
  if (!rates?.units.length) return <Nothing>{say("这段时间内没有可见的通知和义务。", "Nothing was told or owed in this period that you may see.")}</Nothing>;
  return (
    <>
      <Together rates={rates} />
      <Each rates={rates} />
    </>
  );
}

function Together({ rates: { total, since, until, units } }: { rates: Rates }) {
  const say = useSay();
  const none = say("无应签收", "none due");
  return (
    <section aria-label={say("合计", "Together")}>
      <p>
        <Day on={since} /> {say("至", "to")} <Day on={until} />
        {say(`，${units.length} 个单位。`, `, ${units.length} units.`)}
      </p>
      <dl className="figures">
        <div>
          <dt>{say("情况共知率", "Shared knowledge")}</dt>
          <dd>{total.rate === null ? none : percent(total.rate)}</dd>
        </div>
        <div>
          <dt>{say("义务按期履行率", "Given in time")}</dt>
          <dd>{total.supplyRate === null ? say("无到期义务", "none due") : percent(total.supplyRate)}</dd>
        </div>
        <div className={total.missed ? "wrong" : undefined}>
          <dt>{say("逾期未签收", "Overdue")}</dt>
          <dd>{total.missed}</dd>
        </div>
        <div className={total.overdue ? "wrong" : undefined}>
          <dt>{say("逾期义务", "Obligations overdue")}</dt>
          <dd>{total.overdue}</dd>
        </div>
      </dl>
    </section>
  );
}

function Each({ rates }: { rates: Rates }) {
  const say = useSay();
  const [shown, setShown] = useState(AT_ONCE);
  const rate = (value: number | null) => (value === null ? say("无", "none") : percent(value));
  const bad = (value: number) => (value ? <strong className="late">{value}</strong> : value);
  const columns: Column<Rates["units"][number]>[] = [
    { title: say("单位", "Unit"), shown: ({ unit }) => <Name code={unit} /> },
    { title: say("情况共知率", "Shared knowledge"), shown: ({ count }) => <strong>{rate(count.rate)}</strong> },
    { title: say("应签收", "To acknowledge"), shown: ({ count }) => count.mustKnow },
    { title: say("按期", "In time"), shown: ({ count }) => count.inTime },
    { title: say("逾期签收", "Late"), shown: ({ count }) => count.late },
    { title: say("逾期未签收", "Overdue"), shown: ({ count }) => bad(count.missed) },
    { title: say("退回", "Sent back"), shown: ({ count }) => count.declined },
    { title: say("义务按期履行率", "Given in time"), shown: ({ count }) => rate(count.supplyRate) },
    { title: say("逾期义务", "Obligations overdue"), shown: ({ count }) => bad(count.overdue) },
    { title: say("拒绝共享", "Shares refused"), shown: ({ count }) => count.refused },
  ];
  const rows = rates.units.slice(0, shown);
  return (
    <>
      <Table label={say("各单位情况共知率", "Rates, unit by unit")} columns={columns} rows={rows} keyOf={({ unit }) => unit} />
      {rows.length < rates.units.length && (
        <p>
          {say(`这里列出最低的 ${rows.length} 个单位。`, `The lowest ${rows.length} are listed. `)}{" "}
          <button type="button" className="quiet" onClick={() => setShown(shown + AT_ONCE)}>
            {say("更多", "More")}
          </button>
        </p>
      )}
    </>
  );
}
