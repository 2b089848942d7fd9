// One notice: what happened, whose matter it is, by when it is to be acknowledged, and what may be made of it.
import { useId, useState, type FormEvent, type ReactNode } from "react";
import { useClient } from "./asking";
import { useSay, useWord } from "./language";
import { markOpened, type Notice } from "./notices";
import { useViewer } from "./page";
import { Name, useCodes } from "./reference";
import { to } from "./route";
import { Code, Moment } from "./value";
import { DECLINABLE, EVENTS, RULES } from "./vocabulary";

interface CardProps {
  notice: Notice;
  chosen: boolean;
  onChoose: ((on: boolean) => void) | null; // null: nothing is to be made of it any more
  onAcknowledge: () => void;
  onDecline: (reason: string) => Promise<boolean>;
}

export function NoticeCard({ notice, chosen, onChoose, onAcknowledge, onDecline }: CardProps) {
  const say = useSay();
  const { mayAcknowledge } = useViewer();
  const [declining, setDeclining] = useState(false);
  const waits = !notice.acknowledgedAt && !notice.declinedAt;
  const declinable = waits && mayAcknowledge && notice.addressed && DECLINABLE.has(notice.eventType ?? "");
  return (
    <li className="notice-card">
      <h3>
        {onChoose && mayAcknowledge ? (
          <label>
            <input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.target.checked)} />
            <span>
              <span className="unseen">{say("选择：", "Choose: ")}</span>
              <Title notice={notice} />
            </span>
          </label>
        ) : (
          <Title notice={notice} />
        )}
      </h3>
      <Standing notice={notice} waits={waits} />
      <Facts notice={notice} />
      <p className="doings">
        <Matter notice={notice} />
        {waits && mayAcknowledge && (
          <button type="button" onClick={onAcknowledge}>
            {say("签收", "Acknowledge")}
          </button>
        )}
        {declinable && !declining && (
          <button type="button" className="quiet" onClick={() => setDeclining(true)}>
            {say("退回", "Send back")}
          </button>
        )}
      </p>
      {declining && <Declining onDecline={onDecline} onLeave={() => setDeclining(false)} />}
    </li>
  );
}

// 谁、何事；of what is late, which unit it is and with what.
function Title({ notice }: { notice: Notice }) {
  const say = useSay();
  const word = useWord();
  const { unit } = useViewer();
  const happened = word(EVENTS[notice.eventType ?? ""]) || word(useCodes("notice_kind").get(notice.kind ?? ""));
  const rule = word(RULES[notice.obligation?.rule ?? ""]);
  if (!notice.aboutUnit) return <>{happened || say("通知", "Notice")}</>;
  return (
    <>
      {notice.aboutUnit === unit.code ? say("本单位", "Your unit") : <Name code={notice.aboutUnit} />}
      {say("：", ": ")}
      {happened}
      {rule && say(`（${rule}）`, ` (${rule})`)}
    </>
  );
}

// Every state in words; late ones first.
function Standing({ notice, waits }: { notice: Notice; waits: boolean }) {
  const say = useSay();
  const late = waits && notice.dueAt !== null && Date.parse(notice.dueAt) < Date.now();
  const words: [string, string][] = [
    [late ? "wrong" : "", say("逾期未签收", "Overdue")],
    [waits && notice.escalatedAt ? "wrong" : "", say("已报上级", "Told to the unit above")],
    [waits && notice.addressed ? "own" : "", say("由本单位办理", "Yours to handle")],
    [waits && !notice.openedAt ? "plain" : "", say("未打开", "Not opened")],
    [notice.acknowledgedAt ? "done" : "", say("已签收", "Acknowledged")],
    [notice.declinedAt ? "own" : "", say("已退回", "Sent back")],
  ];
  const shown = words.filter(([tone]) => tone);
  if (shown.length === 0) return null;
  return (
    <ul className="tags">
      {shown.map(([tone, text]) => (
        <li key={text} className={tone}>
          {text}
        </li>
      ))}
    </ul>
  );
}

function Facts({ notice }: { notice: Notice }) {
  const say = useSay();
  const facts: [string, ReactNode][] = [
    [say("类型", "Kind"), <Code list="notice_kind" code={notice.kind ?? ""} />],
    [notice.kind === "inquiry" ? say("查询单位", "Asked by") : say("通知单位", "Told by"), notice.byUnit === "hub" ? say("共知平台", "The hub") : notice.byUnit && <Name code={notice.byUnit} />],
    [say("通知时间", "Told"), <Moment at={notice.at} />],
    [say("签收期限", "Acknowledge by"), notice.dueAt && <Moment at={notice.dueAt} />],
    [say("签收时间", "Acknowledged"), notice.acknowledgedAt && <Moment at={notice.acknowledgedAt} />],
    [say("退回理由", "Why sent back"), notice.declineReason],
    [say("履行期限", "Owed by"), notice.obligation?.dueAt && <Moment at={notice.obligation.dueAt} />],
    [say("儿童", "Child"), notice.child?.name],
  ];
  return (
    <dl className="fields">
      {facts.map(([label, value]) =>
        value ? (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

// Where the matter itself stands; who goes there has opened the notice.
function Matter({ notice }: { notice: Notice }) {
  const say = useSay();
  const client = useClient();
  const { mayAcknowledge } = useViewer();
  const [href, text] = matterOf(notice, say);
  if (!href) return null;
  return (
    <a className="button" href={href} onClick={() => mayAcknowledge && !notice.openedAt && markOpened(client, notice.id)}>
      {text}
    </a>
  );
}

const PARTS: Record<string, string> = { schooling: "school", guardianship: "family", correction: "sources" };

function matterOf({ case: about, report, child, obligation, kind }: Notice, say: ReturnType<typeof useSay>): [string, string] {
  if (about) return [to("case", about.id), say(`打开案件 ${about.caseNo ?? ""}`, `Open case ${about.caseNo ?? ""}`)];
  if (report) return [to("report", report.id), say(`打开报告 ${report.reportNo ?? ""}`, `Open report ${report.reportNo ?? ""}`)];
  if (child) return [to("child", child.id, PARTS[kind ?? ""] ?? "self"), say("打开儿童档案", "Open the child's file")];
  if (obligation) return [to("obligations"), say("打开应办事项", "Open the obligations")];
  return ["", ""];
}

interface DecliningProps {
  onDecline: (reason: string) => Promise<boolean>;
  onLeave: () => void;
}

function Declining({ onDecline, onLeave }: DecliningProps) {
  const say = useSay();
  const field = useId();
  const [reason, setReason] = useState("");
  const [empty, setEmpty] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setEmpty(!reason.trim());
    if (reason.trim() && !(await onDecline(reason.trim()))) onLeave();
  };
  return (
    <form className="declining" noValidate onSubmit={(event) => void submit(event)}>
      <label htmlFor={field}>
        {say("退回理由", "Why it is sent back")}
        <span className="required">{say("（必填）", "(required)")}</span>
      </label>
      {empty && (
        <span className="fault" id={`${field}-fault`} role="alert">
          {say("请写明退回理由。", "Give the reason.")}
        </span>
      )}
      <textarea
        id={field}
        rows={2}
        value={reason}
        autoFocus
        aria-required
        aria-invalid={empty || undefined}
        aria-describedby={empty ? `${field}-fault` : undefined}
        onChange={(event) => setReason(event.target.value)}
      />
      <p className="doings">
        <button type="submit">{say("确认退回", "Send it back")}</button>
        <button type="button" className="quiet" onClick={onLeave}>
          {say("取消", "Cancel")}
        </button>
      </p>
    </form>
  );
}
