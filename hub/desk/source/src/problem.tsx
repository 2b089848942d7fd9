// States of a page that is not there yet, or not at all: loading, nothing found, and what the hub said instead.
import type { ReactNode } from "react";
import type { CombinedError } from "@urql/core";
import { toldBy } from "./client";
import { useSay, useWord } from "./language";
import { Name } from "./reference";

export function Loading() {
  const say = useSay();
  return (
    <p className="loading" role="status">
      {say("正在载入…", "Loading…")}
    </p>
  );
}

export function Nothing({ children }: { children: ReactNode }) {
  return <p className="nothing">{children}</p>;
}

export function Problem({ error, again }: { error: CombinedError; again?: () => void }) {
  const say = useSay();
  const told = toldBy(error);
  return (
    <div className="problem" role="alert">
      <h2>{told.length ? say("没有办成", "This could not be done") : say("连接不上平台", "The hub cannot be reached")}</h2>
      {told.length === 0 && <p>{say("请检查网络后重试；已填写的内容保留在本页。", "Check the network and try again; what you wrote stays here.")}</p>}
      {told.map((one) => (
        <Said key={`${one.code} ${one.message}`} message={one.message} code={one.code} next={one.nextStep} />
      ))}
      {again && (
        <button type="button" className="quiet" onClick={again}>
          {say("重试", "Try again")}
        </button>
      )}
    </div>
  );
}

// The hub says it in both languages on one line, the Chinese first; units are shown by their names.
const ENGLISH = /；(?=[A-Z])/;
const UNIT = /([A-Z]{2}@\d{6,12}(?:-\d{2,3})?)/;

function Message({ message }: { message: string }) {
  const say = useSay();
  const { index } = ENGLISH.exec(message) ?? { index: message.length };
  const text = say(message.slice(0, index), message.slice(index + 1) || message);
  return text.split(UNIT).map((part, at) => (UNIT.test(part) ? <Name key={`${at} ${part}`} code={part} /> : part));
}

function Said({ message, code, next }: { message: string; code: string; next: { zh: string; en: string } | null }) {
  const say = useSay();
  const word = useWord();
  return (
    <div className="said">
      <p>
        <Message message={message} /> <code>{code}</code>
      </p>
      {next && word(next) && (
        <p>
          <strong>{say("下一步：", "Next: ")}</strong>
          {word(next)}
        </p>
      )}
    </div>
  );
}
