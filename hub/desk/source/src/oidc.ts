// Signing in at the departments' own issuer: authorization code with PKCE; the code is exchanged and leaves the address.
export interface Oidc {
  clientId: string;
  authorizeUrl: string;
  tokenUrl: string;
  scope: string;
}

const FLOW = "desk.oidc";

function random(): string {
  return encoded(crypto.getRandomValues(new Uint8Array(32)));
}

function encoded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function here(): string {
  return `${window.location.origin}/desk`;
}

export async function leaveToSignIn(oidc: Oidc): Promise<void> {
  const flow = { state: random(), verifier: random() };
  sessionStorage.setItem(FLOW, JSON.stringify(flow));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(flow.verifier));
  const asked = new URL(oidc.authorizeUrl);
  const words = {
    response_type: "code",
    client_id: oidc.clientId,
    redirect_uri: here(),
    scope: oidc.scope,
    state: flow.state,
    code_challenge: encoded(new Uint8Array(digest)),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(words)) asked.searchParams.set(name, value);
  window.location.assign(asked);
}

// What came back in the address, taken out of it at once.
export function takeReturned(): { code: string; state: string } | null {
  const given = new URLSearchParams(window.location.search);
  const code = given.get("code");
  const state = given.get("state");
  if (window.location.search) window.history.replaceState(null, "", "/desk");
  return code && state ? { code, state } : null;
}

// The token for a code; null where the flow was not begun in this tab, or the issuer refuses.
export async function exchange(oidc: Oidc, returned: { code: string; state: string }): Promise<string | null> {
  const flow = JSON.parse(sessionStorage.getItem(FLOW) ?? "null") as { state: string; verifier: string } | null;
  sessionStorage.removeItem(FLOW);
  if (!flow || flow.state !== returned.state) return null;
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: oidc.clientId,
    redirect_uri: here(),
    code: returned.code,
    code_verifier: flow.verifier,
  });
  const response = await fetch(oidc.tokenUrl, { method: "POST", body, credentials: "omit", cache: "no-store" });
  if (!response.ok) return null;
  const told = (await response.json()) as { access_token?: string };
  return told.access_token ?? null;
}
