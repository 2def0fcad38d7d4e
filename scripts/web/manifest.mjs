import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Media types of what a build writes; a file of another kind fails the build instead of being served as something else. */
const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
  ttf: "font/ttf",
};

/** Compresses every file once and lists them in files.json, which is all that the server looks files up in. */
export async function writeManifest(output) {
  const names = (await readdir(output, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/\/+/g, "/").slice(output.pathname.length));
  const files = await Promise.all(
    names.sort().map(async (path) => {
      const type = TYPES[path.split(".").at(-1)];
      if (type === undefined) throw new Error(`web: no media type is known for ${path}`);
      const bytes = await readFile(new URL(path, output));
      const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
      const encodings = type.startsWith("font/") ? [] : await compress(new URL(path, output), bytes);
      return [
        `/${path}`,
        { type, etag, immutable: path.startsWith("assets/"), bytes: bytes.length, encodings },
      ];
    }),
  );
  await writeFile(new URL("files.json", output), `${JSON.stringify(Object.fromEntries(files), null, 1)}\n`);
}

/** Brotli's slowest level costs twenty seconds on GraphiQL alone and saves a tenth. */
async function compress(file, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 1e6 ? 6 : 11 };
  await writeFile(`${file.pathname}.br`, await promisify(brotliCompress)(bytes, { params }));
  await writeFile(`${file.pathname}.gz`, await promisify(gzip)(bytes, { level: 9 }));
  return ["br", "gzip"];
}
