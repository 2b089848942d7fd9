// Finding a child: by file number, or by name and village as far as the unit may compare them.
import { useId, useState, type FormEvent } from "react";
import { useAsk, useClient } from "./asking";
import type { Entry } from "./access";
import { useSay } from "./language";
import { Page, useViewer } from "./page";
import { Places } from "./places";
import { Loading, Nothing, Problem } from "./problem";
import { Explained, Fields } from "./record";
import { go, to } from "./route";
import { entity, type Row } from "./vocabulary";

const CHILD = entity("Child");
const SHOWN = ["childNo", "age", "sex", "residenceDivision", "lbcStatus"];
const ASKED = `query FindChildren($filter: ChildFilter, $after: String) {
  children(first: 20, after: $after, filter: $filter) {
    nodes { id name ${SHOWN.join(" ")} withheld } pageInfo { hasNextPage endCursor } } }`;
const BY_NUMBER = "query ChildByNumber($number: String!) { child(childNo: $number) { id } }";

interface Asked {
  name: string;
  village: string;
}

// Survives a reload of this tab, and goes with the session.
const KEPT = "desk.find";

function kept(): Asked | null {
  return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Asked | null;
}

export function FindPage() {
  const say = useSay();
  const [asked, setAsked] = useState<Asked | null>(kept);
  const ask = (words: Asked) => {
    sessionStorage.setItem(KEPT, JSON.stringify(words));
    setAsked(words);
  };
  return (
    <Page title={say("查找儿童", "Find a child")} place="children">
      <div className="columns">
        <ByNumber />
        <ByName asked={asked} onAsk={ask} />
      </div>
      {asked && <Found key={`${asked.name} ${asked.village}`} asked={asked} />}
    </Page>
  );
}

function ByNumber() {
  const say = useSay();
  const client = useClient();
  const field = useId();
  const [number, setNumber] = useState("");
  const [none, setNone] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setNone(false);
    const { data } = await client.query<{ child: Row | null }>(BY_NUMBER, { number: number.trim() }).toPromise();
    if (data?.child?.id) go("child", data.child.id);
    else setNone(true);
  };
  return (
    <form className="panel" onSubmit={(event) => void submit(event)}>
      <h2>{say("按档案编号", "By file number")}</h2>
      <p>
        <label htmlFor={field}>{say("一人一档编号", "File number")}</label>
        <input id={field} required value={number} inputMode="numeric" autoComplete="off" onChange={(event) => setNumber(event.target.value)} />
      </p>
      {none && (
        <p role="alert">
          {say("没有这个编号，或不在本单位可查看的范围。请核对编号；仍查不到的，请所在地民政部门协查。", "No such number, or not within your unit's reach. Check it; if it is right, ask civil affairs of the place.")}
        </p>
      )}
      <button type="submit">{say("打开档案", "Open the file")}</button>
    </form>
  );
}

function ByName({ asked, onAsk }: { asked: Asked | null; onAsk: (asked: Asked) => void }) {
  const say = useSay();
  const { unit } = useViewer();
  const [field, place] = [useId(), useId()];
  const [name, setName] = useState(asked?.name ?? "");
  const [village, setVillage] = useState(asked?.village ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk({ name: name.trim(), village: village.trim() });
  };
  return (
    <form className="panel" onSubmit={submit}>
      <h2>{say("按姓名和村居", "By name and village")}</h2>
      <p>
        <label htmlFor={field}>{say("姓名（全名，可不填）", "Name (in full; may be left out)")}</label>
        <input id={field} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </p>
      <p>
        <label htmlFor={place}>{say("居住的村居、乡镇（可不填）", "Village or township of residence (may be left out)")}</label>
        <Places id={place} kind="division" around={unit.division} value={village} onValue={setVillage} />
      </p>
      <button type="submit">{say("查找", "Find")}</button>
    </form>
  );
}

function conditions({ name, village }: Asked): Record<string, unknown> | null {
  const all = [
    ...(name ? [{ name: { eq: name } }] : []),
    ...(village ? [{ residenceDivision: { within: village } }] : []),
  ];
  return all.length ? { and: all } : null;
}

interface Answer {
  children: { nodes: Row[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } | null;
}

function Found({ asked }: { asked: Asked }) {
  const say = useSay();
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  return (
    <section aria-labelledby="found">
      <h2 id="found">{say("查到的儿童", "Children found")}</h2>
      {cursors.map((after, at) => (
        <Part
          key={after}
          asked={asked}
          after={after}
          onMore={at === cursors.length - 1 ? (next) => setCursors([...cursors, next]) : undefined}
        />
      ))}
    </section>
  );
}

function Part({ asked, after, onMore }: { asked: Asked; after: string | null; onMore: ((next: string) => void) | undefined }) {
  const say = useSay();
  const [{ data, error, fetching, access }, again] = useAsk<Answer>({
    query: ASKED,
    variables: { filter: conditions(asked), after },
  });
  if (fetching) return <Loading />;
  if (error) return <Problem error={error} again={again} />;
  const { nodes = [], pageInfo } = data?.children ?? {};
  return (
    <>
      {data?.children && nodes.length === 0 && (
        <Nothing>{say("没有查到。请核对姓名，或改用档案编号。", "None found. Check the name, or use the file number.")}</Nothing>
      )}
      <Children rows={nodes} access={access} />
      {pageInfo?.hasNextPage && onMore && pageInfo.endCursor && (
        <button type="button" className="quiet" onClick={() => onMore(pageInfo.endCursor ?? "")}>
          {say("更多", "More")}
        </button>
      )}
      <Explained access={access} root={["children", "nodes"]} of={CHILD} />
      {!data?.children && <Explained access={access} root={["children"]} of={CHILD} />}
    </>
  );
}

function Children({ rows, access }: { rows: Row[]; access: Entry[] }) {
  const say = useSay();
  return (
    <ul className="cards">
      {rows.map((row) => (
        <li key={row.id}>
          <h3>
            <a href={to("child", row.id ?? "")}>{String(row["name"] ?? row["childNo"] ?? say("档案", "File"))}</a>
          </h3>
          <Fields of={CHILD} row={row} path={["children", "nodes"]} access={access} only={SHOWN} />
        </li>
      ))}
    </ul>
  );
}
