import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { queueSettingsSchema } from '../../../../src/shared/model/index.js';
import { Conversation } from '../../../support/conversation.js';
import { searchDatabase, searchFiles, shownBy } from '../../../support/planted.js';
import { folder, plainExchange } from '../support.js';
import { GatedStore, lax, masking, strict } from './rewrite-support.js';

const email = ['tilda.marsh', 'example.org'].join('@');
const phone = ['+1 415', '555', '2671'].join(' ');
const planted = { email, phone };

const open: GatedStore[] = [];
afterEach(() => {
  for (const store of open.splice(0)) store.close();
});
function gated(policy = lax): GatedStore {
  const store = new GatedStore(join(folder(), 'sluice.db'), policy);
  open.push(store);
  return store;
}

/** Values in every text-bearing place that a conversation has. */
function plantedTalk(format: 'openai-chat' | 'openai-responses' | 'anthropic-messages', stream: boolean): Conversation {
  return new Conversation({
    format,
    stream,
    system: `You help ${email}.`,
    tools: ['search', 'read'],
    headers: [['x-contact', email]],
  }).user(`Write to ${email} or call ${phone}, please, about the northern lighthouse`);
}

const formats = (['openai-chat', 'openai-responses', 'anthropic-messages'] as const).flatMap((format) =>
  [false, true].map((stream) => [format, stream] as const),
);

/** Everything that a reviewer writes, with values in it, and a reviewer whose name is one. */
async function labelled({ writer, reader }: ReturnType<typeof gated>, trace: string): Promise<void> {
  const { writes } = writer;
  const step_id = reader.trace(trace)?.steps[0]?.step_id as string;
  const corrected = { content: `mail ${email}` };
  await writes.correct(trace, { kind: 'step', step_id, corrected }, `as ${phone} says`, email);
  await writes.labelStep(
    trace,
    { step_id, value: -1, better: { name: 'call', arguments: { to: phone } }, comment: email },
    email,
  );
  await writes.createQueue('first look', queueSettingsSchema.parse({ query: `"${email}"`, reviewers: [email] }), email);
  const item = await writes.assignItem('first look', [{ trace_id: trace, pass: 'first' }], email);
  await writes.submitItem(
    'first look',
    item?.item_id as string,
    { label: 'accepted', note: `ask ${email}`, tags: [email] },
    10,
    email,
  );
}

