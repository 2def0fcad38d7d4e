/** The repository's root as seen from the compiled tests (dist/test/support). */
export const repositoryRoot = new URL("../../../", import.meta.url);
