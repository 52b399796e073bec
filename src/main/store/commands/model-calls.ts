import type { Database } from 'better-sqlite3';
import type { NewModelCall } from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidBytes } from '../codec/uid.js';

const stateKey = 'model_replies_generation';
/** So many of the last calls keep what was sent and answered. */
const mostReplies = 20_000;

/** Keeps calls of language models, and forgets what they said. */
export class ModelCallCommands {
  readonly #insert;
  readonly #generation;
  readonly #dropKey;
  readonly #keep;
  readonly #dropOld;
  readonly #clear;
  readonly #turn;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO model_calls (uid, at, profile, outcome, input_tokens, output_tokens, cost_usd, account, unheard_usd, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#generation = db.prepare('SELECT value FROM state WHERE key = ?').pluck();
    this.#dropKey = db.prepare('DELETE FROM model_replies WHERE key = ?');
    this.#keep = db.prepare('INSERT INTO model_replies (call, key, content) VALUES (?, ?, ?)');
    this.#dropOld = db.prepare('DELETE FROM model_replies WHERE call <= ?');
    this.#clear = db.prepare('DELETE FROM model_replies');
    this.#turn = db.prepare(
      'INSERT INTO state (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1',
    );
  }

  save(call: NewModelCall, at: number): void {
    const {
      call_id,
      profile,
      outcome,
      input_tokens,
      output_tokens,
      cost_usd,
      key,
      content,
      generation,
      account,
      unheard_usd,
      ...data
    } = call;
    const { lastInsertRowid } = this.#insert.run(
      uidBytes(call_id),
      at,
      profile,
      outcome,
      input_tokens,
      output_tokens,
      cost_usd,
      account === null ? null : uidBytes(account),
      unheard_usd,
      JSON.stringify(data),
    );
    const id = Number(lastInsertRowid);
    // What was erased meanwhile may stand in what this one said.
    if (content === null || generation !== Number(this.#generation.get(stateKey) ?? 0)) return;
    const keyBytes = key === null ? null : Buffer.from(key, 'hex');
    if (keyBytes !== null) this.#dropKey.run(keyBytes);
    this.#keep.run(id, keyBytes, packJson(content));
    this.#dropOld.run(id - mostReplies);
  }

  /** Whatever was sent and answered is gone, and what is under way will not be kept. */
  forget(): void {
    this.#clear.run();
    this.#turn.run(stateKey);
  }
}
