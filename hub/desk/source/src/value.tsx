// One value as people read it: words for codes, names for units and places, days and times as they are in China.
import type { ReactNode } from "react";
import { useLanguage, useSay, useWord } from "./language";
import { Name, useCodes } from "./reference";
import type { Declared } from "./vocabulary";

const ZONE = "Asia/Shanghai";
const UNIT = /^[A-Z]{2}@\d{6,12}(-\d{2,3})?$/;

export function Code({ list, code }: { list: string | undefined; code: string }) {
  const word = useWord();
  return <>{word(useCodes(list).get(code)) || code}</>;
}

export function Moment({ at }: { at: string | null | undefined }) {
  const { language } = useLanguage();
  if (!at) return <>—</>;
  const form = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    timeZone: ZONE,
    dateStyle: language === "zh" ? "long" : "medium",
    timeStyle: "short",
  });
  return <time dateTime={at}>{form.format(new Date(at))}</time>;
}

// 2026年8月30日; the day of a moment is the day in China.
export function Day({ on }: { on: string }) {
  const { language } = useLanguage();
  const form = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: ZONE, dateStyle: language === "zh" ? "long" : "medium" });
  return <time dateTime={on}>{form.format(new Date(on.length === 10 ? `${on}T00:00:00+08:00` : on))}</time>;
}

export function Value({ of, value }: { of: Declared; value: unknown }): ReactNode {
  const say = useSay();
  if (Array.isArray(value)) return <Several of={of} values={value} />;
  const text = String(value);
  switch (of.kind) {
    case "code":
    case "codes":
      return <Code list={of.codes} code={text} />;
    case "bool":
      return value ? say("是", "Yes") : say("否", "No");
    case "datetime":
      return <Moment at={text} />;
    case "date":
      return <Day on={text} />;
    case "unit":
    case "division":
      return <Name code={text} />;
    default:
      // Lists of units are declared as texts.
      return UNIT.test(text) ? <Name code={text} /> : text;
  }
}

function Several({ of, values }: { of: Declared; values: unknown[] }) {
  const say = useSay();
  if (values.length === 0) return <>{say("无", "None")}</>;
  return values.map((value, at) => (
    <span key={String(value)}>
      {at > 0 && say("、", ", ")}
      <Value of={of} value={value} />
    </span>
  ));
}
