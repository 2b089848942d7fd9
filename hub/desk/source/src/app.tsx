// The frame: who is signed in, where one can go, and the page that the address names.
import { useEffect, useMemo, type MouseEvent, type ReactNode } from "react";
import { ClientProvider, useAsk } from "./asking";
import { ActPage } from "./act";
import { ActsPage, SchemaProvider } from "./acts";
import { CasePage } from "./case";
import { CasesPage } from "./cases";
import { ChildPage } from "./child";
import { clientFor } from "./client";
import { FiguresProvider, useFigures } from "./figures";
import { FindPage } from "./find";
import { InboxPage } from "./inbox";
import { LanguageProvider, useLanguage, useSay, useWord } from "./language";
import { ObligationsPage } from "./obligations";
import { Page, useViewer, ViewerProvider, type Viewer } from "./page";
import { Loading, Nothing, Problem } from "./problem";
import { PurposePage } from "./purpose";
import { RatesPage } from "./rates";
import { ReferenceProvider } from "./reference";
import { ReportPage } from "./report";
import { to, useRoute } from "./route";
import { readPurpose, signOut, usePurpose, useSession, watchSession, type Purpose } from "./session";
import { SignIn } from "./signin";

const WHO = `query Viewer { viewer { person roles policyVersion mayAcknowledge: can(entity: "Notice", action: "ack")
  unit { code name { zh en } type typeLabel { zh en } level division }
  permissions { class rights { action scope condition } } } }`;

interface Told {
  viewer: Omit<Viewer, "seesOthers"> & { permissions: { class: string; rights: { action: string; scope: string; condition: string | null }[] }[] };
}

const WIDE = new Set(["sub", "any"]);

// Whether a right to list what units owe reaches further than the unit itself.
function viewerFrom({ viewer: { permissions, ...viewer } }: Told): Viewer {
  const rights = permissions.filter((each) => each.class === "D41").flatMap((each) => each.rights);
  const seesOthers = rights.some((right) => right.action === "list" && right.condition === null && WIDE.has(right.scope));
  return { ...viewer, seesOthers };
}

export function App() {
  const session = useSession();
  // Under another purpose other answers hold: everything is asked anew.
  const purpose = usePurpose();
  useEffect(watchSession, []);
  return (
    <LanguageProvider>
      {session ? <SignedIn key={session.token + purpose} token={session.token} /> : <SignedOut />}
    </LanguageProvider>
  );
}

function SignedOut() {
  const say = useSay();
  useEffect(() => {
    document.title = say("登入 · 共知工作台", "Sign in · Gongzhi workbench");
  }, [say]);
  return (
    <>
      <header className="top">
        <Brand />
        <Turn />
      </header>
      <SignIn />
    </>
  );
}

function SignedIn({ token }: { token: string }) {
  const client = useMemo(() => clientFor(token), [token]);
  return (
    <ClientProvider value={client}>
      <ReferenceProvider>
        <SchemaProvider>
          <FiguresProvider token={token}>
            <Frame />
          </FiguresProvider>
        </SchemaProvider>
      </ReferenceProvider>
    </ClientProvider>
  );
}

function Frame() {
  const [{ data, error, fetching }, again] = useAsk<Told>({ query: WHO });
  if (!data) {
    return (
      <main id="main">
        {fetching && <Loading />}
        {error && <Problem error={error} again={again} />}
        {error && <Leave />}
      </main>
    );
  }
  return (
    <ViewerProvider value={viewerFrom(data)}>
      <Skip />
      <header className="top">
        <Brand />
        <Who />
        <Turn />
        <Leave />
      </header>
      <Ways />
      <main id="main">
        <Where />
      </main>
    </ViewerProvider>
  );
}

function Skip() {
  const say = useSay();
  // The address after the hash names a page, so the link moves the focus itself.
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    document.querySelector<HTMLElement>("#main h1")?.focus();
  };
  return (
    <a className="skip" href="#main" onClick={skip}>
      {say("跳到正文", "Skip to the content")}
    </a>
  );
}

function Brand() {
  const say = useSay();
  return (
    <p className="brand">
      共知 <small>{say("部门工作台", "Departments' workbench")}</small>
    </p>
  );
}

const SERVES: Record<keyof Purpose, [string, string]> = {
  Duty: ["职责", "Duty"],
  Case: ["案件", "Case"],
  Task: ["任务", "Task"],
  Application: ["申请", "Application"],
};

function Who() {
  const viewer = useViewer();
  const say = useSay();
  const word = useWord();
  const purpose = Object.entries(readPurpose()).filter(([, value]) => value);
  return (
    <p className="who">
      <strong>{word(viewer.unit.name)}</strong> <small>{viewer.unit.code}</small>{" "}
      <a href={to("purpose")}>
        {purpose.length ? purpose.map(([name, value]) => `${say(...SERVES[name as keyof Purpose])} ${value}`).join(say("，", ", ")) : say("写明用途", "State a purpose")}
      </a>
    </p>
  );
}

function Turn() {
  const { language, turn } = useLanguage();
  return (
    <button type="button" className="quiet" lang={language === "zh" ? "en" : "zh-CN"} onClick={turn}>
      {language === "zh" ? "English" : "中文"}
    </button>
  );
}

function Leave() {
  const say = useSay();
  return (
    <button type="button" className="quiet" onClick={() => signOut()}>
      {say("登出", "Sign out")}
    </button>
  );
}

function Ways() {
  const say = useSay();
  const here = useRoute()[0] ?? "inbox";
  const { figures } = useFigures();
  const { seesOthers } = useViewer();
  const waiting = figures?.waiting ? say(`（${figures.waiting}）`, ` (${figures.waiting})`) : "";
  const ways: [string, string][] = [
    ["inbox", say("收件箱", "Inbox") + waiting],
    ["children", say("儿童", "Children")],
    ["cases", say("案件", "Cases")],
    ["obligations", say("应办事项", "Obligations")],
    ...(seesOthers ? [["rates", say("共知率", "Rates")] as [string, string]] : []),
    ["acts", say("办事", "Acts")],
  ];
  const above: Record<string, string> = { child: "children", case: "cases", report: "inbox", act: "acts" };
  return (
    <nav className="ways" aria-label={say("主要页面", "Main pages")}>
      {ways.map(([place, name]) => (
        <a key={place} href={to(place)} aria-current={(above[here] ?? here) === place ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function Where(): ReactNode {
  const [page = "inbox", ...rest] = useRoute();
  const [id = "", part = ""] = rest;
  switch (page) {
    case "inbox":
      return <InboxPage />;
    case "children":
      return <FindPage />;
    case "child":
      return <ChildPage key={`${id}/${part}`} id={id} part={part} />;
    case "cases":
      return <CasesPage />;
    case "case":
      return <CasePage key={`${id}/${part}`} id={id} part={part} />;
    case "report":
      return <ReportPage key={id} id={id} />;
    case "rates":
      return <RatesPage />;
    case "obligations":
      return <ObligationsPage />;
    case "acts":
      return <ActsPage />;
    case "act":
      return <ActPage key={rest.join("/")} name={id} given={rest.slice(1)} />;
    case "purpose":
      return <PurposePage />;
    default:
      return <NoPage />;
  }
}

function NoPage() {
  const say = useSay();
  const viewer = useViewer();
  return (
    <Page title={say("没有这个页面", "No such page")} place="none">
      <Nothing>
        <a href={to("inbox")}>{say("回到收件箱", "Back to the inbox")}</a> · {viewer.unit.code}
      </Nothing>
    </Page>
  );
}
