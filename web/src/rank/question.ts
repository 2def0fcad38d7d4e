import { useMemo } from "react";
import { useLocation, useSearch } from "wouter";

import type { PtmCost, PtmFilter } from "../generated/documents.ts";

/** What the page asks, as it stands in the address: a link to the page is a link to the answer. */
export interface Question {
  readonly topK: number;
  /** A re-ranking that is watched in place of the coarse ranking. */
  readonly ranking: string | undefined;
  /** Words to be found in a PTM. */
  readonly text: string;
  readonly license: readonly string[];
  readonly architecture: readonly string[];
  /** All of which a PTM must have. */
  readonly tags: readonly string[];
  readonly mostParameters: number | undefined;
  readonly mostBytes: number | undefined;
  /** What a PTM should also be cheap in: those that nothing beats in both are marked. */
  readonly cost: PtmCost | undefined;
}

export const COSTS: Readonly<Record<PtmCost, string>> = {
  PARAMETERS: "weights",
  MACS: "MACs",
  SIZE: "bytes",
  LATENCY: "latency",
};

export const TOP_K = 50;

export const NO_FILTER = {
  text: "",
  license: [],
  architecture: [],
  tags: [],
  mostParameters: undefined,
  mostBytes: undefined,
} satisfies Partial<Question>;

/** How many conditions narrow the zoo. */
export function conditionCount(question: Question): number {
  const { text, license, architecture, tags, mostParameters, mostBytes } = question;
  const single = [text !== "", mostParameters !== undefined, mostBytes !== undefined];
  return single.filter(Boolean).length + license.length + architecture.length + tags.length;
}

export function readQuestion(search: string): Question {
  const parameters = new URLSearchParams(search);
  const number = (name: string): number | undefined => {
    const value = Number(parameters.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  return {
    topK: Math.min(1000, Math.max(1, Math.round(number("k") ?? TOP_K))),
    ranking: parameters.get("ranking") ?? undefined,
    text: parameters.get("text") ?? "",
    license: parameters.getAll("license"),
    architecture: parameters.getAll("architecture"),
    tags: parameters.getAll("tag"),
    mostParameters: number("parameters"),
    mostBytes: number("bytes"),
    cost: (Object.keys(COSTS) as PtmCost[]).find((cost) => cost === parameters.get("cost")),
  };
}

export function writeQuestion(question: Question): string {
  const parameters = new URLSearchParams();
  if (question.topK !== TOP_K) parameters.set("k", String(question.topK));
  if (question.text !== "") parameters.set("text", question.text);
  for (const license of question.license) parameters.append("license", license);
  for (const architecture of question.architecture) parameters.append("architecture", architecture);
  for (const tag of question.tags) parameters.append("tag", tag);
  if (question.mostParameters !== undefined) parameters.set("parameters", String(question.mostParameters));
  if (question.mostBytes !== undefined) parameters.set("bytes", String(question.mostBytes));
  if (question.cost !== undefined) parameters.set("cost", question.cost);
  if (question.ranking !== undefined) parameters.set("ranking", question.ranking);
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** The question in the address and how to change it; another filter leaves a re-ranking, which belongs to its own. */
export function useQuestion(): [Question, (change: Partial<Question>) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const question = useMemo(() => readQuestion(search), [search]);
  const change = (part: Partial<Question>) => {
    const next = { ...question, ranking: undefined, ...part };
    navigate(`${path}${writeQuestion(next)}`, { replace: part.ranking === undefined });
  };
  return [question, change];
}

export function toFilter(question: Question): PtmFilter | null {
  const { text, license, architecture, tags, mostParameters, mostBytes } = question;
  const filter: PtmFilter = {
    ...(text.trim() !== "" && { text: text.trim() }),
    ...(license.length > 0 && { license: [...license] }),
    ...(architecture.length > 0 && { architecture: [...architecture] }),
    ...(tags.length > 0 && { tags: [...tags] }),
    ...(mostParameters !== undefined && { parameterCount: { lte: mostParameters } }),
    ...(mostBytes !== undefined && { sizeBytes: { lte: mostBytes } }),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}
