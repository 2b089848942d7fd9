// The audit of graphql-http (GraphQL over HTTP): prints what is not "ok", and how many there are of each kind.
import { serverAudits } from "graphql-http";

const [url, token] = process.argv.slice(2);
const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
const counts = {};
for (const audit of serverAudits({ url, fetchFn })) {
  const found = await audit.fn();
  counts[found.status] = (counts[found.status] ?? 0) + 1;
  if (found.status !== "ok") console.log(found.status, found.id, found.name);
}
console.log(JSON.stringify(counts));
process.exitCode = counts.error ? 1 : 0;
