import { matrix } from "../../engine/matrix.js";
import type { ZooChanges } from "../../engine/runtime/kept-zoo.js";
import { idBytes, PtmIds } from "../ranking/ptm-ids.js";
import type { ZooChange } from "../ranking/zoo-rows.js";

/** A zoo that was listed, with what changed since. */
export interface ChangedZoo {
  readonly ids: PtmIds;
  readonly changes: ZooChanges;
}

/** One PTM that is otherwise than it was listed. */
export interface ZooEdit {
  readonly id: Buffer;
  /** Where it stands among the listed, or would. */
  readonly position: number;
  readonly isListed: boolean;
  /** Its token, little-endian float32, and that token's digest; null where it left. */
  readonly vector: Buffer | null;
  readonly digest: string | null;
}

/**
 * Puts changes into a zoo's order of ids.
 *
 * @param edits ascending by id
 * @param width of a token
 *
 * Cost: a copy of the ids.
 */
export function applyEdits(listed: PtmIds, edits: readonly ZooEdit[], width: number): ChangedZoo {
  const came = edits.filter(({ vector }) => vector !== null);
  const size = listed.length - edits.filter(({ isListed }) => isListed).length + came.length;
  const ids = new Uint8Array(16 * size);
  const order = new Int32Array(size);
  const added = new Float32Array(came.length * width);
  const addedBytes = new Uint8Array(added.buffer);
  let [next, position, row] = [0, 0, 0];
  const copyUpTo = (end: number): void => {
    ids.set(listed.bytes.subarray(16 * position, 16 * end), 16 * next);
    for (; position < end; position++) order[next++] = position;
  };
  for (const { id, position: at, isListed, vector } of edits) {
    copyUpTo(at);
    if (isListed) position++;
    if (vector === null) continue;
    ids.set(id, 16 * next);
    order[next++] = listed.length + row;
    addedBytes.set(vector, 4 * width * row++);
  }
  copyUpTo(listed.length);
  return { ids: new PtmIds(ids), changes: { added: matrix(came.length, width, added), order } };
}

/** Where a change would stand among the listed PTMs. */
export function editOf(listed: PtmIds, { id: text, vector, digest }: ZooChange): ZooEdit {
  const id = idBytes(text);
  const position = listed.insertionPoint(id);
  return { id, position, isListed: listed.isAt(position, id), vector, digest };
}
