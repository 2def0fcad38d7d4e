import { fileDownloadInfo, HubApiError, InvalidApiResponseFormatError, modelInfo } from "@huggingface/hub";

import { DomainError } from "../../errors.js";
import type { FoundPtm, HuggingFaceSource, ImportFetches } from "./import-source.js";

/**
 * Finds a PTM in a repository of the Hugging Face Hub. Whatever the revision is called, everything is read at the commit that
 * it names now, so that card, licence and weights belong together.
 *
 * @throws DomainError NOT_FOUND, BAD_USER_INPUT, UNAVAILABLE
 */
export async function findOnHuggingFace(
  source: HuggingFaceSource,
  { api, file }: ImportFetches,
): Promise<FoundPtm> {
  const { server: hubUrl, repository, revision } = source;
  const found = await told(repository, () =>
    modelInfo({
      name: repository,
      revision,
      hubUrl,
      fetch: api,
      additionalFields: ["sha", "tags", "cardData", "filePaths"],
    }),
  );
  const commit = found.sha;
  if (typeof commit !== "string" || !/^[0-9a-f]{40}$/.test(commit)) {
    throw new DomainError("BAD_USER_INPUT", `The hub named no commit for ${repository} at "${revision}".`);
  }
  const path = onnxFile(source, found.filePaths);
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const at = { repo: repository, revision: commit, hubUrl, fetch: api };
  const info = await told(repository, () => fileDownloadInfo({ ...at, path: encoded }));
  if (info === null) throw new DomainError("NOT_FOUND", `${repository} has no file ${path} at ${commit}.`);
  const license = found.cardData?.license ?? labelled(found.tags, "license:");
  return {
    name: repository,
    origin: `${hubUrl}/${repository}/blob/${commit}/${path}`,
    license: typeof license === "string" ? license : undefined,
    tags: (found.tags ?? []).filter((tag) => !/^(license|region|arxiv|doi):/.test(tag)),
    card: await readCard(at, api),
    download: () => file(info.url),
  };
}

function onnxFile({ repository, file }: HuggingFaceSource, paths: readonly string[] = []): string {
  if (file !== undefined) return file;
  const onnx = paths.filter((path) => path.endsWith(".onnx"));
  if (onnx.length === 1) return onnx[0]!;
  throw new DomainError(
    "BAD_USER_INPUT",
    onnx.length === 0
      ? `${repository} has no .onnx file; export one first, for instance with optimum.`
      : `${repository} has several .onnx files; say which: ${onnx.slice(0, 10).join(", ")}.`,
  );
}

async function readCard(
  { repo, revision, hubUrl }: { repo: string; revision: string; hubUrl: string },
  api: typeof fetch,
): Promise<string | undefined> {
  const response = await api(`${hubUrl}/${repo}/resolve/${revision}/README.md`);
  if (!response.ok) return undefined;
  // What stands between the first two lines of dashes is for the hub's machines.
  return (await response.text()).replace(/^---\n[^]*?\n---\n/, "").trim();
}

function labelled(tags: readonly string[] = [], prefix: string): string | undefined {
  return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}

/** The hub's refusals in our words. */
async function told<Result>(repository: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof InvalidApiResponseFormatError) {
      throw new DomainError("BAD_USER_INPUT", "The server did not answer as a Hugging Face hub does.", {
        cause: error,
      });
    }
    if (!(error instanceof HubApiError)) throw error;
    const { statusCode } = error;
    if (statusCode >= 500 || statusCode === 429) {
      throw new DomainError("UNAVAILABLE", `The hub answered ${statusCode}.`, { cause: error });
    }
    throw new DomainError(
      "NOT_FOUND",
      `The hub answered ${statusCode} for ${repository}: it or its revision does not exist, or needs a token in ` +
        `ORB_IMPORT_TOKENS.`,
      { cause: error },
    );
  }
}
