// The GraphQL client: queries by POST only and no cache, so that what is shown is what was asked for and recorded now.
import { Client, type CombinedError, fetchExchange, mapExchange } from "@urql/core";
import { readPurpose, signOut } from "./session";
import type { Label } from "./language";

// One fault of a value that was sent: where, and what is wrong with it.
export interface Fault {
  path: (string | number)[];
  code: string;
  zh: string;
  en: string;
}

export interface Told {
  message: string;
  code: string;
  retryable: boolean;
  nextStep: Label | null;
  faults: Fault[];
}

const OVER = new Set(["UNAUTHENTICATED", "TOKEN_INVALID", "TOKEN_EXPIRED", "UNIT_ENDED", "UNKNOWN_UNIT"]);

export function clientFor(token: string): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "network-only",
    exchanges: [mapExchange({ onError: endWhenRefused }), fetchExchange],
    fetchOptions: () => ({ headers: headersOf(token), credentials: "omit", cache: "no-store" }),
  });
}

export function headersOf(token: string): Record<string, string> {
  const stated = Object.entries(readPurpose()).filter(([, value]) => value);
  return { Authorization: `Bearer ${token}`, ...Object.fromEntries(stated.map(([name, value]) => [`Hub-${name}`, value])) };
}

function endWhenRefused(error: CombinedError) {
  const codes = toldBy(error).map((told) => told.code);
  if (codes.includes("TOKEN_EXPIRED")) signOut("expired");
  else if (codes.some((code) => OVER.has(code))) signOut("refused");
}

// What the hub said of a request that came to nothing, or only to a part of an answer.
export function toldBy(error: CombinedError): Told[] {
  return error.graphQLErrors.map((shown) => ({
    message: shown.message,
    code: String(shown.extensions["code"] ?? ""),
    retryable: Boolean(shown.extensions["retryable"]),
    nextStep: (shown.extensions["nextStep"] as Label | null) ?? null,
    faults: (shown.extensions["faults"] as Fault[] | undefined) ?? [],
  }));
}
