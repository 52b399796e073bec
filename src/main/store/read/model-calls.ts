import type { Database } from 'better-sqlite3';
import {
  type KeptReply,
  type ModelCall,
  type ModelCallContent,
  type ModelSpending,
  type ModelUsage,
  type Page,
  toIso,
} from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { decodeCursor, encodeCursor } from '../find/cursor.js';

const list = 'model_calls';
const columns = 'c.id, c.uid, c.at, c.profile, c.outcome, c.input_tokens, c.output_tokens, c.cost_usd, c.data';

/** Amounts are hundred-millionths of a dollar: whole numbers add up exactly. */
const exactSum = (column: string) => `coalesce(sum(CAST(round(${column} * 1e8) AS INTEGER)), 0) / 1e8`;

interface Row {
  id: number;
  uid: Buffer;
  at: number;
  profile: string;
  outcome: ModelCall['outcome'];
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  data: string;
}

/** Calls of language models, and what they were answered. */
export class ModelCallReads {
  readonly #db: Database;
  readonly #generation;
  readonly #kept;
  readonly #one;
  readonly #usage;
  readonly #spent;

  constructor(db: Database) {
    this.#db = db;
    this.#generation = db.prepare("SELECT value FROM state WHERE key = 'model_replies_generation'").pluck();
    this.#kept = db.prepare('SELECT content FROM model_replies WHERE key = ?').pluck();
    this.#one = db.prepare<[Buffer], Row & { content: Packed | null }>(
      `SELECT ${columns}, r.content FROM model_calls AS c LEFT JOIN model_replies AS r ON r.call = c.id WHERE c.uid = ?`,
    );
    this.#usage = db.prepare<[number], ModelUsage & { profile: string }>(
      `SELECT profile, sum(outcome <> 'cached') AS calls, sum(outcome = 'cached') AS cached,
         coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
         ${exactSum('cost_usd')} AS cost_usd, sum(cost_usd IS NULL) AS unpriced
       FROM model_calls WHERE at >= ? GROUP BY profile`,
    );
    this.#spent = db.prepare<[Buffer], { known: number; unheard: number; unpriced: number }>(
      `SELECT ${exactSum('cost_usd')} AS known, ${exactSum('unheard_usd')} AS unheard, count(*) - count(cost_usd) AS unpriced
       FROM model_calls WHERE account = ?`,
    );
  }

  generation(): number {
    return Number(this.#generation.get() ?? 0);
  }

  kept(key: string): KeptReply | null {
    const content = this.#kept.get(Buffer.from(key, 'hex')) as Packed | undefined;
    return content === undefined ? null : unpackJson<KeptReply & { [field: string]: string }>(content);
  }

  calls(profile: string | null, cursor: string | null, limit: number): Page<ModelCall> {
    const place = decodeCursor(list, cursor) ?? { at: Number.MAX_SAFE_INTEGER, id: 0 };
    const rows = this.#db
      .prepare<unknown[], Row>(
        `SELECT ${columns} FROM model_calls AS c WHERE (c.at, c.id) < (?, ?) ${profile === null ? '' : 'AND c.profile = ?'}
         ORDER BY c.at DESC, c.id DESC LIMIT ?`,
      )
      .all(place.at, place.id, ...(profile === null ? [] : [profile]), limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(callOf),
      next_cursor: rows.length > limit && last ? encodeCursor(list, { at: last.at, id: last.id }) : null,
    };
  }

  call(callId: string): ModelCallContent | null {
    const uid = uidOrNull(callId);
    const row = uid && this.#one.get(uid);
    if (!row) return null;
    const content =
      row.content === null ? {} : unpackJson<Partial<KeptReply> & { [field: string]: string }>(row.content);
    return { ...callOf(row), sent: content.sent ?? null, received: content.received ?? null };
  }

  spent(account: string): ModelSpending {
    const uid = uidOrNull(account);
    const { known, unheard, unpriced } = (uid && this.#spent.get(uid)) || { known: 0, unheard: 0, unpriced: 0 };
    return { cost_usd: unpriced > 0 ? null : known, unheard_usd: unheard };
  }

  usage(since: number): { [profile: string]: ModelUsage } {
    return Object.fromEntries(this.#usage.all(since).map(({ profile, ...usage }) => [profile, usage]));
  }
}

function callOf({ uid, at, profile, outcome, input_tokens, output_tokens, cost_usd, data }: Row): ModelCall {
  const { host, model, purpose, reason, attempts, seconds } = JSON.parse(data) as ModelCall;
  return {
    call_id: uidText(uid),
    at: toIso(at),
    profile,
    host,
    model,
    purpose,
    outcome,
    reason,
    attempts,
    seconds,
    input_tokens,
    output_tokens,
    cost_usd,
  };
}
