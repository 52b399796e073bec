import { describe, expect, it } from 'vitest';
import { har } from '../../../../src/main/intake/importers/har.js';
import { read } from './support.js';

const entry = (path: string) => ({
  startedDateTime: '2026-11-20T10:00:00.000Z',
  time: 12,
  request: { method: 'GET', url: `https://quay.example/${path}`, httpVersion: 'HTTP/1.1', headers: [] },
  response: { status: 204, statusText: 'No Content', httpVersion: 'HTTP/1.1', headers: [], content: { size: 0 } },
  timings: { send: 0, wait: 12, receive: 0 },
});

async function ids(paths: string[]): Promise<string[]> {
  const items = await read(har, Buffer.from(JSON.stringify({ log: { version: '1.2', entries: paths.map(entry) } })));
  return items.flatMap((item) => ('exchange' in item ? [item.exchange.exchange_id] : []));
}

describe('entries of an archive', () => {
  it('are exchanges of their own where they are equal too, and the same ones when they are read again', async () => {
    const first = await ids(['tide', 'tide', 'wind', 'tide']);
    expect(new Set(first).size).toBe(4);
    expect(await ids(['tide', 'tide', 'wind', 'tide'])).toEqual(first);
    expect(await ids(['tide', 'wind'])).toEqual([first[0], first[2]]);
  });
});
