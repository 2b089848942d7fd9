// Puts questions to a hub through a GraphQL client from npm, as it comes, and tells what reached the application.
//
// Standard input: {client: "urql" | "apollo", endpoint, asks: [{name, token, query, variables, introspect}]}
// Standard output: {name: {invalid, data, errors, extensions, sent, received}}
import { readFileSync } from "node:fs";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError } from "@apollo/client";
import { cacheExchange, createClient, fetchExchange } from "@urql/core";
import { assertValidSchema, buildClientSchema, getIntrospectionQuery, isAbstractType, parse, validate } from "graphql";
import { map } from "rxjs";

/** The platform's fetch, which also notes what the client sent and what came back. */
function noting(notes) {
  return async (address, options) => {
    const response = await fetch(address, options);
    const sent = new Headers(options.headers);
    notes.push({
      sent: { method: options.method, accept: sent.get("accept"), contentType: sent.get("content-type") },
      received: { status: response.status, contentType: response.headers.get("content-type") },
    });
    return response;
  };
}

/** urql with its document cache; GET, its default, would leave names and numbers in the logs of every proxy. */
function urql({ endpoint, token, preferGetMethod = false }, notes) {
  const client = createClient({
    url: endpoint,
    exchanges: [cacheExchange, fetchExchange],
    fetch: noting(notes),
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    preferGetMethod,
  });
  return {
    learn: () => {},
    ask: async (query, variables) => {
      const { data, error, extensions } = await client.query(query, variables).toPromise();
      return { data, extensions, errors: error && (error.graphQLErrors.length ? error.graphQLErrors : [error]) };
    },
  };
}

/** Apollo Client with its normalised cache; extensions of an answer are reached by a link. */
function apollo({ endpoint, token }, notes) {
  let extensions;
  const keep = map((result) => {
    extensions = result.extensions;
    return result;
  });
  const cache = new InMemoryCache();
  const http = new HttpLink({ uri: endpoint, fetch: noting(notes), headers: { authorization: `Bearer ${token}` } });
  const link = ApolloLink.from([new ApolloLink((operation, forward) => forward(operation).pipe(keep)), http]);
  const client = new ApolloClient({ cache, link, defaultOptions: { query: { errorPolicy: "all" } } });
  return {
    learn: (schema) => cache.policies.addPossibleTypes(possibleTypes(schema)),
    ask: async (query, variables, fetchPolicy = "cache-first") => {
      extensions = undefined;
      const { data, error } = await client.query({ query: parse(query), variables, fetchPolicy });
      return { data, extensions, errors: error && apolloErrors(error) };
    },
  };
}

function apolloErrors(error) {
  if (CombinedGraphQLErrors.is(error)) return error.errors;
  if (ServerError.is(error)) return JSON.parse(error.bodyText).errors;
  return [error];
}

function possibleTypes(schema) {
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  return Object.fromEntries(abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]));
}

/** The caller's own schema, asked for with all that graphql-js knows to ask, and checked by it. */
async function introspected(client) {
  const everything = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const { data, errors } = await client.ask(everything, {}, "no-cache");
  if (errors) throw new Error(`introspection: ${errors.map(({ message }) => message).join("; ")}`);
  const schema = buildClientSchema(data);
  assertValidSchema(schema);
  return schema;
}

async function answered(make, ask) {
  const notes = [];
  const client = make(ask, notes);
  let invalid = [];
  if (ask.introspect) {
    const schema = await introspected(client);
    client.learn(schema);
    invalid = validate(schema, parse(ask.query)).map(({ message }) => message);
  }
  const { data = null, errors = [], extensions = null } = await client.ask(ask.query, ask.variables ?? {});
  const told = errors.map((error) => ({ message: error.message, extensions: error.extensions }));
  return { invalid, data, errors: told, extensions, ...notes.at(-1) };
}

const { client, endpoint, asks } = JSON.parse(readFileSync(0, "utf8"));
const make = { urql, apollo }[client];
const answers = {};
for (const ask of asks) answers[ask.name] = await answered(make, { endpoint, ...ask });
process.stdout.write(JSON.stringify(answers));
