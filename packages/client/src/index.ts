export type { UploadProgress } from "./artifacts.js";
export { type ClassFolders, readClassFolders, zipClassFolders } from "./class-folders.js";
export { type Document, OrbClient, type OrbClientOptions } from "./client.js";
// Every operation as a typed document, every input and every enum: generated, so a list of names would say nothing more.
export * from "./generated/graphql.js";
export { OrbError, type OrbErrorCode } from "./orb-error.js";
export { everyItem } from "./pages.js";
export { made } from "./user-errors.js";
