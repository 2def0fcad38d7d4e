import assert from "node:assert/strict";
import { existsSync } from "node:fs";

import { usableProviders } from "../../src/engine/runtime/usable-providers.js";

/** Where Debian's package puts the driver that computes on the processor. */
const DEBIAN_LAVAPIPE = "/usr/share/vulkan/icd.d/lvp_icd.json";
const HOW_TO =
  "for software Vulkan install Mesa 25 (Debian 12: mesa-vulkan-drivers of bookworm-backports), see docs/gpu.md";

/**
 * Looks for a Vulkan driver: the one that VK_DRIVER_FILES (or VK_ICD_FILENAMES) names, or else Debian's lavapipe. What the
 * environment names must work; what merely lies there may be too old.
 *
 * @returns why tests that need one are skipped; undefined if WebGPU works
 */
export async function missingVulkan(): Promise<string | undefined> {
  const named = process.env["VK_DRIVER_FILES"] ?? process.env["VK_ICD_FILENAMES"];
  const driver = named ?? (existsSync(DEBIAN_LAVAPIPE) ? DEBIAN_LAVAPIPE : undefined);
  if (driver === undefined) return `there is no Vulkan driver; ${HOW_TO}`;
  process.env["VK_DRIVER_FILES"] = process.env["VK_ICD_FILENAMES"] = driver; // older loaders read the second
  try {
    await usableProviders(["webgpu"], assert.fail);
    return undefined;
  } catch (error) {
    if (named !== undefined) throw error;
    return `${String(error)}; ${HOW_TO}`;
  }
}
