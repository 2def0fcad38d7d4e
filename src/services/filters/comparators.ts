/** Conditions on one field, all of which must hold. */
export interface TextCondition {
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  /** Anywhere in it; case does not matter. */
  readonly contains?: string | null | undefined;
}

export interface CountCondition {
  readonly eq?: number | null | undefined;
  readonly in?: readonly number[] | null | undefined;
  readonly gte?: number | null | undefined;
  readonly lte?: number | null | undefined;
}

export interface MomentCondition {
  readonly gte?: Date | null | undefined;
  readonly lte?: Date | null | undefined;
}

export interface LabelsCondition {
  /** Is one of its labels. */
  readonly contains?: string | null | undefined;
  /** At least one of these is one of its labels. */
  readonly in?: readonly string[] | null | undefined;
}
