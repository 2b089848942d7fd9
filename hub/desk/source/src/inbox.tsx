// What came in: how much waits, and each notice, the most urgent first, to be opened, acknowledged or sent back.
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { CombinedError } from "@urql/core";
import { useClient } from "./asking";
import { useFigures } from "./figures";
import { useSay } from "./language";
import { NoticeCard } from "./notice";
import { acknowledge, decline, useNotices, type Listed, type Notice, type Sort } from "./notices";
import { ByUrgency, urgencyOf, useObligations } from "./obligations";
import { Page, useViewer } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { Explained } from "./record";
import { to } from "./route";
import { entity } from "./vocabulary";

const NOTICE = entity("Notice");

export function InboxPage() {
  const say = useSay();
  const field = useId();
  const [sort, setSort] = useState<Sort>("waiting");
  return (
    <Page title={say("收件箱", "Inbox")} place="inbox">
      <Overview />
      <p>
        <label htmlFor={field}>{say("显示", "Show")}</label>
        <select id={field} value={sort} onChange={(event) => setSort(event.target.value as Sort)}>
          <option value="waiting">{say("待签收的通知", "To be acknowledged")}</option>
          <option value="handled">{say("已签收和已退回的通知", "Acknowledged or sent back")}</option>
        </select>
      </p>
      <Notices key={sort} sort={sort} />
      <Urgent />
    </Page>
  );
}

function Overview() {
  const say = useSay();
  const { figures, live } = useFigures();
  if (!figures) return null;
  const shown: [string, number, boolean][] = [
    [say("待签收", "To acknowledge"), figures.waiting, false],
    [say("逾期未签收", "Overdue"), figures.late, true],
    [say("今天到期", "Due today"), figures.dueToday, false],
    [say("由本单位办理", "Yours to handle"), figures.toHandle, false],
    [say("未打开", "Not opened"), figures.unopened, false],
    [say("应履行义务", "Obligations"), figures.owed, false],
    [say("逾期义务", "Obligations overdue"), figures.owedLate, true],
  ];
  return (
    <section aria-label={say("概况", "In figures")}>
      <dl className="figures">
        {shown.map(([label, figure, wrong]) => (
          <div key={label} className={wrong && figure > 0 ? "wrong" : undefined}>
            <dt>{label}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
      {live !== null && (
        <p className="hint freshness">
          {live ? say("数字随新情况即时更新。", "The figures follow what happens.") : say("暂时不能即时更新，每分钟更新一次。", "No live updates now; renewed every minute.")}
        </p>
      )}
    </section>
  );
}

interface Outcome {
  text: string | null;
  error: CombinedError | undefined;
}

function Notices({ sort }: { sort: Sort }) {
  const say = useSay();
  const client = useClient();
  const listed = useNotices(sort);
  const { ask } = useFigures();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [outcome, setOutcome] = useState<Outcome>({ text: null, error: undefined });
  const settle = (done: string[], text: string, error: CombinedError | undefined) => {
    const gone = new Set(done);
    listed.without(done);
    setChosen((before) => new Set([...before].filter((id) => !gone.has(id))));
    setOutcome({ text: done.length ? text : null, error });
    ask();
  };
  const onAcknowledge = async (ids: string[]) => {
    const { done, error } = await acknowledge(client, ids);
    settle(done, say(`已签收 ${done.length} 条，并已记录。`, `${done.length} acknowledged, and on record.`), error);
  };
  const onDecline = async (id: string, reason: string) => {
    const error = await decline(client, id, reason);
    settle(error ? [] : [id], say("已退回，并已告知通知单位。", "Sent back; who told you has been told."), error);
    return !error;
  };
  const choose = (ids: string[], on: boolean) =>
    setChosen((before) => new Set(on ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id))));
  return (
    <>
      <Told outcome={outcome} />
      <Arrived listed={listed} />
      {listed.rows?.length === 0 && (
        <Nothing>{sort === "waiting" ? say("没有待签收的通知。", "Nothing waits to be acknowledged.") : say("没有已处理的通知。", "Nothing was acknowledged yet.")}</Nothing>
      )}
      {sort === "waiting" && <Bulk rows={listed.rows ?? []} chosen={chosen} choose={choose} onAcknowledge={onAcknowledge} />}
      <Groups
        sort={sort}
        rows={listed.rows ?? []}
        card={(notice) => (
          <NoticeCard
            key={notice.id}
            notice={notice}
            chosen={chosen.has(notice.id)}
            onChoose={sort === "waiting" ? (on) => choose([notice.id], on) : null}
            onAcknowledge={() => void onAcknowledge([notice.id])}
            onDecline={(reason) => onDecline(notice.id, reason)}
          />
        )}
      />
      {listed.fetching && <Loading />}
      {listed.error && <Problem error={listed.error} again={listed.anew} />}
      {listed.more && !listed.fetching && (
        <button type="button" className="quiet" onClick={listed.more}>
          {say("更多", "More")}
        </button>
      )}
      <Explained access={listed.access} root={listed.rows ? ["notices", "nodes"] : ["notices"]} of={NOTICE} />
    </>
  );
}

// What came of it, where the focus goes: the button that was pressed is gone.
function Told({ outcome }: { outcome: Outcome }) {
  const box = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (outcome.text) box.current?.focus();
  }, [outcome]);
  return (
    <>
      {outcome.error && <Problem error={outcome.error} />}
      <p ref={box} role="status" tabIndex={-1} className={outcome.text ? "notice" : "unseen"}>
        {outcome.text}
      </p>
    </>
  );
}

