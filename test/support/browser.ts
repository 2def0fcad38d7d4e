import { existsSync } from "node:fs";

import { type Browser, chromium, type Page } from "playwright-core";

/** Where systems put Chromium; the tests bring none of their own, a browser being a hundred times what is tested. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/** Nothing but what a page asks for may go out, and root may run it. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A machine that does much else at a time still gets there. */
const PATIENCE_MS = 60_000;

export const executablePath = PLACES.find((place) => existsSync(place));

/** Why the browser tests do not run here; false where they do. */
export const noBrowser =
  executablePath === undefined && "no Chromium is installed: apt-get install chromium runs the browser tests";

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: executablePath!, args: FLAGS, timeout: PATIENCE_MS });
}

/** A page that notes what must not happen. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors on the console (refusals of the security policy among them), uncaught errors, requests to other places. */
  readonly wrong: string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

export async function openPage(
  browser: Browser,
  address: string,
  { width = 1280, height = 860, dark = false }: PageOptions = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({
    baseURL: address,
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  page.setDefaultTimeout(PATIENCE_MS);
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== address) wrong.push(`request to ${url}`);
  });
  return { page, wrong };
}
