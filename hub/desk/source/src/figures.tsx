// The inbox in figures, kept current: told by the hub as it happens, asked for every minute where that fails.
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useClient } from "./asking";
import { headersOf } from "./client";
import { useSay } from "./language";
import { followInbox } from "./live";

export interface Figures {
  waiting: number;
  unopened: number;
  toHandle: number;
  dueToday: number;
  late: number;
  owed: number;
  owedLate: number;
}

interface Kept {
  figures: Figures | null;
  live: boolean | null; // null: not known yet
  arrived: number; // notices that came since the page was opened
  ask: () => void;
}

const ASKED = "query Figures { inbox { waiting unopened toHandle dueToday late owed owedLate } }";
const POLL_MS = 60_000;
// What one act brings about is asked for together.
const TOGETHER_MS = 300;

const Context = createContext<Kept>({ figures: null, live: null, arrived: 0, ask: () => {} });

export function useFigures(): Kept {
  return useContext(Context);
}

export function FiguresProvider({ token, children }: { token: string; children: ReactNode }) {
  const [figures, ask] = useAsked();
  const [live, setLive] = useState<boolean | null>(null);
  const [arrived, setArrived] = useState(0);
  useEffect(() => {
    let timer = 0;
    const soon = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, TOGETHER_MS);
    };
    const onUpdate = ({ kind }: { kind: string }) => {
      if (kind === "created") setArrived((before) => before + 1);
      soon();
    };
    const stop = followInbox(() => headersOf(token), { onUpdate, onLive: setLive });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [token, ask]);
  usePolling(ask, live === false);
  const value = useMemo(() => ({ figures, live, arrived, ask }), [figures, live, arrived, ask]);
  return (
    <Context value={value}>
      <Announced waiting={figures?.waiting ?? null} />
      {children}
    </Context>
  );
}

function useAsked(): [Figures | null, () => void] {
  const client = useClient();
  const [figures, setFigures] = useState<Figures | null>(null);
  const last = useRef(0);
  const ask = useCallback(() => {
    const mine = ++last.current;
    void client.query<{ inbox: Figures | null }>(ASKED, {}).toPromise().then(({ data }) => {
      // An answer that was overtaken says what was.
      if (data && mine === last.current) setFigures(data.inbox);
    });
  }, [client]);
  useEffect(ask, [ask]);
  return [figures, ask];
}

// Every minute, and when somebody comes back to the page.
function usePolling(ask: () => void, on: boolean) {
  useEffect(() => {
    if (!on) return;
    const look = () => document.visibilityState === "visible" && ask();
    const timer = window.setInterval(look, POLL_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [ask, on]);
}

// Read out when more waits than before, without taking anybody from what they are doing.
function Announced({ waiting }: { waiting: number | null }) {
  const say = useSay();
  const before = useRef<number | null>(null);
  const [grown, setGrown] = useState<number | null>(null);
  useEffect(() => {
    if (waiting !== null && before.current !== null && waiting > before.current) setGrown(waiting);
    before.current = waiting;
  }, [waiting]);
  return (
    <p className="unseen" role="status" aria-live="polite">
      {grown !== null && say(`收到新通知，待签收 ${grown} 条`, `New notices: ${grown} to be acknowledged`)}
    </p>
  );
}
