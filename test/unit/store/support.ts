import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach } from 'vitest';
import { assemble } from '../../../src/main/assemble/index.js';
import { openReader, openWriter, type StoreReader, type StoreWriter } from '../../../src/main/store/index.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import type {
  Assembled,
  Body,
  CapturedExchange,
  DecodedExchange,
  Finding,
  RedactedExchange,
} from '../../../src/shared/model/index.js';
import { Conversation, type ConversationOptions, decoded } from '../../support/conversation.js';

export const sealKey = new Uint8Array(32).fill(7);

type Lifetime = 'test' | 'file';
const cleanups: Record<Lifetime, (() => void)[]> = { test: [], file: [] };
const clean = (of: Lifetime) => () => {
  for (const cleanup of cleanups[of].splice(0).reverse()) cleanup();
};
afterEach(clean('test'));
afterAll(clean('file'));

/** A folder that is gone after the test, or after the last one of the file. */
export function folder(lifetime: Lifetime = 'test'): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  cleanups[lifetime].push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface TestStore {
  path: string;
  writer: StoreWriter;
  reader: StoreReader;
  /** Decodes, assembles and stores a captured exchange, as the pipeline does. */
  take(exchange: CapturedExchange, change?: (decoded: DecodedExchange) => DecodedExchange): Assembled;
  /** Rows of every table but the dictionary's bookkeeping and SQLite's own. */
  rows(): { [table: string]: number };
  integrity(): string;
  /** Everything in a table, read on a connection of its own. */
  table(name: string): { [column: string]: unknown }[];
}

export function store(lifetime: Lifetime = 'test'): TestStore {
  const path = join(folder(lifetime), 'sluice.db');
  const writer = openWriter(path, { sealKey });
  const reader = openReader(path, { sealKey });
  cleanups[lifetime].push(() => {
    reader.close();
    writer.close();
  });
  const raw = <T>(use: (db: Database.Database) => T): T => {
    const db = new Database(path);
    try {
      return use(db);
    } finally {
      db.close();
    }
  };
  return {
    path,
    writer,
    reader,
    take(exchange, change = (same) => same) {
      const assembled = assemble(change(decoded(exchange)), writer.lineage);
      writer.save(assembled);
      return assembled;
    },
    rows: () =>
      raw((db) => {
        const tables = db
          .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
          .all() as { name: string }[];
        return Object.fromEntries(
          tables
            .filter(({ name }) => !/^texts(_|$)/.test(name))
            .map(({ name }) => [name, db.prepare(`SELECT count(*) FROM "${name}"`).pluck().get() as number]),
        );
      }),
    integrity: () =>
      raw((db) => {
        db.exec(`INSERT INTO texts (texts) VALUES ('integrity-check')`);
        const foreign = db.pragma('foreign_key_check') as unknown[];
        return foreign.length > 0 ? 'foreign keys' : (db.pragma('integrity_check', { simple: true }) as string);
      }),
    table: (name) => raw((db) => db.prepare(`SELECT * FROM "${name}"`).all() as { [column: string]: unknown }[]),
  };
}

/** An agent that searches `turns` times and says something at the end; every exchange is stored. */
export function agentRun(
  target: TestStore,
  options: Partial<ConversationOptions> & { turns?: number; ask?: string; fails?: boolean } = {},
): Conversation {
  const { turns = 3, ask = 'Find the lighthouse', fails = false, ...rest } = options;
  const talk = new Conversation({ format: 'openai-chat', system: 'You search.', tools: ['search', 'read'], ...rest });
  talk.user(ask);
  for (let turn = 0; turn < turns; turn++) {
    const exchange = talk.call({
      text: `Turn ${turn}`,
      toolCalls: [{ name: turn % 2 === 0 ? 'search' : 'read', arguments: { term: `beacon${turn}` } }],
    });
    const assembled = target.take(exchange);
    const asked = assembled.call?.new_tool_calls.at(-1)?.tool_call_id ?? null;
    talk.results({ id: asked, content: `Found quay${turn} on the map`, ...(fails ? { error: true } : {}) });
  }
  target.take(talk.call({ text: 'It stands on the northern cape.' }));
  return talk;
}

/** A plain HTTP exchange that no format claims. */
export function plainExchange(
  given: { request?: Body; response?: Body; url?: string; findings?: Finding[]; at?: number } = {},
): Assembled {
  const started_at = given.at ?? 1_790_000_000_000_000;
  const side = (body: Body) => ({
    http_version: '1.1',
    headers: [['Content-Type', 'text/plain'] as [string, string]],
    trailers: [],
    body,
    bytes: 10,
    truncated: false,
  });
  const exchange = {
    exchange_id: uuidv7(),
    kind: 'http',
    via: 'forward',
    client: { address: '127.0.0.1', port: 4000, connection: 1, protocol: 'http/1.1' },
    method: 'POST',
    url: given.url ?? 'http://example.test/path?q=1',
    request: side(given.request ?? { kind: 'text', text: 'hello' }),
    response: {
      ...side(given.response ?? { kind: 'text', text: 'world' }),
      status: 200,
      status_text: 'OK',
      informational: [],
    },
    started_at,
    headers_at: started_at + 1500,
    ended_at: started_at + 2500,
    state: 'complete',
    issues: [],
    findings: given.findings ?? [],
  } as unknown as RedactedExchange;
  return { decoded: { exchange, format: 'http', call: null, decode_error: null }, call: null };
}
