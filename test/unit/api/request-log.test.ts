import { describe, expect, it } from 'vitest';
import { testId } from '../../support/traces.js';
import { rawRequest, runningApi } from './support.js';

function recorded() {
  const lines: { level: 'info' | 'warn' | 'error'; message: string; fields: object }[] = [];
  const at = (level: 'info' | 'warn' | 'error') => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, logger: { info: at('info'), warn: at('warn'), error: at('error') } };
}

describe('the log of requests', () => {
  it.each([
    ['an address that is malformed', '/traces/%zz'],
    ['a zero byte in an address', '/traces/a%00b'],
    ['an address where nothing is', '/nothing/here'],
  ])('%s is one refusal and no request', async (_, path) => {
    const { lines, logger } = recorded();
    const { api, token } = await runningApi({ logger });
    await rawRequest(api.port, { path, headers: { authorization: `Bearer ${token}` } });
    await api.close(200);
    expect(lines).toMatchObject([
      { level: 'warn', message: 'request_refused', fields: { via: 'rest', reason: 'path', count: 1 } },
    ]);
  });

  it('names a trace by an id that is one, and by nothing else that was sent', async () => {
    const { lines, logger } = recorded();
    const { ask, api } = await runningApi({ logger });
    const id = testId(1, 7);
    await ask(`/traces/${id.toUpperCase()}`);
    await ask('/traces/no-id-at-all');
    await ask('/exchanges/no-id-at-all');
    await api.close(200);
    expect(lines.map(({ fields }) => (fields as { trace_id?: string }).trace_id)).toEqual([id, undefined, undefined]);
    expect(JSON.stringify(lines)).not.toContain('no-id-at-all');
  });

  it('what the API refuses before it looks takes a line a kind, not one a request', async () => {
    const { lines, logger } = recorded();
    const { api } = await runningApi({ logger });
    const asked = Array.from({ length: 15 }, (_, count) =>
      rawRequest(api.port, { path: `/traces?n=${count}`, headers: { authorization: 'Bearer wrong' } }),
    );
    for (const { status } of await Promise.all(asked)) expect(status).toBe(401);
    await api.close(200);
    const refusal = { via: 'rest', route: '/traces', token_id: null, reason: 'token' };
    expect(lines).toEqual([
      { level: 'warn', message: 'request_refused', fields: { ...refusal, count: 1 } },
      { level: 'warn', message: 'request_refused', fields: { ...refusal, count: 14 } },
    ]);
  });
});
