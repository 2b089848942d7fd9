// Signing in: at the departments' issuer, or in the demonstration as any unit and role.
import { useEffect, useId, useState, type FormEvent } from "react";
import { useSay, useWord, type Label } from "./language";
import { exchange, leaveToSignIn, takeReturned, type Oidc } from "./oidc";
import { Loading, Nothing } from "./problem";
import { signIn, whyEnded } from "./session";

interface Ways {
  demo: { roles: { code: string; label: Label }[] } | null;
  oidc: Oidc | null;
}

interface Unit {
  code: string;
  name: Label;
}

// Taken once, before anything is drawn: the address must not keep the code.
const RETURNED = takeReturned();

async function told<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, { ...init, credentials: "omit", cache: "no-store" });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as T;
}

export function SignIn() {
  const say = useSay();
  const [ways, setWays] = useState<Ways | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    told<Ways>("/desk/sign-in").then(setWays, () => setFailed(true));
  }, []);
  return (
    <main id="main" className="signin">
      <h1>{say("登入共知工作台", "Sign in to the Gongzhi workbench")}</h1>
      <Why />
      {failed && <p role="alert">{say("连接不上平台，请稍后重新打开本页。", "The hub cannot be reached; open this page again later.")}</p>}
      {!ways && !failed && <Loading />}
      {ways?.oidc && <AtIssuer oidc={ways.oidc} />}
      {ways?.demo && <AsUnit roles={ways.demo.roles} />}
      {ways && !ways.oidc && !ways.demo && (
        <Nothing>
          {say(
            "本平台尚未设置登入方式。请系统管理员设置 HUB_DESK_CLIENT_ID 等项，见 README。",
            "No way to sign in is set up here. The administrator sets HUB_DESK_CLIENT_ID and its companions; see README.",
          )}
        </Nothing>
      )}
    </main>
  );
}

function Why() {
  const say = useSay();
  const why = whyEnded();
  if (!why) return null;
  const words = {
    expired: say("登入已到期，请重新登入。", "Your sign-in has ended; sign in again."),
    idle: say("较长时间未操作，已自动登出。", "You were signed out after a time without use."),
    refused: say("平台不再接受此登入，请重新登入；仍不行的，请联系本单位管理员。", "The hub no longer accepts this sign-in. Sign in again, or ask your unit's administrator."),
  };
  return <p role="status" className="notice">{words[why]}</p>;
}

function AtIssuer({ oidc }: { oidc: Oidc }) {
  const say = useSay();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!RETURNED) return;
    exchange(oidc, RETURNED).then((token) => (token ? signIn(token) : setFailed(true)), () => setFailed(true));
  }, [oidc]);
  return (
    <section className="panel">
      {failed && <p role="alert">{say("统一认证没有完成，请再试一次。", "Signing in was not completed; try once more.")}</p>}
      <button type="button" onClick={() => void leaveToSignIn(oidc)}>
        {say("用统一身份认证登入", "Sign in with your organisation")}
      </button>
    </section>
  );
}

function AsUnit({ roles }: { roles: { code: string; label: Label }[] }) {
  const say = useSay();
  const word = useWord();
  const role = useId();
  const [unit, setUnit] = useState("");
  const [chosen, setChosen] = useState(roles[0]?.code ?? "");
  const [failed, setFailed] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ unit, role: chosen }) };
    told<{ token: string }>("/desk/demo/token", init).then(({ token }) => signIn(token), () => setFailed(true));
  };
  return (
    <form className="panel" onSubmit={submit}>
      <h2>{say("演示：以任一单位登入", "Demonstration: sign in as any unit")}</h2>
      <p className="hint">{say("演示城市中的单位、人员、案件全系虚构。", "Units, people and cases of the demonstration city are made up.")}</p>
      <UnitChoice unit={unit} onUnit={setUnit} />
      <p>
        <label htmlFor={role}>{say("角色", "Role")}</label>
        <select id={role} value={chosen} onChange={(event) => setChosen(event.target.value)}>
          {roles.map(({ code, label }) => (
            <option key={code} value={code}>
              {word(label)}
            </option>
          ))}
        </select>
      </p>
      {failed && <p role="alert">{say("没有登入：单位代码不正确，或已撤销。", "Not signed in: the unit's code is wrong, or the unit has ended.")}</p>}
      <button type="submit">{say("登入", "Sign in")}</button>
    </form>
  );
}

function UnitChoice({ unit, onUnit }: { unit: string; onUnit: (code: string) => void }) {
  const say = useSay();
  const word = useWord();
  const search = useId();
  const [words, setWords] = useState("");
  const [units, setUnits] = useState<Unit[]>([]);
  useEffect(() => {
    // An answer to what was searched before must not replace the answer to what is searched now.
    let past = false;
    const show = (found: Unit[]) => past || setUnits(found);
    const timer = window.setTimeout(() => {
      told<{ units: Unit[] }>(`/desk/demo/units?search=${encodeURIComponent(words)}`).then(({ units: found }) => show(found), () => show([]));
    }, 150);
    return () => {
      past = true;
      window.clearTimeout(timer);
    };
  }, [words]);
  return (
    <>
      <p>
        <label htmlFor={search}>{say("查找单位（名称或代码）", "Find a unit (name or code)")}</label>
        <input id={search} type="search" value={words} autoComplete="off" spellCheck={false} onChange={(event) => setWords(event.target.value)} />
      </p>
      <fieldset className="choices">
        <legend>{say(`单位（${units.length} 个）`, `Unit (${units.length})`)}</legend>
        {units.length === 0 && <p className="missing">{say("没有符合的单位", "No such unit")}</p>}
        {units.map(({ code, name }) => (
          <label key={code}>
            <input type="radio" name="unit" required value={code} checked={unit === code} onChange={() => onUnit(code)} />
            <span>
              {word(name)} <small>{code}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  );
}