describe('a re-scan by a stricter policy', () => {
  it.each(formats)(
    '%s, stream %s: takes the values out of every table and goes on with the conversation',
    async (format, stream) => {
      const store = gated();
      const talk = plantedTalk(format, stream);
      const asked = { name: 'search', arguments: { to: email, note: `ring ${phone}` } };
      const first = store.take(talk.call({ text: `I found ${email} in the book of lighthouses`, toolCalls: [asked] }));
      const trace = first[0]?.call?.trace_id as string;
      const id = first[0]?.call?.new_tool_calls[0]?.tool_call_id as string;
      talk.results({ id, content: `The keeper is ${email}, phone ${phone}` });
      store.take(talk.call({ text: `The keeper's address is ${email}; what else should I look for?` }));
      await store.writer.writes.setReview(trace, { note: `ask ${email}`, tags: [email] }, 'owner');
      await store.writer.writes.saveFilter({ scope: 'traces', name: email, query: `"${email}"` });
      await labelled(store, trace);
      expect(searchDatabase(store.path, planted).found.length).toBeGreaterThan(5);
      expect(store.searched('tilda')).not.toEqual([]);

      store.policy = strict;
      const state = store.rescan();
      expect(state).toMatchObject({ done: true, progress: 1, tally: { failed: 0, exchanges: 2, traces: 1 } });
      expect(state.tally.findings['EMAIL']).toBeGreaterThan(3);
      expect(searchDatabase(store.path, planted).found).toEqual([]);
      expect(store.searched('tilda')).toEqual([]);
      expect(store.searched('lighthouse').length).toBeGreaterThan(0);
      // Acts were rewritten as what they changed was: they can still be taken back, by whoever the reviewer is now.
      const { reviewer } = store.reader.labels(trace)?.corrections[0] ?? { reviewer: '' };
      for (let act = 0; act < 4; act++)
        expect(await store.writer.writes.undoReview(reviewer)).toMatchObject({ skipped: 0 });
      expect(store.reader.labels(trace)).toMatchObject({ corrections: [], step_labels: [] });
      for (let act = 0; act < 4; act++) await store.writer.writes.redoReview(reviewer);
      expect(store.reader.traces({ query: `reviewer:"${reviewer}"`, limit: 5, cursor: null }).items).toHaveLength(1);
      store.writer.vacuum();
      expect(searchFiles(dirname(store.path), planted)).toEqual([]);

      talk.user('And when was the lighthouse built? Tell me everything that you know of its history.');
      const later = store.take(talk.call({ text: 'In 1874.' }));
      expect(later[0]?.call?.trace_id).toBe(trace);
      const whole = store.reader.trace(trace);
      expect(whole?.calls).toHaveLength(3);
      expect(whole?.calls[2]).toMatchObject({ parent_call_id: whole?.calls[1]?.call_id });
      expect(await store.writer.writes.deleteTrace(trace)).toBe(true);
      expect(store.searched('lighthouse')).toEqual([]);
    },
  );

  it('goes on by the same rule, with nothing but words to go by', () => {
    const store = gated();
    const talk = new Conversation({ format: 'openai-chat' });
    talk.user(`Which lighthouse did ${email} keep, and for how long was it in use?`);
    store.take(talk.call({ text: `${email} kept the northern one, for a good many years, as far as I know.` }));
    store.policy = strict;
    store.rescan();
    talk.user('And the southern one?');
    const edge = store.take(talk.call({ text: 'Nobody.' }))[0]?.call?.call.edge;
    expect(edge).toMatchObject({ rule: 'message_prefix', basis: 'inferred' });
  });

  it.each(formats)(
    '%s, stream %s: leaves the very keys and hashes that the stricter policy would have made',
    (format, stream) => {
      const [before, always] = [gated(lax), gated(strict)];
      const talk = plantedTalk(format, stream);
      const both = (exchange: Parameters<GatedStore['take']>[0]) => {
        before.take(exchange);
        return always.take(exchange);
      };
      for (const turn of [1, 2, 3]) {
        const asked = { name: 'read', arguments: { prompt: `Ask ${email} what happened in year ${turn}`, turn } };
        const [made] = both(talk.call({ text: `Turn ${turn} for ${email}`, toolCalls: [asked] }));
        const id = made?.call?.new_tool_calls[0]?.tool_call_id as string;
        talk.results({ id, content: JSON.stringify({ keeper: email, phone, turn }) });
      }
      both(talk.call({ text: `That was all about ${email} that the books of the lighthouse told us.` }));
      before.policy = strict;
      expect(before.rescan().tally.failed).toBe(0);
      for (const table of keyTables) expect(keysIn(before, table), table).toEqual(keysIn(always, table));
    },
  );

  it('changes nothing the second time, and nothing at all under the same policy', () => {
    const store = gated(strict);
    const talk = plantedTalk('openai-chat', true);
    store.take(talk.call({ text: `I found ${email}`, toolCalls: [{ name: 'search', arguments: { to: email } }] }));
    const before = readAll(store);
    const { tally } = store.rescan();
    expect(tally.places).toEqual({});
    expect(tally).toMatchObject({ exchanges: 0, traces: 0, failed: 0 });
    expect(readAll(store)).toEqual(before);
    expect(tally.chars).toBeGreaterThan(100);
  });

  it('turns pseudonyms into masks where the policy masks now, and says so in the findings', () => {
    const store = gated(strict);
    const talk = plantedTalk('anthropic-messages', false);
    store.take(talk.call({ text: `I found ${email}` }));
    expect(readFileSync(store.path).length).toBeGreaterThan(0);
    store.policy = masking;
    expect(store.rescan().tally.failed).toBe(0);
    const [exchange] = store.reader.exchanges({ query: '', limit: 1, cursor: null }).items;
    const whole = store.reader.exchange(exchange?.exchange_id as string, 100_000);
    expect(JSON.stringify(whole)).not.toMatch(/<EMAIL_[0-9a-f]{8}>/);
    expect(whole?.request.body).toContain('<EMAIL_MASKED>');
    expect(whole?.findings.filter(({ entity }) => entity === 'EMAIL').map(({ action }) => action)).toContain('mask');
  });

  it('puts messages together that say the same after it', () => {
    const store = gated();
    const other = ['otto.marsh', 'example.org'].join('@');
    const talks = [email, other].map((who) => new Conversation({ format: 'openai-chat' }).user(`Hello ${who}`));
    for (const talk of talks) store.take(talk.call({ text: 'Good day to you.' }));
    store.policy = masking;
    expect(store.rescan().tally.failed).toBe(0);
    for (const { trace_id } of store.reader.traces({ query: '', limit: 10, cursor: null }).items) {
      const steps = store.reader.traceSteps(trace_id, -1, 10);
      expect(steps.map((step) => ('content' in step ? step.content : ''))).toContain('Hello <EMAIL_MASKED>');
    }
  });

  it('goes on where it was cut off', () => {
    const store = gated();
    for (let number = 0; number < 12; number++) {
      store.take(plantedTalk('openai-chat', false).call({ text: `Number ${number}: ${email}` }));
    }
    store.policy = strict;
    const half = store.rescan('run-one', 0.01, 20);
    expect(half.done).toBe(false);
    store.close();
    open.splice(open.indexOf(store), 1);
    const again = new GatedStore(store.path, strict);
    open.push(again);
    expect(again.writer.rewriter?.state()).toMatchObject({ run_id: 'run-one', done: false });
    const state = again.rescan('run-one');
    expect(state.tally).toMatchObject({ exchanges: 12, traces: 12, failed: 0 });
    expect(searchDatabase(again.path, planted).found).toEqual([]);
  });
});

