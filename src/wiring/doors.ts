import { ChangeFeed } from "../database/change-feed.js";
import { createLoaders } from "../loaders/loaders.js";
import { allResolvers } from "../resolvers/all-resolvers.js";
import { Access } from "../schema/access.js";
import { buildOrbSchema } from "../schema/build-schema.js";
import { createRateLimiter } from "../schema/create-rate-limiter.js";
import { KeyCredentials } from "../schema/key-credentials.js";
import { OidcCredentials } from "../schema/oidc-credentials.js";
import { OperationsServer } from "../schema/operations-server.js";
import { Server } from "../schema/server.js";
import { TrustedDocuments } from "../schema/trusted-documents.js";
import { WebFiles } from "../schema/web-files.js";
import { AnsweredRequests } from "../services/access/answered-requests.js";
import { WatchRegistry } from "../services/registry/watch-registry.js";
import type { Foundation } from "./foundation.js";
import type { Services } from "./services.js";

/** The server watches for revoked keys itself; that is nobody's subscription. */
const OWN_WATCHES = 1;

/** The ways into a running Orbweaver. */
export class Doors {
  readonly #feed: ChangeFeed;

  constructor(
    private readonly foundation: Foundation,
    private readonly services: Services,
  ) {
    this.#feed = new ChangeFeed(foundation.address, foundation.log);
  }

  /** Answers GraphQL and uploads. @returns the address */
  async serve(): Promise<string> {
    const { config, log, store, dataSource, metrics, closers } = this.foundation;
    const { browseAudit, registerArtifact, readiness } = this.services;
    const server = new Server({
      schema: await buildOrbSchema(allResolvers(this.services)),
      access: this.#access(),
      audit: browseAudit,
      introspection: config.introspection,
      trusted:
        config.trustedDocuments === undefined
          ? undefined
          : await TrustedDocuments.read(config.trustedDocuments),
      revocations: () => this.#feed.watch("access_key "),
      artifacts: {
        store,
        maxBytes: config.maxArtifactBytes,
        register: (artifact, viewer) => registerArtifact.run(artifact, viewer),
      },
      sockets: { most: config.maxSockets, pingSeconds: config.socketPingSeconds },
      web: await WebFiles.open(config.introspection !== "off" && config.trustedDocuments === undefined),
      createLoaders: () => createLoaders(dataSource),
      watch: new WatchRegistry(dataSource, this.#feed),
      answered: new AnsweredRequests(dataSource),
      readiness,
      metrics,
      log,
    });
    metrics.watch("orb_subscriptions", "Subscriptions that are open.", () => this.watchers);
    this.#feed.start();
    closers.add(() => this.#feed.close());
    const address = await server.listen(config.host, config.port);
    closers.add(() => server.close());
    return address;
  }

  /** Tells how the process is, where it answers no API. @returns the address */
  async serveOperations(port: number): Promise<string> {
    const { config, metrics, log, closers } = this.foundation;
    const { readiness } = this.services;
    const server = new OperationsServer({ access: this.#access(), readiness, metrics }, log);
    const address = await server.listen(config.host, port);
    closers.add(() => server.close());
    return address;
  }

  #access(): Access {
    const { config, dataSource } = this.foundation;
    const { auth, host, oidc } = config;
    const provider = oidc && new OidcCredentials(oidc);
    const credentials = auth === "on" ? new KeyCredentials(this.services.accessKeys, provider) : undefined;
    return new Access(credentials, host, createRateLimiter(config, dataSource));
  }

  /** Subscriptions that are open at this moment. */
  get watchers(): number {
    return this.#feed.watchers - OWN_WATCHES;
  }
}
