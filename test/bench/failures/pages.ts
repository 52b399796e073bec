import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What a page answers; `shown`: how the tool that fetched it shows it, where that is not the body alone. */
interface Page {
  status: number;
  type: string;
  body: string;
  shown?: (status: number, body: string) => string;
}

const html = (title: string, body: string) =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<p>${body}</p>\n</body></html>\n`;
const withStatus = (status: number, body: string) => JSON.stringify({ status, body });
const json = (status: number, value: unknown, shown?: Page['shown']): Page => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
  ...(shown === undefined ? {} : { shown }),
});
const page = (status: number, title: string, text: string): Page => ({
  status,
  type: 'text/html',
  body: html(title, text),
});
const text = (status: number, body: string): Page => ({ status, type: 'text/plain', body });

/** Pages by name, about a word and another. */
export function pageOf(name: string, w: string, v: string, n: number): Page {
  const pages: { [name: string]: Page } = {
    html: page(200, `The ${w}`, `All about the ${v}, with ${n} pictures.`),
    json: json(200, { name: w, errors: 0, parts: [v, 'rope'], last_error: null }),
    text: text(200, `The ${w} was never out of order.\nIts ${v} failed once, in 20${n}.\n`),
    'errors-doc': page(200, `Error codes of ${w}`, `404 Not Found: there is no such ${v}. 500: an internal error.`),
    '404-html': page(404, '404 Not Found', `The requested ${w} was not found on this server.`),
    '404-json': json(404, { message: 'Not Found', documentation_url: `https://docs.example.test/${w}`, status: '404' }),
    '404-text': text(404, '404 page not found\n'),
    '500-html': page(500, 'Internal Server Error', `The server met an error while it looked for ${w}.`),
    '500-text': text(500, 'Internal Server Error'),
    '403-json': json(403, {
      error: { code: 403, message: `You do not have access to ${w}`, status: 'PERMISSION_DENIED' },
    }),
    '401-text': text(401, 'Unauthorized\n'),
    '429-json': json(429, { detail: `Request was throttled. Expected available in ${n} seconds.` }),
    problem: json(422, {
      type: 'about:blank',
      title: 'Unprocessable Content',
      status: 422,
      detail: `${v} is required`,
    }),
    '502-html': page(502, '502 Bad Gateway', 'nginx/1.25'),
    'error-list': json(200, { items: [{ id: n, level: 'error', message: `${v} failed` }], total: 1 }),
    'empty-list': json(200, { items: [], total: 0, error: null }),
    'status-ok': json(200, { [w]: v }, withStatus),
    'status-bad': json(503, { reason: `${v} is down` }, withStatus),
    'status-made': json(201, { id: n, state: 'failed before' }, withStatus),
  };
  const found = pages[name];
  if (found === undefined) throw new Error(`there is no page ${name}`);
  return found;
}

/** The server that commands fetch from: `/json/NAME`, `/status/CODE`. */
export async function serve(): Promise<{ server: Server; url: string }> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const [, kind, value = ''] = /^\/(\w+)\/([\w-]+)/.exec(request.url ?? '') ?? [];
    if (kind === 'status') response.writeHead(Number(value), { 'content-type': 'text/plain' }).end('no such page\n');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(`{"name":"${value}","errors":[]}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}
