// Serves the pages that `cargo run -p hub --example gallery` writes.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

/** Starts the server. `posted` lists the paths to which forms and previews were sent. */
export async function serve(folder) {
  const posted = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    if (request.method === "POST") posted.push(path);
    const bytes = await readFile(join(folder, path)).catch(() => null);
    response.writeHead(bytes ? 200 : 404, { "content-type": TYPES[extname(path)] ?? "text/plain" });
    response.end(bytes ?? "");
  });
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  return { origin: `http://127.0.0.1:${server.address().port}`, posted, close: () => server.close() };
}
