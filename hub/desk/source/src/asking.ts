// Asking the hub from a page: one answer for one question, asked when the page is opened and not again by itself.
import type { Client, CombinedError } from "@urql/core";
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import { entriesOf, type Entry } from "./access";

const Context = createContext<Client | null>(null);

export const ClientProvider = Context;

export function useClient(): Client {
  const client = useContext(Context);
  if (!client) throw new Error("no client outside a session");
  return client;
}

export interface Answer<T> {
  data: T | undefined;
  error: CombinedError | undefined;
  fetching: boolean;
  access: Entry[];
}

const WAITING = { data: undefined, error: undefined, fetching: true, access: [] };

interface Question {
  query: string;
  variables?: Record<string, unknown>;
}

// The second value asks anew. What was asked for a page that is left meanwhile is dropped when it comes.
export function useAsk<T>({ query, variables = {} }: Question): [Answer<T>, () => void] {
  const client = useClient();
  const [answer, setAnswer] = useState<Answer<T>>(WAITING);
  const [times, setTimes] = useState(0);
  const given = JSON.stringify(variables);
  useEffect(() => {
    let left = false;
    setAnswer(WAITING);
    void client.query<T>(query, JSON.parse(given) as Record<string, unknown>).toPromise().then(({ data, error, extensions }) => {
      if (!left) setAnswer({ data, error, fetching: false, access: entriesOf(extensions) });
    });
    return () => {
      left = true;
    };
  }, [client, query, given, times]);
  const again = useCallback(() => setTimes((before) => before + 1), []);
  return [answer, again];
}
