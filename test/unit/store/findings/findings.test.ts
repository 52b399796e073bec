import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createRedactor, defaultPolicy, entities } from '../../../../src/main/redact/index.js';
import { openReader, openWriter } from '../../../../src/main/store/index.js';
import { FindingList } from '../../../../src/main/store/read/finding-list.js';
import { migrations } from '../../../../src/main/store/sqlite/migrations/index.js';
import { migrate } from '../../../../src/main/store/sqlite/migrator.js';
import { Statements } from '../../../../src/main/store/sqlite/statements.js';
import { uuidv7 } from '../../../../src/shared/ids.js';
import type { Assembled, Body, Finding, ReadExchange, TypedFinding } from '../../../../src/shared/model/index.js';
import { agentRun, folder, plainExchange, sealKey, store, type TestStore } from '../support.js';

const ada = `ada${'@'}example.com`;
const grace = `grace${'@'}example.com`;
const key = `sk-${'proj-'}${'a1B2'.repeat(12)}`;
/** Only what these tests plant, so that the headers around it are no concern of theirs. */
const actions = Object.fromEntries(entities.map((entity) => [entity, 'keep' as const]));
const policy = {
  ...defaultPolicy,
  actions: { ...actions, EMAIL: 'pseudonym' as const, API_KEY: 'pseudonym' as const },
};
const redactor = createRedactor({ policy, key: new Uint8Array(32).fill(3) });
const pseudonym = (mail: string) => redactor.text(mail).text;

/** An exchange that went through the real gate. */
function captured(given: { request?: Body; response?: Body; url?: string; at?: number }): Assembled {
  const assembled = plainExchange(given);
  const { decoded } = assembled;
  const exchange = redactor.exchange(decoded.exchange as unknown as ReadExchange);
  return { ...assembled, decoded: { ...decoded, exchange } };
}

const json = (value: unknown): Body => ({ kind: 'json', text: JSON.stringify(value) });

function chat(messages: unknown[], at = 1_790_000_000_000_000): Assembled {
  return captured({ request: json({ model: 'm', messages }), at });
}

function listed(target: TestStore, filter = {}, limit = 50) {
  const items = [];
  let cursor: string | null = null;
  do {
    const page = target.reader.findings(filter, cursor, limit);
    items.push(...page.items);
    cursor = page.next_cursor;
    expect(page.items.length).toBeLessThanOrEqual(limit);
  } while (cursor !== null);
  return items;
}

/** Counts that do not agree with the rows. */
function miscounted(target: TestStore): unknown[] {
  const sums = new Map<unknown, number>();
  for (const row of target.table('findings')) {
    sums.set(row['finding_group'], (sums.get(row['finding_group']) ?? 0) + Number(row['places']));
  }
  return target.table('finding_groups').filter((group) => (sums.get(group['id']) ?? 0) !== group['places']);
}

