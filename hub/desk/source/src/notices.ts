// The notices of this unit, a page at a time, and what may be made of them.
import type { Client, CombinedError, OperationResult } from "@urql/core";
import { useCallback, useEffect, useState } from "react";
import { entriesOf, type Entry } from "./access";
import { useClient } from "./asking";
import { useViewer } from "./page";
import type { Row } from "./vocabulary";

export interface Notice extends Row {
  id: string;
  kind: string | null;
  eventType: string | null;
  byUnit: string | null;
  aboutUnit: string | null;
  addressed: boolean | null;
  at: string | null;
  dueAt: string | null;
  openedAt: string | null;
  acknowledgedAt: string | null;
  declinedAt: string | null;
  declineReason: string | null;
  escalatedAt: string | null;
  case: { id: string; caseNo: string | null } | null;
  child: { id: string; name: string | null } | null;
  report: { id: string; reportNo: string | null } | null;
  obligation: { id: string; rule: string | null; dueAt: string | null } | null;
}

export type Sort = "waiting" | "handled";

const PAGE = 50;
const MOST = 500; // that one mutation takes
const ASKED = `query Notices($filter: NoticeFilter, $orderBy: [NoticeOrder!], $after: String) {
  notices(first: ${PAGE}, after: $after, orderBy: $orderBy, filter: $filter) {
    nodes { id kind eventType byUnit aboutUnit addressed at dueAt openedAt acknowledgedAt declinedAt declineReason escalatedAt withheld
      case { id caseNo } child { id name } report { id reportNo } obligation { id rule dueAt } }
    pageInfo { hasNextPage endCursor } } }`;

const FILTERS: Record<Sort, object> = {
  waiting: { acknowledgedAt: { isNull: true }, declinedAt: { isNull: true } },
  handled: { or: [{ acknowledgedAt: { isNull: false } }, { declinedAt: { isNull: false } }] },
};
const ORDERS: Record<Sort, object[]> = {
  waiting: [{ field: "DUE_AT" }, { field: "AT" }],
  handled: [{ field: "AT", direction: "DESC" }],
};

interface Answer {
  notices: { nodes: Notice[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } | null;
}

export interface Listed {
  rows: Notice[] | null;
  access: Entry[];
  error: CombinedError | undefined;
  fetching: boolean;
  more: (() => void) | null;
  anew: () => void;
  without: (ids: string[]) => void;
}

interface Standing {
  rows: Notice[] | null;
  access: Entry[];
  error: CombinedError | undefined;
  next: string | null;
}

const NOTHING: Standing = { rows: null, access: [], error: undefined, next: null };

export function useNotices(sort: Sort): Listed {
  const client = useClient();
  const { unit } = useViewer();
  const [standing, setStanding] = useState<Standing>(NOTHING);
  const [from, setFrom] = useState<{ after: string | null; time: number }>({ after: null, time: 0 });
  const [fetching, setFetching] = useState(true);
  useEffect(() => {
    let left = false;
    setFetching(true);
    const variables = { filter: { unit: { eq: unit.code }, ...FILTERS[sort] }, orderBy: ORDERS[sort], after: from.after };
    void client.query<Answer>(ASKED, variables).toPromise().then((result) => {
      if (left) return;
      setFetching(false);
      setStanding((before) => joined(from.after ? before : NOTHING, result));
    });
    return () => {
      left = true;
    };
  }, [client, unit, sort, from]);
  const anew = useCallback(() => setFrom(({ time }) => ({ after: null, time: time + 1 })), []);
  const without = useCallback((ids: string[]) => {
    const gone = new Set(ids);
    setStanding((before) => ({ ...before, rows: before.rows?.filter((row) => !gone.has(row.id)) ?? null }));
  }, []);
  const more = standing.next ? () => setFrom(({ time }) => ({ after: standing.next, time: time + 1 })) : null;
  return { rows: standing.rows, access: standing.access, error: standing.error, fetching, more, anew, without };
}

function joined(before: Standing, { data, error, extensions }: OperationResult<Answer>): Standing {
  if (!data?.notices) return { ...before, error, access: entriesOf(extensions) };
  const known = new Set(before.rows?.map((row) => row.id));
  const { nodes, pageInfo } = data.notices;
  return {
    rows: [...(before.rows ?? []), ...nodes.filter((row) => !known.has(row.id))],
    access: entriesOf(extensions),
    error,
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}

const ACKNOWLEDGE = "mutation Acknowledge($ids: [ID!]!) { acknowledgeNotices(notices: $ids) { notice { id } } }";
const OPEN = "mutation Open($ids: [ID!]!) { openNotices(notices: $ids) { notice { id } } }";
const DECLINE = "mutation Decline($ids: [ID!]!, $reason: String!) { declineNotices(notices: $ids, reason: $reason) { notice { id } } }";

// Those that were acknowledged before anything went wrong, and what went wrong.
export async function acknowledge(client: Client, ids: string[]): Promise<{ done: string[]; error: CombinedError | undefined }> {
  for (let from = 0; from < ids.length; from += MOST) {
    const { error } = await client.mutation(ACKNOWLEDGE, { ids: ids.slice(from, from + MOST) }).toPromise();
    if (error) return { done: ids.slice(0, from), error };
  }
  return { done: ids, error: undefined };
}

export async function decline(client: Client, id: string, reason: string): Promise<CombinedError | undefined> {
  return (await client.mutation(DECLINE, { ids: [id], reason }).toPromise()).error;
}

// That a notice was opened is told on the way; who opens it does not wait for that.
export function markOpened(client: Client, id: string): void {
  void client.mutation(OPEN, { ids: [id] }).toPromise();
}
