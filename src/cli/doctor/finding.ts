/** What one check of `orb doctor` found. */
export interface Finding {
  readonly state: "ok" | "warn" | "fail";
  /** What is there. */
  readonly says: string;
  /** What to do about it; of anything but "ok". */
  readonly todo?: string;
}

export const ok = (says: string): Finding => ({ state: "ok", says });
export const warn = (says: string, todo: string): Finding => ({ state: "warn", says, todo });
export const fail = (says: string, todo: string): Finding => ({ state: "fail", says, todo });

/** A check that throws has failed with the error's words. */
export async function finding(todo: string, check: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!, todo);
  }
}
