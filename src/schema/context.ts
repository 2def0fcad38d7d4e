import type { Loaders } from "../loaders/loaders.js";
import type { AnsweredRequests } from "../services/access/answered-requests.js";
import type { Viewer } from "../services/access/viewer.js";
import type { WatchRegistry } from "../services/registry/watch-registry.js";
import type { Rate } from "./access.js";

/** What every resolver of one operation shares. */
export interface Context {
  readonly viewer: Viewer;
  /** Remember what they loaded; a subscription renews them for each event. */
  loaders: Loaders;
  readonly renewLoaders: () => void;
  /** What subscriptions watch. */
  readonly watch: WatchRegistry;
  /** What requests with an idempotency key were answered with. */
  readonly answered: AnsweredRequests;
  readonly rate: () => Promise<Rate>;
  /** Whether the viewer is told about the schema. */
  readonly mayIntrospect: boolean;
  /** In every error answer and log line of this operation. */
  readonly requestId: string;
  /** Points, once the operation was measured. */
  cost?: number;
}
