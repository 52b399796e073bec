import { describe, expect, it } from 'vitest';
import { mergeRows, splitUrl } from '../../../src/renderer/src/features/live/live-row.js';
import { matchFlight } from '../../../src/renderer/src/features/live/match-flight.js';
import type { ExchangeSummary, InFlight } from '../../../src/shared/model/index.js';
import { parseQuery } from '../../../src/shared/query/index.js';

function flight(patch: Partial<InFlight> = {}): InFlight {
  return {
    exchange_id: '0199-a',
    started_at: '2026-11-21T10:00:00Z',
    client: 'claude-cli/2.1.3',
    session: null,
    method: 'POST',
    url: 'https://api.anthropic.com/v1/messages',
    model: 'claude-sonnet-5',
    phase: 'streaming',
    status: 200,
    ttfb_ms: 100,
    request_bytes: 1,
    response_bytes: 2,
    ...patch,
  };
}

describe('rows', () => {
  it('put flights first, newest on top, and never show one exchange twice', () => {
    const stored = [{ exchange_id: '0199-b', started_at: '2026-11-21T10:00:01Z' }] as ExchangeSummary[];
    const rows = mergeRows([flight(), flight({ exchange_id: '0199-b' }), flight({ exchange_id: '0199-c' })], stored);
    expect(rows.map(({ id, done }) => [id, done !== null])).toEqual([
      ['0199-c', false],
      ['0199-a', false],
      ['0199-b', true],
    ]);
  });

  it('split a URL, also one that redaction made unparsable', () => {
    expect(splitUrl('https://api.openai.com/v1/x?a=<TOKEN_1>')).toEqual({
      host: 'api.openai.com',
      path: '/v1/x?a=<TOKEN_1>',
    });
    expect(splitUrl('https://host')).toEqual({ host: 'host', path: '/' });
    expect(splitUrl('<SECRET>')).toEqual({ host: '', path: '<SECRET>' });
  });
});

describe('matchFlight', () => {
  it.each<[string, boolean | null]>([
    ['', true],
    ['model:claude*', true],
    ['model:gpt*', false],
    ['model:"claude*"', false],
    ['host:api.anthropic.com method:post', true],
    ['-model:claude*', false],
    ['model:gpt* OR client:claude-cli*', true],
    ['url:messages', true],
    ['sonnet', true],
    ['status:200', null],
    ['status:200 model:gpt*', false],
    ['status:200 OR model:claude*', true],
    ['tokens>5', null],
    ['session:x', false],
    ['words in the body', null],
  ])('%s gives %s', (query, expected) => {
    expect(matchFlight(parseQuery(query, 'exchanges'), flight())).toBe(expected);
  });

  it('knows nothing of a model that is not guessed yet', () => {
    expect(matchFlight(parseQuery('model:x', 'exchanges'), flight({ model: null }))).toBeNull();
  });
});