describe('findings', () => {
  it('are listed once for each exchange and placement, in their context, the value nowhere', () => {
    const target = store();
    target.writer.save(
      chat([
        { role: 'user', content: `Write to ${ada} and to ${ada}, please.` },
        { role: 'assistant', content: [{ type: 'tool_use', input: { to: ada } }] },
      ]),
    );
    const items = listed(target);
    expect(items.map(({ placement, places, replacement }) => [placement, places, replacement])).toEqual([
      ['tool_arguments', 1, pseudonym(ada)],
      ['message', 2, pseudonym(ada)],
    ]);
    expect(items[1]?.context).toEqual({
      before: 'Write to ',
      replacement: pseudonym(ada),
      after: ` and to ${pseudonym(ada)}, please.`,
    });
    expect(items[1]).toMatchObject({ entity: 'EMAIL', band: 'certain', trace_id: null });
    expect(JSON.stringify(items)).not.toContain(ada);
    const places = target.reader.findingPlaces(items[1]?.exchange_id ?? '', items[1]?.finding_id ?? '', null, 1);
    expect(places?.items[0]?.context?.before).toBe('Write to ');
    const more = target.reader.findingPlaces(
      items[1]?.exchange_id ?? '',
      items[1]?.finding_id ?? '',
      places?.next_cursor ?? null,
      1,
    );
    expect(more?.items[0]?.context?.before).toBe(`Write to ${pseudonym(ada)} and to `);
    expect(more?.next_cursor).toBeNull();
  });

  it('have a context in headers, URLs, forms, event streams and messages of sockets', () => {
    const target = store();
    const events = (texts: string[], framing: 'sse' | 'ndjson'): Body => ({
      kind: 'events',
      framing,
      complete: true,
      events: texts.map((text) => ({ data: JSON.stringify({ delta: { text } }) })),
    });
    const bodies: Body[] = [
      { kind: 'form', text: `to=${encodeURIComponent(ada)}&cc=none` },
      { kind: 'text', text: `Mail ${ada} now` },
      events(['Dear ', 'ada@', 'example.com', ', hello'], 'sse'),
      events(['Mail ', ada, ' soon'], 'ndjson'),
      {
        kind: 'websocket',
        messages: [{ from: 'client', opcode: 'text', data: JSON.stringify({ text: `to ${ada}` }) }],
      },
    ];
    for (const response of bodies) target.writer.save(captured({ response }));
    target.writer.save(captured({ url: `https://example.test/?mail=${ada}&x=1` }));
    const contexts = listed(target, { entity: 'EMAIL' }).map(({ context }) => context);
    expect(contexts).toHaveLength(6);
    expect(contexts.map((context) => context && `${context.before}|${context.after}`)).toEqual([
      'https://example.test/?mail=|&x=1',
      'to |',
      'Mail | soon',
      'Dear |, hello',
      'Mail | now',
      expect.stringContaining('to='),
    ]);
  });

  it('are filtered by each of their marks and by trace and value, and paged without gap or repeat', () => {
    const target = store();
    for (let i = 0; i < 30; i++) {
      target.writer.save(
        chat(
          [{ role: 'user', content: i % 3 === 0 ? `Mail ${ada}` : `Mail ${grace} with ${key}` }],
          1_790_000_000_000_001 + i,
        ),
      );
    }
    const all = listed(target, {}, 7);
    expect(all).toHaveLength(50);
    expect(new Set(all.map(({ exchange_id, finding_id }) => `${exchange_id} ${finding_id}`)).size).toBe(50);
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(listed(target, { entity: 'API_KEY' }, 6)).toHaveLength(20);
    expect(listed(target, { entity: 'EMAIL', placement: 'message' }, 6)).toHaveLength(30);
    expect(listed(target, { placement: 'url' })).toEqual([]);
    expect(listed(target, { replacement: pseudonym(ada) }, 4)).toHaveLength(10);
    expect(listed(target, { replacement: pseudonym(ada), entity: 'API_KEY' })).toEqual([]);
    expect(listed(target, { detector: all[0]?.detector }).length).toBeGreaterThan(0);
    expect(() =>
      target.reader.findings({ entity: 'EMAIL' }, target.reader.findings({}, null, 5).next_cursor, 5),
    ).toThrow(/cursor/);
    expect(target.reader.findingsSummary({})).toMatchObject({
      total: 50,
      entities: [
        { name: 'EMAIL', count: 30 },
        { name: 'API_KEY', count: 20 },
      ],
      placements: [{ name: 'message', count: 50 }],
    });
    // Each list counts under the other fields of the filter, so that another of its values can be chosen.
    const within = target.reader.findingsSummary({ entity: 'API_KEY' });
    expect(within.total).toBe(20);
    expect(within.entities).toHaveLength(2);
    expect(within.placements).toEqual([{ name: 'message', count: 20 }]);
    expect(target.reader.findingsSummary({ replacement: pseudonym(ada) }).total).toBe(10);
    expect(miscounted(target)).toEqual([]);
  });

  it('of a trace are its own, go with it, and leave right counts', async () => {
    const target = store();
    const found: Finding = {
      finding_id: uuidv7(),
      entity: 'EMAIL',
      path: 'request.body.messages[0].content',
      start: 0,
      end: 16,
      action: 'pseudonym',
      replacement: '<EMAIL_7f3a9c21>',
      detector: 'email',
      confidence: 0.95,
    };
    agentRun(target, { turns: 2 });
    target.writer.save(captured({ url: `https://example.test/?mail=${ada}` }));
    const trace = target.reader.traces({ query: '', limit: 1, cursor: null }).items[0]?.trace_id ?? '';
    const other = agentRun(target, { turns: 0, ask: 'Something else' });
    const exchange = other.call({ text: 'x' });
    target.take(exchange, (decoded) => {
      decoded.exchange.findings.push(found);
      return decoded;
    });
    const owner = listed(target, { entity: 'EMAIL' }).find(({ trace_id }) => trace_id !== null)?.trace_id ?? '';
    expect(owner).not.toBe('');
    await target.writer.writes.addTypedFindings([typed('note', owner), typed('name', null)]);
    expect(listed(target, { trace_id: owner }).map(({ placement }) => placement)).toEqual(['system_prompt', 'note']);
    expect(target.reader.findingsSummary({ trace_id: owner }).total).toBe(2);
    expect(owner === trace).toBe(false);
    expect(miscounted(target)).toEqual([]);

    expect(await target.writer.writes.deleteTrace(owner)).toBe(true);
    expect(listed(target, { trace_id: owner })).toEqual([]);
    expect(listed(target).map(({ placement }) => placement)).toEqual(['url', 'name']);
    expect(target.reader.findingsSummary({}).total).toBe(2);
    expect(miscounted(target)).toEqual([]);
    expect(target.table('typed_findings')).toHaveLength(1);
    expect(target.integrity()).toBe('ok');
  });

  it('that were typed come after what was captured, each in its text', async () => {
    const target = store();
    await target.writer.writes.addTypedFindings([typed('note', null), typed('tag', null)]);
    target.writer.save(chat([{ role: 'user', content: ada }]));
    const items = listed(target, {}, 1);
    expect(items.map(({ placement }) => placement)).toEqual(['message', 'tag', 'note']);
    expect(items[2]).toMatchObject({
      exchange_id: null,
      trace_id: null,
      context: { before: 'Ask ', replacement: '<EMAIL_7f3a9c21>', after: ' first' },
    });
    expect(new Set(items.map(({ finding_id }) => finding_id)).size).toBe(3);
  });

  it('a batch that fails leaves no row and no count', () => {
    const target = store();
    expect(() =>
      target.writer.transaction(() => {
        target.writer.save(chat([{ role: 'user', content: ada }]));
        throw new Error('disk full');
      }),
    ).toThrow('disk full');
    expect(target.reader.findingsSummary({}).total).toBe(0);
    target.writer.save(chat([{ role: 'user', content: ada }]));
    expect(target.reader.findingsSummary({}).total).toBe(1);
    expect(miscounted(target)).toEqual([]);
  });

  it('that cannot be found again have no context instead of a wrong one', () => {
    const target = store();
    const wrong = (replacement: string, path: string): Finding => ({
      finding_id: uuidv7(),
      entity: 'EMAIL',
      path,
      start: 3,
      end: 20,
      action: 'pseudonym',
      replacement,
      detector: 'email',
      confidence: 0.5,
    });
    target.writer.save(
      plainExchange({
        request: json({ a: '<EMAIL_00000001> <EMAIL_00000001>' }),
        findings: [
          wrong('<EMAIL_00000001>', 'request.body.nowhere'),
          wrong('<EMAIL_00000002>', 'request.body.a'),
          wrong('<EMAIL_00000003>', 'response.headers.x'),
        ],
      }),
    );
    expect(listed(target).map(({ context, band }) => [context, band])).toEqual(Array(3).fill([null, 'possible']));
    expect(target.reader.findingPlaces(uuidv7(), uuidv7(), null, 5)).toBeNull();
  });
});

