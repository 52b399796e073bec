import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../../src/shared/errors.js';
import { type QueryScope, queryFields, quote } from '../../../../src/shared/query/index.js';
import { agentRun, plainExchange, store, type TestStore } from '../support.js';

const minute = 60_000_000;
const origin = 1_790_000_000_000_000;

/** Ten runs, a minute apart, that differ in client, session, tools, words and success. */
function filled(lifetime: 'test' | 'file' = 'test'): TestStore {
  const target = store(lifetime);
  for (let run = 0; run < 10; run++) {
    agentRun(target, {
      format: run % 2 === 0 ? 'openai-chat' : 'anthropic-messages',
      ask: `Errand ${run}: ${run % 5 === 0 ? 'visit the lighthouse keeper' : 'count the boats'} ünique${run}`,
      turns: 1 + (run % 3),
      fails: run === 3,
      userAgent: `agent-${run % 2}/1.${run}`,
      headers: [['x-session-id', `Session-${run}`]],
      clock: { now: origin + run * minute },
    });
  }
  return target;
}

const titles = (target: TestStore, query: string) =>
  target.reader
    .traces({ query, limit: 100, cursor: null })
    .items.map(({ title }) => Number(/Errand (\d)/.exec(title)?.[1]));
const count = (target: TestStore, scope: 'toolCalls' | 'exchanges', query: string) =>
  target.reader[scope]({ query, limit: 500, cursor: null }).items.length;

