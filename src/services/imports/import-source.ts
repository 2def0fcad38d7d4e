/** Where a PTM is imported from; what a job carries. */
export type ImportSource = HuggingFaceSource | MlflowSource;

export interface HuggingFaceSource {
  readonly kind: "HUGGING_FACE";
  /** https address of the hub. */
  readonly server: string;
  /** `owner/name`. */
  readonly repository: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** Path of the ONNX file; absent if the repository has one alone. */
  readonly file?: string | undefined;
}

export interface MlflowSource {
  readonly kind: "MLFLOW";
  /** https address of the tracking server. */
  readonly server: string;
  /** The registered model's name. */
  readonly model: string;
  /** A number, or an alias. */
  readonly version: string;
  /** Path of the ONNX file inside the model version's artifacts. */
  readonly file: string;
}

/** What a source says about a PTM, with the way to its file. */
export interface FoundPtm {
  /** A name to give it if nobody gives another. */
  readonly name: string;
  /** Where exactly it comes from, for people: an address with the commit or version in it. */
  readonly origin: string;
  readonly license: string | undefined;
  readonly tags: readonly string[];
  /** Markdown. */
  readonly card: string | undefined;
  readonly download: () => Promise<Response>;
}

/** Fetches of the two sizes that imports need. */
export interface ImportFetches {
  /** For answers of an API. */
  readonly api: typeof fetch;
  /** For the file. */
  readonly file: typeof fetch;
}
