// 谁在参与: the units that have a part in a child's life, and whom to call there. Nothing of what they hold.
import { useAsk } from "./asking";
import { useSay, useWord, type Label } from "./language";
import { Loading, Problem } from "./problem";
import { Day } from "./value";

interface Involved {
  unit: string;
  name: Label;
  role: string;
  roleLabel: Label;
  phone: string | null;
  since: string | null;
}

const ASKED = `query Involved($child: ID!) { whoIsInvolved(child: $child) {
  unit name { zh en } role roleLabel { zh en } phone since } }`;

export function InvolvedIn({ child }: { child: string }) {
  const say = useSay();
  const [{ data, error, fetching }, again] = useAsk<{ whoIsInvolved: Involved[] | null }>({ query: ASKED, variables: { child } });
  const found = byUnit(data?.whoIsInvolved ?? []);
  return (
    <section className="related" aria-labelledby="involved">
      <h2 id="involved">{say("参与单位和值班电话", "Who is involved, and whom to call")}</h2>
      {fetching && <Loading />}
      {error && <Problem error={error} again={again} />}
      {data && found.length === 0 && <p className="missing">{say("没有可见的参与单位。", "No units that you may see.")}</p>}
      <ul className="cards people">
        {found.map((parts) => (
          <One key={parts[0].unit} parts={parts} />
        ))}
      </ul>
    </section>
  );
}

type Parts = [Involved, ...Involved[]];

// A unit stands once, with everything that it is to the child.
function byUnit(found: Involved[]): Parts[] {
  const units = new Map<string, Parts>();
  for (const each of found) {
    const parts = units.get(each.unit);
    if (parts) parts.push(each);
    else units.set(each.unit, [each]);
  }
  return [...units.values()];
}

function One({ parts }: { parts: Parts }) {
  const say = useSay();
  const word = useWord();
  const { unit, name } = parts[0];
  const phone = parts.find((part) => part.phone)?.phone;
  return (
    <li>
      <h3>
        <abbr title={unit}>{word(name)}</abbr>
      </h3>
      <ul className="plain">
        {parts.map(({ role, roleLabel, since }) => (
          <li key={role}>
            {word(roleLabel)}{" "}
            {since && (
              <small>
                {say("自 ", "since ")}
                <Day on={since} />
              </small>
            )}
          </li>
        ))}
      </ul>
      <p>
        {say("值班电话：", "On duty: ")}
        {phone ? <a href={`tel:${phone.replace(/[^\d+]/g, "")}`}>{phone}</a> : <span className="missing">{say("未提供", "not given")}</span>}
      </p>
    </li>
  );
}
