import { createClient as createSocket } from "graphql-ws";
import { cacheExchange, Client, type CombinedError, fetchExchange, subscriptionExchange } from "urql";

import { authorization } from "./key.ts";

/** One client for a visitor: another key means another client, so that nothing of the one is shown to the other. */
export function createOrbClient(): Client {
  const socket = createSocket({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    connectionParams: authorization,
    lazy: true,
    retryAttempts: 20,
  });
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: () => ({ headers: { ...authorization() } }),
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: variables as Record<string, unknown> },
              {
                next: ({ data = null, errors }) => sink.next({ data, ...(errors && { errors }) }),
                error: (cause) => sink.error(cause),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
}

/** The code that the API gave, or what kept the request from reaching it. */
export function errorCode(error: CombinedError): string {
  if (error.networkError) {
    const status = (error.response as Response | undefined)?.status;
    return status === 401 ? "UNAUTHENTICATED" : status === 403 ? "FORBIDDEN" : "UNREACHABLE";
  }
  const code = error.graphQLErrors[0]?.extensions["code"];
  return typeof code === "string" ? code : "UNKNOWN";
}

/** What to tell a reader. */
export function errorText(error: CombinedError): string {
  if (error.graphQLErrors[0]) return error.graphQLErrors[0].message;
  const code = errorCode(error);
  if (code === "UNAUTHENTICATED") return "This server asks for an access key.";
  if (code === "FORBIDDEN") return "Your access key does not allow this.";
  return "The server cannot be reached. It may be starting or the network is down.";
}
