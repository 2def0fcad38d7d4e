import { crc32, deflateRawSync } from "node:zlib";
import { ZipFile } from "yazl";

/** A zip as an honest program writes it: path to content, null for a folder. */
export async function honestZip(entries: Readonly<Record<string, Uint8Array | null>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(entries)) {
    if (content === null) zip.addEmptyDirectory(path);
    else zip.addBuffer(Buffer.from(content), path);
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** An entry that may lie about itself; what is left out is told truly. */
export interface ForgedEntry {
  readonly path: string;
  readonly content?: Uint8Array;
  readonly stored?: boolean;
  readonly declaredSize?: number;
  readonly checksum?: number;
  /** Left out: 0x800, names are UTF-8. */
  readonly flags?: number;
  readonly method?: number;
  readonly unixMode?: number;
  readonly extraField?: Uint8Array;
}

/** A zip written byte by byte after APPNOTE.TXT 6.3.10, for what honest writers refuse to write. */
export function forgedZip(entries: readonly ForgedEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array();
    const body = entry.stored ? Buffer.from(content) : deflateRawSync(content);
    const path = Buffer.from(entry.path, "utf8");
    const extraField = entry.extraField ?? new Uint8Array();
    const record = Buffer.alloc(26); // the fields that local header and directory share
    record.writeUInt16LE(20, 0);
    record.writeUInt16LE(entry.flags ?? 0x800, 2);
    record.writeUInt16LE(entry.method ?? (entry.stored ? 0 : 8), 4);
    record.writeUInt32LE(entry.checksum ?? crc32(content), 10);
    record.writeUInt32LE(body.length, 14);
    record.writeUInt32LE(entry.declaredSize ?? content.length, 18);
    record.writeUInt16LE(path.length, 22);
    record.writeUInt16LE(extraField.length, 24);
    const tail = Buffer.alloc(14); // the fields that only the directory has
    tail.writeUInt32LE(((entry.unixMode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), record, path, extraField, body]);
    const unixVersion = Buffer.from([20, 3]);
    directory.push(
      Buffer.concat([Buffer.from("PK\u0001\u0002", "latin1"), unixVersion, record, tail, path, extraField]),
    );
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  return Buffer.concat([...parts, listing, directoryEnd(entries.length, listing.length, offset)]);
}

/** Always with the 64-bit extension, whose numbers can be forged beyond 2^53. */
export function directoryEnd(entryCount: number, bytes: number, offset: number | bigint): Buffer {
  const end64 = Buffer.alloc(56);
  end64.write("PK\u0006\u0006", "latin1");
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(BigInt(entryCount), 24);
  end64.writeBigUInt64LE(BigInt(entryCount), 32);
  end64.writeBigUInt64LE(BigInt(bytes), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.write("PK\u0006\u0007", "latin1");
  locator.writeBigUInt64LE(BigInt(offset) + BigInt(bytes), 8);
  const end = Buffer.alloc(22, 0xff);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt32LE(0, 4);
  end.writeUInt16LE(0, 20);
  return Buffer.concat([end64, locator, end]);
}
