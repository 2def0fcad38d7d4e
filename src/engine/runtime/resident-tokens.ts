import { gramScoreGraph, gramShapes } from "../spider/gram-graph.js";
import type { SpiderParameters } from "../spider/spider.js";
import { readTokens } from "../spider/token-storage.js";
import { DeviceFailure } from "./device-failure.js";
import type { ExecutionProvider } from "./execution-providers.js";
import type { GramRows } from "./folded-spider.js";
import { scalarsOf } from "./kept-zoo.js";
import type { KeptTokens, KeptZoo, ZooTile } from "./kept-zoo.js";
import { float32Values, Session } from "./session.js";

/** PTMs of one graph on the device: few runs, and yet no array larger than the 128 MiB that every WebGPU device takes. */
const TILE_ROWS = 16_384;
const TILE_VALUES = 2 ** 25;
/** Above it the products of a tile with a task's projections, 5 C x TILE_ROWS, would outgrow these 128 MiB. */
const MOST_CLASSES = 400;

/**
 * Tokens that lie on a device: each tile is a graph of the Gram form that holds its tokens and numbers as weights, which
 * ONNX Runtime brings to the device when the graph opens. The binding has device tensors for WebGPU alone; weights stay
 * on every device. A ranking then sends a task's few rows and gets one number a PTM.
 *
 * The tokens are float32 there, whatever their storage, so that they cost 4 M d bytes of the device's memory.
 */
export class ResidentTokens {
  readonly #graphs = new Map<KeptTokens, Map<number, Session>>();

  constructor(
    private readonly provider: ExecutionProvider,
    private readonly spider: SpiderParameters,
  ) {}

  /** Whether the device can score tasks of C classes. */
  takes(classes: number): boolean {
    return classes <= MOST_CLASSES;
  }

  /**
   * Brings what it does not have of a zoo to the device.
   *
   * @throws DeviceFailure if the device has no room, or fails
   */
  async upload(zoo: KeptZoo): Promise<void> {
    for (const tile of this.#tiles(zoo)) {
      const graphs = this.#graphs.get(tile.part) ?? new Map<number, Session>();
      this.#graphs.set(tile.part, graphs);
      if (!graphs.has(tile.start)) graphs.set(tile.start, await this.#open(tile));
    }
  }

  /**
   * Writes the fitness of every row for a task of C classes.
   *
   * @param into shape [rows]
   * @throws DeviceFailure if the device fails
   */
  async score(zoo: KeptZoo, rows: GramRows, classes: number, into: Float32Array): Promise<void> {
    const inputs = { ...rows, ...gramShapes(classes) };
    for (const { part, start, firstRow } of this.#tiles(zoo)) {
      const graph = this.#graphs.get(part)!.get(start)!;
      const { fitness } = await this.#onDevice(graph.run(inputs, ["fitness"]));
      into.set(float32Values(fitness), firstRow);
    }
  }

  /** Takes some tokens off the device. */
  async release(part: KeptTokens): Promise<void> {
    const graphs = [...(this.#graphs.get(part)?.values() ?? [])];
    this.#graphs.delete(part);
    await Promise.all(graphs.map((graph) => graph.release()));
  }

  async releaseAll(): Promise<void> {
    for (const part of this.#graphs.keys()) await this.release(part);
  }

  #tiles(zoo: KeptZoo): Iterable<ZooTile> {
    return zoo.tiles(Math.max(1, Math.min(TILE_ROWS, Math.floor(TILE_VALUES / zoo.width))));
  }

  #open(tile: ZooTile): Promise<Session> {
    const resident = {
      tokens: readTokens(tile.part.tokens, tile.start, tile.end),
      scalars: scalarsOf(tile),
    };
    return this.#onDevice(Session.openOn(gramScoreGraph(this.spider, "float32", resident), this.provider));
  }

  async #onDevice<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.trim() : String(cause);
      throw new DeviceFailure(reason, { cause });
    }
  }
}
