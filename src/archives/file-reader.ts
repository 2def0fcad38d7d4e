import type { FileHandle } from "node:fs/promises";
import { RandomAccessReader } from "yauzl";

/**
 * Lets yauzl read a file whose handle stays ours, inside the file only. yauzl's own reader passes offsets from the
 * archive straight to `fs.read`, which throws outside any try for one of 2^63 (a forged 64-bit directory offset) and
 * would end the process.
 */
export class FileReader extends RandomAccessReader {
  readonly #handle: FileHandle;
  readonly #fileBytes: number;

  constructor(handle: FileHandle, fileBytes: number) {
    super();
    this.#handle = handle;
    this.#fileBytes = fileBytes;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (!(position >= 0 && position + length <= this.#fileBytes)) {
      setImmediate(callback, new Error(`it points at byte ${position}, beyond its end`));
      return;
    }
    this.#handle.read(buffer, offset, length, position).then(
      ({ bytesRead }) => callback(null, bytesRead),
      (error: Error) => callback(error),
    );
  }
}
