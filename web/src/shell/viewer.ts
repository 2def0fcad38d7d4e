import { createContext, useContext } from "react";

import type { Role } from "../generated/documents.ts";

const ORDER: readonly Role[] = ["VIEWER", "CONTRIBUTOR", "CURATOR", "ADMIN"];

export interface Viewer {
  readonly name: string;
  readonly role: Role;
}

export const ViewerContext = createContext<Viewer | undefined>(undefined);

/**
 * Whether the visitor has a role or more; what they may not do is not offered. Until the server has said who they are they
 * count as contributors, as most are: the page then stands still.
 */
export function useMay(role: Role): boolean {
  const { role: own } = useContext(ViewerContext) ?? { role: "CONTRIBUTOR" };
  return ORDER.indexOf(own) >= ORDER.indexOf(role);
}
