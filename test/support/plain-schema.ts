import "reflect-metadata";

import type { GraphQLSchema } from "graphql";

import { allResolvers } from "../../src/resolvers/all-resolvers.js";
import { buildOrbSchema } from "../../src/schema/build-schema.js";

/** The API's schema with nothing behind it: rules hold, resolvers fail. */
export const plainSchema: GraphQLSchema = await buildOrbSchema(
  allResolvers({} as Parameters<typeof allResolvers>[0]),
);
