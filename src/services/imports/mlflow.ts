import { z } from "zod";

import { DomainError } from "../../errors.js";
import type { FoundPtm, ImportFetches, MlflowSource } from "./import-source.js";

const modelVersion = z.object({
  model_version: z.object({
    name: z.string(),
    version: z.union([z.string(), z.number()]).transform(String),
    description: z.string().optional(),
    tags: z.array(z.object({ key: z.string(), value: z.string().default("") })).default([]),
  }),
});
const downloadAddress = z.object({ artifact_uri: z.string() });

/**
 * Finds a PTM in an MLflow model registry, over its REST API. Files must come through the tracking server itself
 * (`mlflow-artifacts:`, what `mlflow server --serve-artifacts` does): of other stores we have neither keys nor rules.
 *
 * @throws DomainError NOT_FOUND, BAD_USER_INPUT, UNAVAILABLE
 */
export async function findInMlflow(source: MlflowSource, { api, file }: ImportFetches): Promise<FoundPtm> {
  const { server, model: name } = source;
  const ask = async <Answer>(
    path: string,
    query: Record<string, string>,
    shape: z.ZodType<Answer>,
  ): Promise<Answer> =>
    understood(
      shape,
      await readJson(
        await api(`${server}/api/2.0/mlflow/${path}?${new URLSearchParams(query).toString()}`),
        name,
      ),
    );

  const isNumber = /^\d+$/.test(source.version);
  const { model_version: found } = isNumber
    ? await ask("model-versions/get", { name, version: source.version }, modelVersion)
    : await ask("registered-models/alias", { name, alias: source.version }, modelVersion);
  const { version } = found;
  const { artifact_uri } = await ask("model-versions/get-download-uri", { name, version }, downloadAddress);
  const folder = /^mlflow-artifacts:\/{1,3}(?:[^/]+:\d+\/)?(.+)$/.exec(artifact_uri)?.[1];
  if (folder === undefined) {
    const [scheme = ""] = artifact_uri.split(":");
    throw new DomainError(
      "BAD_USER_INPUT",
      `The files of ${name} version ${version} lie in a store of the kind "${scheme}"; only those that the MLflow server ` +
        `hands out itself (mlflow-artifacts) can be imported.`,
    );
  }
  const path = [...folder.split("/"), ...source.file.split("/")].map(encodeURIComponent).join("/");
  return {
    name,
    origin: `${server}/#/models/${encodeURIComponent(name)}/versions/${version}`,
    license: found.tags.find(({ key }) => key.toLowerCase() === "license")?.value,
    tags: found.tags
      .filter(({ key }) => !key.startsWith("mlflow.") && key.toLowerCase() !== "license")
      .map(({ key, value }) => (value === "" ? key : `${key}=${value}`)),
    card: found.description,
    download: () => file(`${server}/api/2.0/mlflow-artifacts/artifacts/${path}`),
  };
}

function understood<Answer>(shape: z.ZodType<Answer>, answer: unknown): Answer {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new DomainError("BAD_USER_INPUT", "The server did not answer as an MLflow tracking server does.");
}

async function readJson(response: Response, name: string): Promise<unknown> {
  if (response.ok) return response.json().catch(() => undefined);
  await response.body?.cancel();
  if (response.status >= 500 || response.status === 429) {
    throw new DomainError("UNAVAILABLE", `The MLflow server answered ${response.status}.`);
  }
  throw new DomainError(
    "NOT_FOUND",
    `The MLflow server answered ${response.status} for ${name}: it or its version does not exist, or the server needs a ` +
      `token in ORB_IMPORT_TOKENS.`,
  );
}
