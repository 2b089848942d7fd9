// A child's file as the caller may see it, a part at a time: what is not opened is not read, nor recorded as read.
import { useAsk } from "./asking";
import { ActLinks } from "./acts";
import { InvolvedIn } from "./involved";
import { useSay } from "./language";
import { Page } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { Explained, Fields, Related } from "./record";
import { to } from "./route";
import { entity, related, selection, type Row } from "./vocabulary";

const CHILD = entity("Child");
const MOST = 20;

interface Part {
  key: string;
  title: [string, string];
  relations: string[];
}

const PARTS: Part[] = [
  { key: "self", title: ["基本情况", "The child"], relations: [] },
  { key: "family", title: ["家庭和监护", "Family and care"], relations: ["family", "guardianships", "findings", "entrustments", "migrations", "responsiblePerson"] },
  { key: "school", title: ["户籍和就学", "Registration and school"], relations: ["hukou", "enrolments", "attendances", "dropouts"] },
  { key: "health", title: ["健康", "Health"], relations: ["health", "clinicalNotes", "injuries", "screenings", "disabilities"] },
  { key: "support", title: ["走访和帮扶", "Visits and support"], relations: ["visits", "pairings", "services", "assistances", "applications", "employmentSupports", "housingSupports", "legalAids"] },
  { key: "protection", title: ["报告和案件", "Reports and cases"], relations: ["reports", "cases", "measures", "assessments", "planItems", "placements", "sanctions", "petitions", "prosecutions"] },
  { key: "sources", title: ["来源和校核", "Sources and corrections"], relations: ["corrections", "provenance"] },
];

const PLACED = new Set([...PARTS.flatMap((part) => part.relations), "residence", "hukouPlace"]);
const OTHERS = Object.keys(CHILD.relations).filter((name) => !PLACED.has(name));
if (OTHERS.length) PARTS.push({ key: "others", title: ["其他", "Other"], relations: OTHERS });

function document(part: Part): string {
  const own = part.relations.length ? "id name childNo rowVersion withheld" : selection(CHILD);
  return `query Child_${part.key}($id: ID!) { child(id: $id) { ${own} ${related(CHILD, part.relations, MOST)} } }`;
}

export function ChildPage({ id, part: key }: { id: string; part: string }) {
  const say = useSay();
  const part = PARTS.find((one) => one.key === key) ?? PARTS[0]!;
  const [{ data, error, fetching, access }, again] = useAsk<{ child: Row | null }>({
    query: document(part),
    variables: { id },
  });
  const child = data?.child;
  return (
    <Page title={String(child?.["name"] ?? say("儿童档案", "A child's file"))} place={`child/${id}/${key}`}>
      <Parts id={id} now={part} />
      {fetching && <Loading />}
      {error && <Problem error={error} again={again} />}
      {data && !child && (
        <Nothing>
          {say(
            "没有这份档案，或不在本单位可查看的范围。",
            "There is no such file, or it is not within your unit's reach.",
          )}
        </Nothing>
      )}
      {child && (
        <>
          {part.relations.length === 0 && <Fields of={CHILD} row={child} path={["child"]} access={access} />}
          {part.relations.length === 0 && <InvolvedIn child={id} />}
          {part.relations.map((name) => (
            <Related key={name} of={CHILD} name={name} rows={child[name]} path={["child"]} access={access} beside={Beside} />
          ))}
        </>
      )}
      {data && <Explained access={access} root={["child"]} of={CHILD} />}
      {child && <ActLinks about={{ child: id }} of={CHILD} row={child} />}
    </Page>
  );
}

// A case has a page of its own.
function Beside(of: typeof CHILD, row: Row) {
  return of.name === "ProtectionCase" && row.id ? <OpenCase id={row.id} /> : null;
}

function OpenCase({ id }: { id: string }) {
  const say = useSay();
  return (
    <p>
      <a href={to("case", id)}>{say("打开案件", "Open the case")}</a>
    </p>
  );
}

function Parts({ id, now }: { id: string; now: Part }) {
  const say = useSay();
  return (
    <nav className="parts" aria-label={say("档案的部分", "Parts of the file")}>
      {PARTS.map(({ key, title }) => (
        <a key={key} href={to("child", id, key)} aria-current={key === now.key ? "page" : undefined}>
          {say(title[0], title[1])}
        </a>
      ))}
    </nav>
  );
}