function typed(placement: TypedFinding['placement'], trace_id: string | null): TypedFinding {
  return {
    placement,
    trace_id,
    text: 'Ask <EMAIL_7f3a9c21> first',
    entity: 'EMAIL',
    start: 4,
    end: 20,
    action: 'pseudonym',
    replacement: '<EMAIL_7f3a9c21>',
    detector: 'email',
    confidence: 0.95,
  };
}

describe('the fourth format', () => {
  it('fills in the rows of what was stored before, as if it had been stored now', () => {
    const now = store();
    now.writer.transaction(() => {
      for (let i = 0; i < 250; i++) {
        now.writer.save(captured({ request: json({ prompt: `Mail ${ada} and ${grace}, key ${key}` }) }));
      }
    });
    now.writer.close();
    const path = join(folder(), 'third.db');
    const db = new Database(path);
    migrate(db, migrations.slice(0, 3));
    db.exec(`ATTACH '${now.path}' AS newer`);
    for (const table of ['exchanges', 'exchange_contents', 'chunks', 'chunk_refs']) {
      const columns = (db.pragma(`main.table_info("${table}")`) as { name: string }[]).map(({ name }) => `"${name}"`);
      db.exec(`INSERT INTO main."${table}" SELECT ${columns} FROM newer."${table}"`);
    }
    db.close();
    const writer = openWriter(path, { sealKey });
    const reader = openReader(path, { sealKey });
    expect(reader.findingsSummary({}).total).toBe(750);
    expect(reader.findingsSummary({})).toEqual(now.reader.findingsSummary({}));
    expect(reader.findings({}, null, 100)).toEqual(now.reader.findings({}, null, 100));
    writer.save(chat([{ role: 'user', content: ada }]));
    expect(reader.findingsSummary({}).total).toBe(751);
    reader.close();
    writer.close();
  });
});

describe('plans', () => {
  it('of findings read no whole table but the few kinds', () => {
    const target = store();
    agentRun(target, { turns: 1 });
    target.writer.save(chat([{ role: 'user', content: ada }]));
    const trace = target.reader.traces({ query: '', limit: 1, cursor: null }).items[0]?.trace_id ?? '';
    const ran: string[] = [];
    const db = new Database(target.path, { readonly: true, verbose: (sql) => ran.push(String(sql)) });
    const list = new FindingList(new Statements(db), sealKey);
    list.summary({});
    for (const filter of [{}, { entity: 'EMAIL' }, { replacement: pseudonym(ada) }, { trace_id: trace }]) {
      list.list(filter, null, 10);
    }
    const steps = ran.flatMap((sql) =>
      (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail),
    );
    db.close();
    expect(steps.length).toBeGreaterThan(6);
    expect(steps.filter((step) => /^SCAN/.test(step) && !/finding_groups/.test(step))).toEqual([]);
    expect(steps.filter((step) => /TEMP B-TREE/.test(step))).toEqual([]);
  });
});