describe('finding traces', () => {
  const target = filledOnce();

  it.each<[string, number[]]>([
    ['', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['lighthouse', [5, 0]],
    ['"lighthouse keeper"', [5, 0]],
    ['"keeper lighthouse"', []],
    ['LIGHTHOUSE errand', [5, 0]],
    ['light*', [5, 0]],
    ['unique7', [7]],
    ['ünique7', [7]],
    ['lighthouse OR boats', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['-lighthouse', [9, 8, 7, 6, 4, 3, 2, 1]],
    ['beacon2', [8, 5, 2]],
    ['"Found quay2"', [8, 5, 2]],
    ['beacon2 lighthouse', [5]],
    ['client:agent-1/1.3', [3]],
    ['client:agent-0*', [8, 6, 4, 2, 0]],
    ['client:AGENT-1/*', [9, 7, 5, 3, 1]],
    ['session:session-4', [4]],
    ['session:*', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['session:"session-*"', []],
    ['tool:read', [8, 7, 5, 4, 2, 1]],
    ['-tool:read', [9, 6, 3, 0]],
    ['tool:read format:openai-chat', [8, 4, 2]],
    ['has:error', [3]],
    ['status:error', [3]],
    ['status:ok', [9, 8, 7, 6, 5, 4, 2, 1, 0]],
    ['errors>0', [3]],
    ['kind:agent calls:4', [8, 5, 2]],
    ['tool_calls:2..3', [8, 7, 5, 4, 2, 1]],
    ['title:"errand 6"', [6]],
    ['title:err*6', [6]],
    ['tokens>=60', [8, 5, 2]],
    [`started>=${iso(7)}`, [9, 8, 7]],
    [`started:${iso(2)}..${iso(4)}`, [4, 3, 2]],
    [`started<${iso(2)} OR started>${iso(8)}`, [9, 1, 0]],
    ['duration>1h', []],
    ['host:api.openai.com', [8, 6, 4, 2, 0]],
    ['model:nothing*', []],
    ['label:none', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['is:reviewed', []],
    ['id:00000000-0000-7000-8000-000000000000', []],
  ])('%s', (query, found) => {
    expect(titles(target(), query)).toEqual(found);
    expect(target().reader.countTraces(query)).toBe(found.length);
    expect([...target().reader.iterateTraces(query)]).toHaveLength(found.length);
    // Whatever drives the search, a condition and its negation share out the whole.
    if (query !== '') expect(titles(target(), `-(${query})`)).toHaveLength(10 - found.length);
    // In company of a condition that all fulfil, another driver may be chosen.
    expect(titles(target(), `(${query === '' ? 'errand' : query}) kind:agent errand calls>0`)).toEqual(found);
  });

  it('finds tool calls and exchanges by their own and their traces’ values', () => {
    expect(count(target(), 'toolCalls', '')).toBe(19);
    expect(count(target(), 'toolCalls', 'tool:read')).toBe(6);
    expect(count(target(), 'toolCalls', 'tool:re* -tool:search')).toBe(6);
    expect(count(target(), 'toolCalls', 'status:error')).toBe(1);
    expect(count(target(), 'toolCalls', 'status:pending')).toBe(0);
    expect(count(target(), 'toolCalls', 'session:session-5')).toBe(3);
    expect(count(target(), 'toolCalls', 'beacon1')).toBe(6);
    expect(count(target(), 'toolCalls', 'quay1 tool:read')).toBe(6);
    expect(count(target(), 'toolCalls', 'lighthouse')).toBe(0);
    expect(count(target(), 'toolCalls', 'format:openai-chat duration>1ms')).toBe(
      count(target(), 'toolCalls', 'client:agent-0*'),
    );
    expect(count(target(), 'exchanges', '')).toBe(29);
    expect(count(target(), 'exchanges', 'tool:search')).toBe(13);
    expect(count(target(), 'exchanges', 'status:200')).toBe(29);
    expect(count(target(), 'exchanges', 'status:4xx')).toBe(0);
    expect(count(target(), 'exchanges', 'status>=200 status:2xx status:ok')).toBe(29);
    expect(count(target(), 'exchanges', 'url:openai.com/v1')).toBe(15);
    expect(count(target(), 'exchanges', 'host:api.anthropic.com')).toBe(14);
    expect(count(target(), 'exchanges', 'lighthouse')).toBe(2);
    expect(count(target(), 'exchanges', 'completions')).toBe(15);
    expect(count(target(), 'exchanges', 'beacon2')).toBe(3);
    expect(count(target(), 'exchanges', 'is:partial OR has:error OR state:failed')).toBe(0);
    expect(count(target(), 'exchanges', 'bytes>100 request_bytes<1MB ttfb<10s')).toBe(0);
    const [first] = target().reader.toolCalls({ query: 'tool:read', limit: 1, cursor: null }).items;
    expect(count(target(), 'toolCalls', `trace:${first?.trace_id}`)).toBe(3);
    expect(count(target(), 'toolCalls', `call:${first?.call_id}`)).toBe(1);
    expect(count(target(), 'toolCalls', `id:${first?.tool_call_id}`)).toBe(1);
    expect(count(target(), 'exchanges', `trace:${first?.trace_id}`)).toBe(4);
    expect(count(target(), 'exchanges', `call:${first?.call_id}`)).toBe(1);
  });

  it('knows the values of fields, most frequent first', () => {
    const { reader } = target();
    expect(reader.fieldValues('traces', 'tool', '', 10)).toEqual([
      { value: 'search', count: 10 },
      { value: 'read', count: 6 },
    ]);
    expect(reader.fieldValues('tool_calls', 'tool', 'RE', 10)).toEqual([{ value: 'read', count: 6 }]);
    expect(reader.fieldValues('traces', 'session', 'session-', 3)).toHaveLength(3);
    expect(reader.fieldValues('exchanges', 'status', '', 5)).toEqual([{ value: '200', count: 29 }]);
    expect(reader.fieldValues('traces', 'duration', '', 5)).toEqual([]);
    expect(reader.fieldValues('traces', 'nonsense', '', 5)).toEqual([]);
  });

  it('finds, counts and pages only the traces that are named, of what the query finds', () => {
    const { reader } = target();
    const all = reader.traces({ query: '', limit: 100, cursor: null }).items.map(({ trace_id }) => trace_id);
    const stranger = '01940000-0000-7000-8000-00000000beef';
    const traceIds = [all[7], all[1], all[4], all[1], stranger, 'no id'] as string[];
    const named = [all[1], all[4], all[7]];
    const idsOf = (query: string, limit: number) => {
      const ids: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = reader.traces({ query, traceIds, limit, cursor });
        ids.push(...page.items.map(({ trace_id }) => trace_id));
        cursor = page.next_cursor;
        if (cursor === null) return ids;
      }
    };
    expect(idsOf('', 50)).toEqual(named);
    expect(idsOf('', 1)).toEqual(named);
    expect(idsOf('client:agent-0*', 1)).toEqual(named.filter((id) => all.indexOf(id as string) % 2 === 1));
    expect(idsOf('nowhere', 1)).toEqual([]);
    expect(idsOf(`started<${iso(4)}`, 1)).toEqual([all[7]]);
    for (const query of ['', 'client:agent-0*', 'lighthouse OR boats', 'nowhere']) {
      const found = idsOf(query, 2);
      expect(reader.countTraces(query, traceIds)).toBe(found.length);
      expect([...reader.iterateTraces(query, undefined, traceIds)].map(({ trace_id }) => trace_id)).toEqual(found);
    }
    expect(reader.countTraces('', [stranger])).toBe(0);
    const { next_cursor } = reader.traces({ query: '', traceIds, limit: 1, cursor: null });
    expect(() => reader.traces({ query: '', traceIds: [all[0] as string], limit: 1, cursor: next_cursor })).toThrow(
      expect.objectContaining({ code: 'cursor_invalid' }),
    );
  });

  it('follows reviews, tags and scores as they change', async () => {
    const own = filled();
    const { writes } = own.writer;
    const id = own.reader.traces({ query: 'unique4', limit: 1, cursor: null }).items[0]?.trace_id ?? '';
    const first = await writes.setReview(id, { label: 'accepted', rating: 4, tags: ['Gold', 'Gold'] }, 'owner');
    expect(first.previous).toMatchObject({ label: null, tags: [], updated_at: null });
    expect(first.current).toMatchObject({ label: 'accepted', rating: 4, tags: ['Gold'] });
    for (const query of [
      'label:accepted',
      'is:accepted',
      'is:reviewed',
      'tag:gold',
      'rating>=4',
      'has:tag -has:note',
    ]) {
      expect(titles(own, query), query).toEqual([4]);
      expect(count(own, 'toolCalls', query === 'has:tag -has:note' ? 'tag:gold' : query), query).toBe(2);
    }
    const undone = await writes.setReview(id, first.previous, 'owner');
    expect(undone.current).toMatchObject({ label: null, rating: null, tags: [] });
    for (const query of ['label:accepted', 'is:reviewed', 'tag:gold', 'rating>=4'])
      expect(titles(own, query)).toEqual([]);
    expect(own.reader.review(id)).toMatchObject({ label: null });
    expect(own.table('review_events')).toHaveLength(2);
    expect(own.reader.fieldValues('traces', 'tag', '', 5)).toEqual([]);
    await expect(writes.setReview(id, { rating: 9 }, 'owner')).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(writes.setReview('nope', {}, 'owner')).rejects.toMatchObject({ code: 'not_found' });
    await writes.addScore(id, {
      score_id: '01940000-0000-7000-8000-000000000001',
      kind: 'judge',
      name: 'Helpful',
      value: 3.5,
      created_at: '2026-11-21T00:00:00Z',
    });
    expect(titles(own, 'score.judge>=3.5 score.helpful<4 has:score')).toEqual([4]);
    expect(titles(own, 'score.judge>3.5')).toEqual([]);
    expect(own.reader.trace(id)?.scores).toHaveLength(1);
  });
});

describe('text in scripts without spaces', () => {
  it('is found by any piece of it', async () => {
    const own = store();
    agentRun(own, { ask: '東京の港にある灯台を探してください。', turns: 0 });
    for (const query of ['灯台', '港にある', '"東京の港"', '東京 灯台', 'title:灯台'])
      expect(found(query), query).toBe(1);
    for (const query of ['台灯', '大阪', '東京 大阪']) expect(found(query), query).toBe(0);
    const id = own.reader.traces({ query: '', limit: 1, cursor: null }).items[0]?.trace_id ?? '';
    await own.writer.writes.deleteTrace(id);
    expect(own.integrity()).toBe('ok');
    expect(found('灯台')).toBe(0);

    function found(query: string): number {
      return own.reader.traces({ query, limit: 5, cursor: null }).items.length;
    }
  });
});

describe('paging', () => {
  it('neither repeats nor leaves out a row while others come in', () => {
    const own = store();
    for (let index = 0; index < 60; index++) {
      // Three at a time share a moment: only the id tells them apart.
      own.writer.save(plainExchange({ at: origin + Math.floor(index / 3) * minute }));
    }
    for (const query of ['', 'kind:http', 'kind:http -url:nothing', 'example', 'example -nothing url:path']) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = own.reader.exchanges({ query, limit: 7, cursor });
        seen.push(...page.items.map(({ exchange_id }) => exchange_id));
        cursor = page.next_cursor;
        own.writer.save(plainExchange({ at: origin + 3600 * minute }));
      } while (cursor !== null);
      const old = own.reader
        .exchanges({ query: `${query} started<${iso(3600)}`, limit: 1000, cursor: null })
        .items.map(({ exchange_id }) => exchange_id);
      expect(seen.slice(-60), query).toEqual(old);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it('refuses a cursor of another list, query or maker', () => {
    const own = store();
    for (let index = 0; index < 3; index++) own.writer.save(plainExchange());
    const { next_cursor } = own.reader.exchanges({ query: 'kind:http', limit: 1, cursor: null });
    const invalid = expect.objectContaining({ code: 'cursor_invalid' });
    expect(() => own.reader.exchanges({ query: 'kind:connect', limit: 1, cursor: next_cursor })).toThrow(invalid);
    expect(() => own.reader.traces({ query: 'kind:agent', limit: 1, cursor: next_cursor })).toThrow(invalid);
    for (const cursor of ['', 'x', '!!', 'bnVsbA', Buffer.from('["a",1e999,{}]').toString('base64url')]) {
      expect(() => own.reader.exchanges({ query: '', limit: 1, cursor }), cursor).toThrow(invalid);
    }
    expect(own.reader.exchanges({ query: ' kind:http ', limit: 2, cursor: next_cursor }).items).toHaveLength(2);
  });
});

describe('hostile queries', () => {
  const target = filledOnce();

  it('cannot reach the syntax of the text index or of SQL', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '" OR "',
        "'; DROP TABLE traces; --",
        'NEAR(a b)',
        'text:a',
        '{text}:a',
        'a" NOT "b',
        '^a',
        'a + b',
        '\0a"',
      ),
    );
    const lists = { traces: 'traces', tool_calls: 'toolCalls', exchanges: 'exchanges' } as const;
    fc.assert(
      fc.property(nasty, fc.constantFrom<QueryScope>('traces', 'tool_calls', 'exchanges'), (text, scope) => {
        for (const query of [
          quote(text),
          `${quote(text)} kind:agent`,
          text,
          `session:${quote(text)} -${quote(text)}`,
        ]) {
          try {
            target().reader[lists[scope]]({ query, limit: 5, cursor: null });
          } catch (error) {
            expect(error).toBeInstanceOf(SluiceError);
            expect((error as SluiceError).code).toBe('query_invalid');
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(titles(target(), '')).toHaveLength(10);
  });

  it('runs every field of every list in every form', () => {
    const values: { [type: string]: string[] } = {
      term: ['x', 'x*', '*'],
      contains: ['x', '*'],
      choice: [],
      flag: [],
      status: ['200', '4xx', '>399', '200..299'],
      id: ['x', '01940000-0000-7000-8000-000000000001'],
      number: ['1', '>1', '..5'],
      duration: ['5s', '<1h', '1s..'],
      size: ['1kB', '>=1', '1..2'],
      date: ['today', '>-2h', '2026..2027'],
    };
    const lists = { traces: 'traces', tool_calls: 'toolCalls', exchanges: 'exchanges' } as const;
    for (const [scope, fields] of Object.entries(queryFields) as [QueryScope, (typeof queryFields)['traces']][]) {
      for (const field of fields) {
        for (const value of [...(values[field.type] ?? []), ...(field.values ?? [])]) {
          const condition = `${field.name}${field.keyed ? '.judge' : ''}:${value}`;
          for (const query of [condition, `-${condition}`, `${condition} errand`, `(${condition} OR errand) -boats`]) {
            const { items } = target().reader[lists[scope]]({ query, limit: 5, cursor: null });
            expect(items.length, query).toBeLessThanOrEqual(5);
          }
        }
      }
    }
  });
});

function iso(minutes: number): string {
  return new Date((origin + minutes * minute) / 1000).toISOString();
}

/** One store for all tests of a block that only read it. */
function filledOnce(): () => TestStore {
  let made: TestStore | null = null;
  return () => {
    made ??= filled('file');
    return made;
  };
}
