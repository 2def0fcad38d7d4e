import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";

import sharp, { type Sharp } from "sharp";

import { DEFAULT_ARCHIVE_LIMITS } from "../../src/archives/archive-limits.js";
import { decodeImage, inspectImage } from "../../src/archives/image.js";
import { DomainError } from "../../src/errors.js";
import { honestZip } from "../support/zip-bytes.js";

const WIDTH = 3;
const HEIGHT = 2;

/** Every pixel alike: the pixel's channels decide between grey, grey with alpha, RGB and RGBA. */
function flat(...pixel: number[]): Sharp {
  const channels = pixel.length as 1 | 2 | 3 | 4;
  const values = Array.from({ length: WIDTH * HEIGHT }, () => pixel).flat();
  return sharp(Uint8Array.from(values), { raw: { width: WIDTH, height: HEIGHT, channels } });
}

async function pixelOf(image: Buffer): Promise<number[]> {
  const size = await inspectImage(image, "c/x", DEFAULT_ARCHIVE_LIMITS);
  assert.deepEqual(size, { height: HEIGHT, width: WIDTH });
  const decoded = await decodeImage(image, "c/x", DEFAULT_ARCHIVE_LIMITS);
  assert.equal(decoded.length, WIDTH * HEIGHT * 3);
  const pixels = Array.from({ length: WIDTH * HEIGHT }, (_, i) => [...decoded.subarray(3 * i, 3 * i + 3)]);
  for (const pixel of pixels) assert.deepEqual(pixel, pixels[0]);
  return pixels[0]!;
}

