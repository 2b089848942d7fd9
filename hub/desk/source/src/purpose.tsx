// What the requests of this session serve. Some rights hold only for a stated case, task or application.
import { useState, type FormEvent } from "react";
import { useSay } from "./language";
import { Page } from "./page";
import { go } from "./route";
import { readPurpose, statePurpose, type Purpose } from "./session";

type Part = keyof Purpose;

export function PurposePage() {
  const say = useSay();
  const [purpose, setPurpose] = useState<Purpose>(readPurpose);
  const parts: [Part, string][] = [
    ["Duty", say("职责代码，如 R050", "Duty, such as R050")],
    ["Case", say("案件编号", "Case number")],
    ["Task", say("任务编号", "Task number")],
    ["Application", say("申请编号", "Application number")],
  ];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    statePurpose(purpose);
    go("inbox");
  };
  return (
    <Page title={say("写明用途", "State a purpose")} place="purpose">
      <p>
        {say(
          "写明后，本次登入的每次查询都只为此用途：限于所写的职责、案件、任务或申请，并记入访问记录。",
          "Once stated, every question of this session serves it: it is limited to that duty, case, task or application, and recorded so.",
        )}
      </p>
      <form className="panel" onSubmit={submit}>
        {parts.map(([part, label]) => (
          <p key={part}>
            <label htmlFor={part}>{label}</label>
            <input
              id={part}
              value={purpose[part] ?? ""}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setPurpose({ ...purpose, [part]: event.target.value.trim() })}
            />
          </p>
        ))}
        <button type="submit">{say("使用", "Use it")}</button>{" "}
        <button
          type="button"
          className="quiet"
          onClick={() => {
            statePurpose({});
            go("inbox");
          }}
        >
          {say("不写用途", "State none")}
        </button>
      </form>
    </Page>
  );
}