// What comes while one reads is not pushed in between.
function Arrived({ listed }: { listed: Listed }) {
  const say = useSay();
  const { arrived } = useFigures();
  const [seen, setSeen] = useState(arrived);
  if (arrived === seen) return null;
  const show = () => {
    setSeen(arrived);
    listed.anew();
  };
  return (
    <p className="notice">
      {say(`又收到 ${arrived - seen} 条通知。`, `${arrived - seen} more have come. `)}
      <button type="button" className="quiet" onClick={show}>
        {say("更新列表", "Show them")}
      </button>
    </p>
  );
}

interface BulkProps {
  rows: Notice[];
  chosen: ReadonlySet<string>;
  choose: (ids: string[], on: boolean) => void;
  onAcknowledge: (ids: string[]) => Promise<void>;
}

function Bulk({ rows, chosen, choose, onAcknowledge }: BulkProps) {
  const say = useSay();
  const { mayAcknowledge } = useViewer();
  if (rows.length < 2 || !mayAcknowledge) return null;
  const ids = rows.map((row) => row.id);
  const all = ids.every((id) => chosen.has(id));
  return (
    <div className="bulk">
      <label>
        <input type="checkbox" checked={all} onChange={(event) => choose(ids, event.target.checked)} />
        <span>{say(`全选（${ids.length}）`, `All of them (${ids.length})`)}</span>
      </label>
      <button type="button" disabled={chosen.size === 0} onClick={() => void onAcknowledge([...chosen])}>
        {say(`签收所选（${chosen.size}）`, `Acknowledge chosen (${chosen.size})`)}
      </button>
    </div>
  );
}

type Group = "late" | "today" | "later" | "known" | "handled";

function groupOf(notice: Notice, sort: Sort, now: number): Group {
  if (sort === "handled") return "handled";
  if (!notice.dueAt) return "known";
  const urgency = urgencyOf(notice.dueAt, now);
  return urgency === "overdue" ? "late" : urgency === "today" ? "today" : "later";
}

function first(notice: Notice): number {
  return (notice.escalatedAt ? 0 : 2) + (notice.addressed ? 0 : 1);
}

function Groups({ sort, rows, card }: { sort: Sort; rows: Notice[]; card: (notice: Notice) => React.ReactNode }) {
  const say = useSay();
  const now = useMemo(() => Date.now(), [rows]);
  const titles: Record<Group, string> = {
    late: say("逾期未签收", "Overdue"),
    today: say("今天到期", "Due today"),
    later: say("以后到期", "Due later"),
    known: say("仅供知悉，无签收期限", "For your information, without a term"),
    handled: say("已签收和已退回", "Acknowledged or sent back"),
  };
  return (["late", "today", "later", "known", "handled"] as const).map((group) => {
    const found = rows.filter((row) => groupOf(row, sort, now) === group).sort((a, b) => first(a) - first(b));
    if (found.length === 0) return null;
    return (
      <section key={group} className={group === "late" ? "urgency overdue" : "urgency"} aria-labelledby={`n-${group}`}>
        <h2 id={`n-${group}`}>
          {titles[group]} <span className="count">{found.length}</span>
        </h2>
        <ul className="cards">{found.map(card)}</ul>
      </section>
    );
  });
}

// Obligations that cannot wait; the others have a page of their own.
function Urgent() {
  const say = useSay();
  const [{ data, error, fetching }] = useObligations();
  const rows = data?.obligations?.nodes ?? [];
  if (fetching || error || rows.length === 0) return null;
  return (
    <section aria-labelledby="owed">
      <h2 id="owed">{say("应履行的义务", "What your unit owes")}</h2>
      <ByUrgency rows={rows} only={["overdue", "today"]} within />
      <p>
        <a href={to("obligations")}>{say(`全部应办事项（${rows.length}）`, `All obligations (${rows.length})`)}</a>
      </p>
    </section>
  );
}
