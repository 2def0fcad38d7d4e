// The yardstick of http.mjs: an Apollo Server that says hello, as its documentation starts one. A child of http.mjs.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

import { reportTo } from "./http-child.mjs";

const server = new ApolloServer({
  typeDefs: "type Query { hello: String! }",
  resolvers: { Query: { hello: () => "hello" } },
});
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: "127.0.0.1" } });
reportTo(process, { port: Number(new URL(url).port), path: "/", body: { query: "{ hello }" } });
