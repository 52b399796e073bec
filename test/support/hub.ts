import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const hubToken = 'hf_aTestTokenThatMayWrite';

interface Stored {
  bytes: Buffer;
  lfs: boolean;
}

/** What is done to a request before it is answered; true: it was answered. */
export type Fault = (request: IncomingMessage, response: ServerResponse, path: string) => boolean | Promise<boolean>;

/** A Hub for one owner, `harbour`, over real HTTP: repositories, tree, preupload, LFS objects (whole and in parts), commits. */
export async function startHub(options: { partBytes?: number } = {}) {
  const repos = new Map<string, { private: boolean; files: Map<string, Stored>; commits: string[] }>();
  /** LFS objects by their SHA-256: uploaded, whether a commit names them or not. */
  const objects = new Map<string, Buffer>();
  const parts = new Map<string, Buffer>();
  const requests: { method: string; path: string; bytes: number }[] = [];
  let fault: Fault = () => false;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://hub');
    const path = decodeURIComponent(url.pathname);
    if (await fault(request, response, path)) return;
    const body = await bodyOf(request);
    requests.push({ method: request.method ?? '', path, bytes: body.length });
    const json = (status: number, value: unknown, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

    const object = /^\/storage\/([0-9a-f]{64})(?:\/(\d+))?$/.exec(path);
    if (object !== null && url.searchParams.get('signature') !== 's3cr3t') return void json(403, { error: 'unsigned' });
    if (object !== null && request.method === 'POST') {
      const [, oid = ''] = object;
      const asked = JSON.parse(body.toString()) as { parts: { partNumber: number; etag: string }[] };
      const whole = Buffer.concat(asked.parts.map(({ partNumber }) => parts.get(`${oid}/${partNumber}`) as Buffer));
      return void keep(oid, whole);
    }
    if (object?.[2] !== undefined) {
      parts.set(`${object[1]}/${Number(object[2])}`, body);
      return void response.writeHead(200, { etag: `"${object[2]}"` }).end();
    }
    if (object !== null) return void keep(object[1] as string, body);
    function keep(oid: string, bytes: Buffer) {
      if (createHash('sha256').update(bytes).digest('hex') !== oid) return json(422, { error: 'not that content' });
      objects.set(oid, bytes);
      return json(200, {});
    }

    if (request.headers.authorization !== `Bearer ${hubToken}`)
      return void json(401, { error: `Invalid credentials: ${request.headers.authorization}` });
    if (path === '/api/repos/create') {
      const { name, organization, visibility } = JSON.parse(body.toString());
      const id = `${organization}/${name}`;
      if (organization !== 'harbour') return void json(403, { error: 'no rights under this namespace' });
      if (repos.has(id)) return void json(409, { error: 'You already created this dataset repo' });
      const files = new Map([['.gitattributes', { bytes: Buffer.from('*.parquet filter=lfs'), lfs: false }]]);
      repos.set(id, { private: visibility === 'private', files, commits: ['c0'] });
      return void json(200, { url: `http://hub/datasets/${id}`, id });
    }
    const [, id = '', rest = ''] = /^\/(?:api\/)?datasets\/([^/]+\/[^/.]+)(?:\.git)?\/(.*)$/.exec(path) ?? [];
    const repo = repos.get(id);
    if (repo === undefined) return void json(404, { error: 'Repository not found' });
    if (rest.startsWith('revision/'))
      return void json(200, {
        _id: '1',
        id,
        private: repo.private,
        sha: repo.commits.at(-1),
        lastModified: '2026-11-01',
      });
    if (rest.startsWith('tree/')) {
      // Two pages, as of a large repository.
      const all = [...repo.files].map(([file, { bytes, lfs }]) => ({
        type: 'file',
        path: file,
        size: bytes.length,
        oid: gitOid(bytes),
        ...(lfs ? { lfs: { oid: sha(bytes), size: bytes.length, pointerSize: 130 } } : {}),
      }));
      const half = Math.ceil(all.length / 2);
      const second = url.searchParams.has('cursor');
      const next = `<http://${request.headers.host}${url.pathname}?cursor=2>; rel="next"`;
      return void json(200, second ? all.slice(half) : all.slice(0, half), second ? {} : { link: next });
    }
    if (rest.startsWith('resolve/main/')) {
      const file = repo.files.get(rest.slice('resolve/main/'.length));
      return void (file === undefined ? json(404, {}) : response.writeHead(200).end(file.bytes));
    }
    if (rest.startsWith('preupload/')) {
      const { files } = JSON.parse(body.toString()) as { files: { path: string; size: number }[] };
      return void json(200, {
        files: files.map((file) => ({
          path: file.path,
          uploadMode: /\.(?:parquet|jsonl)$/.test(file.path) ? 'lfs' : 'regular',
          shouldIgnore: false,
        })),
      });
    }
    if (rest === 'info/lfs/objects/batch') {
      const { objects: asked } = JSON.parse(body.toString()) as { objects: { oid: string; size: number }[] };
      const at = (oid: string, part = '') =>
        `http://${request.headers.host}/storage/${oid}${part}?X-Amz-Signature=abc&signature=s3cr3t`;
      return void json(200, {
        transfer: 'basic',
        objects: asked.map(({ oid, size }) => {
          if (objects.has(oid)) return { oid, size };
          const { partBytes } = options;
          if (partBytes === undefined || size <= partBytes)
            return { oid, size, actions: { upload: { href: at(oid) } } };
          const count = Math.ceil(size / partBytes);
          const header = Object.fromEntries(
            Array.from({ length: count }, (_, n) => [String(n + 1).padStart(5, '0'), at(oid, `/${n + 1}`)]),
          );
          return {
            oid,
            size,
            actions: { upload: { href: at(oid), header: { chunk_size: String(partBytes), ...header } } },
          };
        }),
      });
    }
    if (rest.startsWith('commit/')) {
      const lines = body
        .toString()
        .split('\n')
        .map((line) => JSON.parse(line));
      const [{ value: header }] = lines;
      if (header.parentCommit !== undefined && header.parentCommit !== repo.commits.at(-1))
        return void json(412, { error: 'A commit has happened since.' });
      for (const { key, value } of lines.slice(1)) {
        if (key === 'deletedFile') repo.files.delete(value.path);
        if (key === 'file') repo.files.set(value.path, { bytes: Buffer.from(value.content, 'base64'), lfs: false });
        if (key === 'lfsFile') {
          const bytes = objects.get(value.oid);
          if (bytes === undefined) return void json(422, { error: 'no such object' });
          repo.files.set(value.path, { bytes, lfs: true });
        }
      }
      repo.commits.push(`c${repo.commits.length}`);
      return void json(200, { commitOid: repo.commits.at(-1), commitUrl: 'http://hub/commit', hookOutput: '' });
    }
    json(404, { error: 'no such route' });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    repos,
    objects,
    requests,
    /** What happens to requests from now on. */
    faulty(next: Fault) {
      fault = next;
    },
    /** The repository's files as a reader has them, without git's own. */
    filesOf(id: string): Map<string, Buffer> {
      const files = new Map([...(repos.get(id)?.files ?? [])].map(([path, { bytes }]) => [path, bytes]));
      files.delete('.gitattributes');
      return files;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const gitOid = (bytes: Buffer) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
