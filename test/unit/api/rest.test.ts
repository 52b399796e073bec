import { rmSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/shared/errors.js';
import { testId } from '../../support/traces.js';
import { rawRequest, runningApi } from './support.js';

const unknownId = testId(9, 9);

describe('REST', () => {
  it('answers health without a token, metrics with', async () => {
    const { api, ask } = await runningApi();
    const health = await fetch(`${api.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'healthy', exchanges: { seen: 2, pending: 0 } });
    const metrics = await ask('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await metrics.text()).toContain('sluice_exchanges_seen_total 2\n');
  });

  it('pages through traces, tool calls and exchanges', async () => {
    const { ask } = await runningApi();
    for (const [path, count] of [
      ['/traces', 3],
      ['/tool-calls', 6],
      ['/exchanges', 2],
    ] as const) {
      const all = (await (await ask(path)).json()) as { items: unknown[]; next_cursor: null };
      expect(all.items).toHaveLength(count);
      expect(all.next_cursor).toBeNull();
      const paged: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = (await (
          await ask(`${path}?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`)
        ).json()) as typeof all;
        paged.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(paged).toEqual(all.items);
    }
  });

  it('gives a whole trace, deletes it, and no longer knows it', async () => {
    const { ask } = await runningApi();
    const path = `/traces/${testId(1, 0)}`;
    expect(await (await ask(path)).json()).toMatchObject({
      trace_id: testId(1, 0),
      calls: [{}, {}, {}],
      tool_calls: [{}, {}],
    });
    const deleted = await ask(path, { method: 'DELETE' });
    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    expect((await ask(path)).status).toBe(404);
    expect((await ask(path, { method: 'DELETE' })).status).toBe(404);
  });

  it('takes an empty DELETE that claims to be JSON', async () => {
    const { ask } = await runningApi();
    const path = `/traces/${testId(1, 0)}`;
    const answer = await ask(path, { method: 'DELETE', headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(204);
  });

  it('bounds the bodies of an exchange and pages through the rest', async () => {
    const { ask } = await runningApi();
    const path = `/exchanges/${testId(3, 1)}`;
    const cut = await (await ask(`${path}?body_limit=1000`)).json();
    expect(cut).toMatchObject({ request: { truncated: true, body_total_chars: 300_000 } });
    expect((cut as { request: { body: string } }).request.body).toHaveLength(1000);
    const whole = (await (await ask(path)).json()) as { response: { body: string } };
    let text = '';
    let offset: number | null = 0;
    while (offset !== null) {
      const part = (await (await ask(`${path}/body/response?offset=${offset}&limit=70000`)).json()) as {
        text: string;
        next_offset: number | null;
      };
      text += part.text;
      offset = part.next_offset;
    }
    expect(text).toBe(whole.response.body);
  });

  it('reads and sets a review; what is not named stays', async () => {
    const { ask } = await runningApi();
    const path = `/traces/${testId(1, 0)}/review`;
    const put = (body: unknown) =>
      ask(path, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    expect(await (await ask(path)).json()).toMatchObject({ label: null, rating: null, tags: [], note: '' });
    await put({ label: 'accepted', rating: 4 });
    expect(await (await put({ tags: ['good'] })).json()).toMatchObject({
      label: 'accepted',
      rating: 4,
      tags: ['good'],
    });
    expect(await (await ask(path)).json()).toMatchObject({ label: 'accepted', rating: 4, tags: ['good'] });
    expect((await ask(`/traces/${unknownId}/review`)).status).toBe(404);
    for (const [body, field] of [
      [{ label: 'maybe' }, 'label'],
      [{ rating: 6 }, 'rating'],
      [{ tags: ['ok', ''] }, 'tags.1'],
    ] as const) {
      const answer = await put(body);
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ error: { code: 'validation_failed', details: [{ path: field }] } });
    }
    const misspelt = await put({ lable: 'accepted' });
    expect(misspelt.status).toBe(422);
    expect(JSON.stringify(await misspelt.json())).toContain('lable');
  });

  it('changes many reviews, each its own, and deletes many traces; what is gone is left out', async () => {
    const { ask } = await runningApi();
    const send = (method: string, path: string, body: unknown) =>
      ask(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    const patches = [
      { trace_id: testId(1, 0), patch: { label: 'accepted' } },
      { trace_id: unknownId, patch: { label: 'accepted' } },
      { trace_id: testId(1, 1), patch: { rating: 2, tags: ['odd'] } },
    ];
    const changed = await send('PUT', '/reviews', { patches });
    expect(await changed.json()).toMatchObject({
      reviews: [
        { previous: { label: null }, current: { trace_id: testId(1, 0), label: 'accepted' } },
        { previous: { rating: null }, current: { trace_id: testId(1, 1), rating: 2, tags: ['odd'] } },
      ],
    });
    expect((await send('PUT', '/reviews', { patches: Array(101).fill(patches[0]) })).status).toBe(422);
    const deleted = await send('POST', '/traces/delete', { trace_ids: [testId(1, 1), unknownId] });
    expect(await deleted.json()).toEqual({ deleted: [testId(1, 1)] });
    expect((await ask(`/traces/${testId(1, 1)}`)).status).toBe(404);
    expect((await ask(`/traces/${testId(1, 0)}`)).status).toBe(200);
  });

  it('exports, shows the job and gives its files', async () => {
    const { api, ask, settled } = await runningApi();
    const body = JSON.stringify({ layout: 'openai-chat', format: 'jsonl' });
    const started = await ask('/exports', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(started.status).toBe(202);
    const { job_id } = (await started.json()) as { job_id: string };
    expect(started.headers.get('location')).toBe(`/jobs/${job_id}`);
    await settled(job_id);
    const job = (await (await ask(`/jobs/${job_id}`)).json()) as { state: string; result: { rows: number } };
    expect(job).toMatchObject({ state: 'done', result: { rows: 3, files: [{ name: 'data.jsonl' }] } });
    expect(await (await ask('/jobs')).json()).toMatchObject({ items: [{ job_id }], next_cursor: null });

    const file = await ask(`/jobs/${job_id}/files/data.jsonl`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="data.jsonl"');
    const lines = (await file.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] as string)).toHaveProperty('messages');
    expect((await ask(`/jobs/${job_id}/files/manifest.json`)).status).toBe(200);

    // A browser fetches a file by itself, with a code for this file that it can use once.
    const codeOf = async (name: string) => {
      const answer = await ask(`/jobs/${job_id}/files/${name}/code`, { method: 'POST' });
      expect(answer.status).toBe(201);
      const { code } = (await answer.json()) as { code: string };
      expect(code).toHaveLength(32);
      return code;
    };
    const bare = (path: string, init?: RequestInit) => fetch(`${api.url}/jobs/${job_id}${path}`, init);
    const code = await codeOf('data.jsonl');
    const fetched = await bare(`/files/data.jsonl?code=${code}`);
    expect([fetched.status, (await fetched.text()).trimEnd().split('\n')]).toEqual([200, lines]);
    expect((await bare(`/files/data.jsonl?code=${code}`)).status).toBe(401);
    const others = await codeOf('data.jsonl');
    expect((await bare(`/files/manifest.json?code=${others}`)).status).toBe(401);
    expect((await bare(`/files/data.jsonl?code=${others}`)).status).toBe(401);
    expect((await bare(`?code=${await codeOf('data.jsonl')}`)).status).toBe(401);
    const kept = await codeOf('data.jsonl');
    expect((await bare(`/files/data.jsonl?code=${kept}`, { method: 'HEAD' })).status).toBe(401);
    expect((await bare(`/files/data.jsonl?code=${kept}`)).status).toBe(200);
    expect((await bare('/files/data.jsonl')).status).toBe(401);
    expect((await ask(`/jobs/${job_id}/files/none.jsonl/code`, { method: 'POST' })).status).toBe(404);
    // Whoever may write into the folder has another file read by a link, or holds whoever opens a pipe.
    const { out } = (job as unknown as { result: { out: string } }).result;
    rmSync(join(out, 'data.jsonl'));
    symlinkSync('/etc/hosts', join(out, 'data.jsonl'));
    expect((await ask(`/jobs/${job_id}/files/data.jsonl`)).status).toBe(404);

    expect(await (await ask(`/jobs/${job_id}`, { method: 'DELETE' })).json()).toMatchObject({ state: 'done' });
    expect((await ask(`/jobs/${unknownId}`)).status).toBe(404);
    expect((await ask(`/jobs/${unknownId}`, { method: 'DELETE' })).status).toBe(404);
  });

  it('gives no file but those of the job, however its name is written', async () => {
    const { api, ask, settled, token } = await runningApi();
    const body = JSON.stringify({ layout: 'tool-calls', format: 'jsonl' });
    const started = await ask('/exports', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const { job_id } = (await started.json()) as { job_id: string };
    await settled(job_id);
    for (const name of [
      '..%2F..%2Foutside.txt',
      '../../outside.txt',
      '%2e%2e',
      '%2Fetc%2Fpasswd',
      '..%5C..%5Coutside.txt',
      'data.jsonl%00',
    ]) {
      const answer = await rawRequest(api.port, {
        path: `/jobs/${job_id}/files/${name}`,
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body).error.code).toBe('not_found');
    }
  });

  it('says at once what is wrong with an export', async () => {
    const { ask, folder } = await runningApi();
    const start = (fields: object) =>
      ask('/exports', {
        method: 'POST',
        body: JSON.stringify({ layout: 'tool-calls', format: 'jsonl', ...fields }),
        headers: { 'content-type': 'application/json' },
      });
    const cases: [object, number, string][] = [
      [{ split: { train: 0.9, test: 0.2 } }, 422, 'validation_failed'],
      [{ layout: 'none' }, 422, 'validation_failed'],
      [{ out: 'relative/path' }, 422, 'validation_failed'],
      [{ out: folder }, 409, 'export_target_exists'],
    ];
    for (const [fields, status, code] of cases) {
      const answer = await start(fields);
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
        status,
        code,
      ]);
    }
  });
});

describe('errors', () => {
  it.each([
    ['/traces?limit=0', 422, 'validation_failed', 'limit'],
    ['/traces?limit=201', 422, 'validation_failed', 'limit'],
    ['/traces?limit=ten', 422, 'validation_failed', 'limit'],
    ['/traces?limit=1&limit=2', 422, 'validation_failed', 'limit'],
    ['/traces?limit=', 422, 'validation_failed', 'limit'],
    [`/traces?query=${'x'.repeat(4001)}`, 422, 'validation_failed', 'query'],
    [`/exchanges/${testId(3, 1)}?body_limit=-1`, 422, 'validation_failed', 'body_limit'],
    [`/exchanges/${testId(3, 1)}/body/middle`, 422, 'validation_failed', 'side'],
  ])('names the field: %s', async (path, status, code, field) => {
    const { ask } = await runningApi();
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error: { code, next: expect.any(String), details: [{ path: field }] },
    });
  });

  it.each([
    ['/traces?cursor=nonsense', 400, 'cursor_invalid'],
    ['/tool-calls?query=bad:x', 400, 'query_invalid'],
    [`/traces/${unknownId}`, 404, 'not_found'],
    ['/traces/nonsense', 404, 'not_found'],
    [`/exchanges/${unknownId}`, 404, 'not_found'],
    ['/nothing/here', 404, 'not_found'],
    ['/traces/', 404, 'not_found'],
    ['/%zz', 400, 'request_invalid'],
    [`/traces/${'x'.repeat(150)}`, 404, 'not_found'],
    [`/traces/${'x'.repeat(500)}`, 400, 'request_invalid'],
  ])('answers %s with its code', async (path, status, code) => {
    const { api, token } = await runningApi();
    const answer = await rawRequest(api.port, { path, headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { code, message: expect.any(String), next: expect.any(String) },
    });
  });

  it('says which methods are possible', async () => {
    const { ask } = await runningApi();
    const answer = await ask(`/traces/${unknownId}`, { method: 'PATCH' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD');
    expect(await answer.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
    expect((await ask('/exports')).status).toBe(405);
  });

  it('refuses malformed JSON, JSON that poisons prototypes, and other media types', async () => {
    const { ask } = await runningApi();
    const put = (body: string, type = 'application/json') =>
      ask(`/traces/${testId(1, 0)}/review`, { method: 'PUT', body, headers: { 'content-type': type } });
    for (const body of ['{"label":', '{"__proto__":{"label":"accepted"}}', '\u0000']) {
      const answer = await put(body);
      expect(answer.status).toBe(400);
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'request_invalid' } });
      expect(text).not.toContain('label');
    }
    expect((await put('label=accepted', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await put('')).status).toBe(422);
  });

  it('refuses numbers that would lose digits, and says which; keys that programs trip over are named', async () => {
    const { ask } = await runningApi();
    const send = async (body: string) => {
      const answer = await ask('/ingest', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      return { status: answer.status, text: await answer.text() };
    };
    const inexact = await send('{"trace_id":"t","event_type":"note","payload":{"order":[12345678901234567890]}}');
    expect(inexact.status).toBe(400);
    expect(inexact.text).toContain('would lose digits');
    expect(inexact.text).not.toContain('12345678901234567890');
    for (const exact of [
      '9007199254740991',
      '1e400',
      '0.12345678901234567',
      '9007199254740992',
      '"12345678901234567890"',
    ])
      expect((await send(`{"payload":${exact}}`)).text).not.toContain('would lose digits');
    expect((await send('{"payload":{"__proto__":{"a":1}}}')).text).toContain('__proto__');
  });

  it('answers 413 to a body beyond 10 MB, declared or not, to the end of the sending', async () => {
    const { api, token } = await runningApi();
    const body = Buffer.alloc(11_000_000, 'x');
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const path = `/traces/${testId(1, 0)}/review`;
    const declared = await rawRequest(api.port, {
      method: 'PUT',
      path,
      headers: { ...headers, 'content-length': String(body.length) },
      body,
    });
    const chunked = await rawRequest(api.port, {
      method: 'PUT',
      path,
      headers: { ...headers, 'transfer-encoding': 'chunked' },
      body,
    });
    for (const answer of [declared, chunked]) {
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'body_too_large' } });
    }
  });

  it('hides what nobody expected, and logs it once without content', async () => {
    const { ask, reads, logged } = await runningApi();
    reads.traces = () => {
      throw new TypeError('cannot read secret-content of undefined');
    };
    const answer = await ask('/traces');
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'internal' } });
    expect(text).not.toMatch(/secret-content|at .*\.ts/);
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).toContain('TypeError');
    expect(JSON.stringify(logged)).not.toContain('secret-content');
  });

  it('passes on expected failures of the engine', async () => {
    const { ask, reads, logged } = await runningApi();
    reads.traces = () => {
      throw new SluiceError('engine_busy', 'The writer is busy.');
    };
    const answer = await ask('/traces');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      error: { code: 'engine_busy', message: 'The writer is busy.', next: 'Try again in a moment.' },
    });
    expect(logged).toEqual([]);
  });

  it('answers what is no HTTP and headers without end', async () => {
    const { api } = await runningApi();
    const talk = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(api.port, '127.0.0.1', () => socket.write(text));
        let heard = '';
        socket.on('data', (chunk) => {
          heard += chunk.toString();
        });
        socket.on('error', () => resolve(heard));
        socket.on('close', () => resolve(heard));
      });
    expect(await talk('\x16\x03\x01\x02\x00\x01\x00')).toMatch(/^HTTP\/1\.1 400 /);
    const endless = `GET /health HTTP/1.1\r\nhost: 127.0.0.1:${api.port}\r\n${'x-a: b\r\n'.repeat(20_000)}\r\n`;
    expect(await talk(endless)).toMatch(/^HTTP\/1\.1 431 [\s\S]*request_invalid/);
    expect((await fetch(`${api.url}/health`)).status).toBe(200);
  });
});