describe('an erasure of values', () => {
  it('takes exact values, other spellings and pseudonyms, and nothing else', () => {
    const store = gated(strict);
    const other = ['otto.marsh', 'example.org'].join('@');
    const name = ['Tilda', 'Marsh'].join(' ');
    const talk = new Conversation({ format: 'openai-chat' }).user(`Ask ${email} or ${other}, or ${name.toUpperCase()}`);
    store.take(talk.call({ text: `${name} is in`, toolCalls: [{ name: 'ring', arguments: { who: name } }] }));
    const body = () => {
      const [exchange] = store.reader.exchanges({ query: '', limit: 1, cursor: null }).items;
      return store.reader.exchange(exchange?.exchange_id as string, 100_000)?.request.body ?? '';
    };
    const pseudonyms = body().match(/<EMAIL_[0-9a-f]{8}>/g) ?? [];
    expect(pseudonyms).toHaveLength(2);
    const { tally } = store.erase([email, name]);
    expect(tally.failed).toBe(0);
    expect(body()).not.toContain(pseudonyms[0]);
    expect(body()).toContain(pseudonyms[1]);
    expect(searchDatabase(store.path, { name, capitals: name.toUpperCase() }).found).toEqual([]);
    expect(shownBy(body(), { name })).toEqual([]);
  });

  it('deletes a sealed body that holds a value, and no other', () => {
    const store = gated(strict);
    const post = (text: string) => {
      const exchange = new Conversation({ format: 'openai-chat' }).user('x').call({ text: 'y' });
      const bytes = Buffer.concat([Buffer.from([0, 1, 2, 0xff, 0xfe, 0]), Buffer.from(text), Buffer.from([0, 0xff])]);
      exchange.url = 'https://files.example.com/upload';
      exchange.request.headers = [['content-type', 'application/octet-stream']];
      Object.assign(exchange.request, { body: bytes, bytes: bytes.length });
      return store.take(exchange)[0]?.decoded.exchange.exchange_id as string;
    };
    const [held, free] = [post(`photo of ${email}`), post('photo of a lighthouse')];
    expect(store.reader.sealedBody(held, 'request')).not.toBeNull();
    expect(store.erase([email]).tally).toMatchObject({ sealed_deleted: 1, failed: 0 });
    expect(store.reader.sealedBody(held, 'request')).toBeNull();
    expect(store.reader.exchange(held, 10)?.request.sealed_reason).toBe('erased');
    expect(store.reader.sealedBody(free, 'request')).not.toBeNull();
  });

  it('takes the bytes of a binary message of a socket that hold a value', () => {
    const store = gated(strict);
    const message = (text: string) => ({
      from: 'server' as const,
      opcode: 'binary' as const,
      data: '',
      sealed: Buffer.from([0, ...Buffer.from(text)]),
    });
    const said = { from: 'server' as const, opcode: 'text' as const, data: 'the lighthouse' };
    const response = { kind: 'websocket' as const, messages: [message(email), message('a harbour'), said] };
    const assembled = plainExchange({ response });
    store.writer.save(assembled);
    const body = () => store.reader.exchange(assembled.decoded.exchange.exchange_id, 100_000)?.response?.body ?? '';
    const sealed = () =>
      body()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).sealed?.length ?? null);
    const before = sealed();
    expect(store.erase([email]).tally).toMatchObject({ sealed_deleted: 1, exchanges: 1, failed: 0 });
    expect(sealed()).toEqual([0, before[1], null]);
    expect(body()).toContain('the lighthouse');
    expect(store.erase([email]).tally).toMatchObject({ sealed_deleted: 0, exchanges: 0 });
  });

  it('can be looked at before without changing anything', () => {
    const store = gated();
    const talk = plantedTalk('openai-chat', false);
    const [first] = store.take(talk.call({ text: `I found ${email}` }));
    const before = readAll(store);
    const look = store.look([email]);
    expect(look.some(({ exchange_id }) => exchange_id === first?.decoded.exchange.exchange_id)).toBe(true);
    expect(look.flatMap(({ trace_ids }) => trace_ids)).toContain(first?.call?.trace_id);
    expect(readAll(store)).toEqual(before);
  });
});

const keyTables = [
  'SELECT hex(key) AS key FROM lineage',
  'SELECT hex(hash) AS key FROM documents',
  'SELECT hex(key) AS key FROM tool_call_keys',
  "SELECT fingerprint || ' ' || coalesce(session_key, '') AS key FROM calls",
];

function keysIn(store: GatedStore, sql: string): string[] {
  const db = new Database(store.path, { readonly: true });
  try {
    return (db.prepare(sql).pluck().all() as string[]).sort();
  } finally {
    db.close();
  }
}

function readAll(store: GatedStore): unknown {
  return store.reader
    .exchanges({ query: '', limit: 50, cursor: null })
    .items.map(({ exchange_id, trace_id }) => [
      store.reader.exchange(exchange_id, 100_000),
      trace_id && store.reader.trace(trace_id),
    ]);
}
