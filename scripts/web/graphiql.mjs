import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

import { renderGraphiQL } from "@graphql-yoga/render-graphiql";

import { root } from "./run.mjs";

const HEADERS = "headers of the visitor";

/** GraphiQL comes as one page; its script and style go to files of their own, so that its policy can forbid inline scripts. */
export async function writeGraphiql(output) {
  const page = renderGraphiQL({
    title: "Orbweaver GraphiQL",
    endpoint: "/graphql",
    subscriptionsProtocol: "WS",
    defaultQuery: await readFile(new URL("web/ready-queries.graphql", root), "utf8"),
    headers: HEADERS,
  });
  const style = between(page, page.indexOf("<style>"), "<style>", "</style>");
  const script = between(page, page.indexOf("<script>", page.indexOf('<div id="root">')), "<script>", "");
  const end = page.lastIndexOf("</script>");
  // The key that a visitor signed in with on the other pages serves here too.
  const code = page
    .slice(script.from, end)
    .replace(
      JSON.stringify(HEADERS),
      () =>
        `((key) => (key ? JSON.stringify({ authorization: "Bearer " + key }) : undefined))(sessionStorage.getItem("orbweaver.key"))`,
    );
  const write = async (name, text) => {
    const hash = createHash("sha256")
      .update(text)
      .digest("base64url")
      .replace(/[^a-z0-9]/gi, "")
      .slice(0, 8);
    const path = `assets/${name.replace(".", `-${hash}.`)}`;
    await writeFile(new URL(path, output), text);
    return `/${path}`;
  };
  const stylePath = await write("graphiql.css", page.slice(style.from, style.to));
  const scriptPath = await write("graphiql.js", code);
  await writeFile(
    new URL("graphiql.html", output),
    `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Orbweaver GraphiQL</title>
    <link rel="icon" href="/logo.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="${stylePath}" />
  </head>
  <body id="body" class="no-focus-outline">
    <div id="root"></div>
    <script src="${scriptPath}"></script>
  </body>
</html>
`,
  );
}

function between(text, at, opening, closing) {
  if (at < 0) throw new Error(`GraphiQL's page has no ${opening} where it had one`);
  const from = at + opening.length;
  return { from, to: text.indexOf(closing, from) };
}
