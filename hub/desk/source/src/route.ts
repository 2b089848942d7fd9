// Where the page stands: `#/child/…`. What follows the hash is never sent, so no child's id stands in a server's log.
import { useSyncExternalStore } from "react";

function subscribe(changed: () => void) {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

const hash = () => window.location.hash;

export function useRoute(): string[] {
  const now = useSyncExternalStore(subscribe, hash);
  return now.replace(/^#\/?/, "").split("/").map(decode).filter(Boolean);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}

export function to(...segments: string[]): string {
  return `#/${segments.map(encodeURIComponent).join("/")}`;
}

export function go(...segments: string[]): void {
  window.location.hash = to(...segments);
}