async function refused(image: Uint8Array, message: RegExp): Promise<void> {
  await assert.rejects(inspectImage(image, "c/x.png", DEFAULT_ARCHIVE_LIMITS), (error) => {
    assert(error instanceof DomainError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

function pngChunk(type: string, content: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + content.length);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(content, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length);
  return chunk;
}

const PNG_HEADER_BYTES = 8 + 25; // signature and IHDR

// Worked by hand

test("decodeImage gives the RGB bytes of a PNG as they are", async () => {
  const values = Uint8Array.from({ length: 18 }, (_, i) => i * 14);
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  const png = await sharp(values, { raw }).png().toBuffer();
  assert.deepEqual(new Uint8Array(await decodeImage(png, "c/x", DEFAULT_ARCHIVE_LIMITS)), values);
});

test("decodeImage makes RGB of grey, palette and 16-bit PNGs", async () => {
  assert.deepEqual(await pixelOf(await flat(90).toColourspace("b-w").png().toBuffer()), [90, 90, 90]);
  assert.deepEqual(await pixelOf(await flat(10, 200, 30).png({ palette: true }).toBuffer()), [10, 200, 30]);
  const deep = Uint16Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => [0x1234, 0x80ff, 0xff00][i % 3]!);
  const png = await sharp(deep, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .toColourspace("rgb16")
    .png()
    .toBuffer();
  assert.deepEqual(await pixelOf(png), [0x12, 0x80, 0xff]);
});

test("decodeImage lays transparent pixels on white", async () => {
  assert.deepEqual(await pixelOf(await flat(0, 0, 0, 0).png().toBuffer()), [255, 255, 255]);
  assert.deepEqual(await pixelOf(await flat(200, 100, 0, 255).png().toBuffer()), [200, 100, 0]);
  assert.deepEqual(await pixelOf(await flat(0, 0).toColourspace("b-w").png().toBuffer()), [255, 255, 255]);
});

test("decodeImage decodes colour and grey JPEGs within their rounding", async () => {
  const near = (pixel: number[], expected: number[]): void => {
    for (const [c, value] of pixel.entries())
      assert(Math.abs(value - expected[c]!) <= 2, `${pixel.join()} is not ${expected.join()}`);
  };
  near(await pixelOf(await flat(200, 30, 90).jpeg({ quality: 100 }).toBuffer()), [200, 30, 90]);
  near(await pixelOf(await flat(90).toColourspace("b-w").jpeg().toBuffer()), [90, 90, 90]);
});

test("inspectImage and decodeImage turn a picture the way the camera noted", async () => {
  const values = Uint8Array.of(255, 0, 0, 0, 0, 255); // red, blue: 2 wide, 1 high
  const turned = await sharp(values, { raw: { width: 2, height: 1, channels: 3 } })
    .withMetadata({ orientation: 6 }) // show it turned right by a quarter
    .png()
    .toBuffer();
  assert.deepEqual(await inspectImage(turned, "c/x", DEFAULT_ARCHIVE_LIMITS), { height: 2, width: 1 });
  assert.deepEqual(new Uint8Array(await decodeImage(turned, "c/x", DEFAULT_ARCHIVE_LIMITS)), values);
});

test("decodeImage leaves colour profiles aside", async () => {
  const png = await flat(200, 30, 90).png().withIccProfile("p3", { attach: true }).toBuffer();
  const stored = await sharp(png, { ignoreIcc: true }).raw().toBuffer();
  assert.notDeepEqual([...stored.subarray(0, 3)], [200, 30, 90]); // sharp converted to P3 when it wrote
  assert.deepEqual(await pixelOf(png), [...stored.subarray(0, 3)]);
});

// Abuse

test("inspectImage refuses everything but PNG and JPEG by its first bytes", async () => {
  const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>`;
  await refused(Buffer.from(svg), /"c\/x\.png" is an SVG or other XML\. .*PNG and JPEG images alone/);
  await refused(Buffer.from(svg.slice(21)), /SVG/);
  await refused(await flat(1, 2, 3).gif().toBuffer(), /is a GIF/);
  await refused(await flat(1, 2, 3).webp().toBuffer(), /is a WebP/);
  await refused(await flat(1, 2, 3).tiff().toBuffer(), /is a TIFF/);
  await refused(await honestZip({ "a.png": Buffer.from("x") }), /is a zip; nested archives are never opened/);
  await refused(Buffer.from("\u0093NUMPY", "latin1"), /a \.npy array/);
  await refused(
    Buffer.from("class,count\n"),
    /neither PNG nor JPEG \(it begins with 63 6c 61 73 73 2c 63 6f\)/,
  );
  await refused(new Uint8Array(), /begins with nothing/);
});

test("inspectImage refuses animated pictures", async () => {
  const frames = await sharp([await flat(1, 2, 3).png().toBuffer(), await flat(9, 9, 9).png().toBuffer()], {
    join: { animated: true },
  })
    .gif()
    .toBuffer();
  await refused(frames, /is a GIF/);
  const still = await flat(1, 2, 3).png().toBuffer();
  const control = pngChunk("acTL", Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0));
  const animated = [still.subarray(0, PNG_HEADER_BYTES), control, still.subarray(PNG_HEADER_BYTES)];
  await refused(Buffer.concat(animated), /animated PNG; save one frame/);
});

test("inspectImage refuses a header of 50,000 x 50,000 pixels without decoding", async () => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(50_000, 0);
  header.writeUInt32BE(50_000, 4);
  header.set([8, 2], 8); // 8 bits, RGB
  const png = await flat(1, 2, 3).png().toBuffer();
  const bomb = Buffer.concat([png.subarray(0, 8), pngChunk("IHDR", header), png.subarray(PNG_HEADER_BYTES)]);
  await refused(bomb, /50000 x 50000 pixels; at most 16777216|exceeds pixel limit/);
});

test("inspectImage refuses a picture that is a zip or carries something behind its end", async () => {
  const zip = await honestZip({ "a.txt": Buffer.from("x") });
  await refused(Buffer.concat([await flat(1, 2, 3).jpeg().toBuffer(), zip]), /is a zip archive as well/);
  await refused(
    Buffer.concat([await flat(1, 2, 3).png().toBuffer(), zip]),
    /bytes behind the end of its PNG/,
  );
});

test("inspectImage lets the bytes through that cameras append to a JPEG", async () => {
  const jpeg = await flat(1, 2, 3).jpeg().toBuffer();
  const size = await inspectImage(Buffer.concat([jpeg, Buffer.from("SEFT")]), "c/x", DEFAULT_ARCHIVE_LIMITS);
  assert.deepEqual(size, { height: HEIGHT, width: WIDTH });
});

test("a damaged picture is a DomainError at the latest when it is decoded", async () => {
  const values = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * i * 31) % 251);
  const raw = { width: 32, height: 32, channels: 3 } as const;
  const png = await sharp(values, { raw }).png().toBuffer();
  const jpeg = await sharp(values, { raw }).jpeg().toBuffer();
  const broken = Buffer.from(png);
  broken.fill(0x55, 100, 200);
  await inspectImage(broken, "c/x.png", DEFAULT_ARCHIVE_LIMITS);
  await assert.rejects(
    decodeImage(broken, "c/x.png", DEFAULT_ARCHIVE_LIMITS),
    /"c\/x\.png" cannot be decoded \(/,
  );
  await refused(png.subarray(0, 300), /PNG that is cut off/);
  const cut = jpeg.subarray(0, jpeg.length >> 1);
  await assert.rejects(decodeImage(cut, "c/x.jpg", DEFAULT_ARCHIVE_LIMITS), DomainError);
  await refused(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), /cannot be decoded/);
});
