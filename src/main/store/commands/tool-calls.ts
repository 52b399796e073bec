import type { Database } from 'better-sqlite3';
import { SluiceError } from '../../../shared/errors.js';
import type { ToolCallId, ToolCallVerdict } from '../../../shared/model/index.js';
import type { Suspecting, Suspicions } from '../save/suspicions.js';
import type { ToolCallEffects } from '../save/tool-call-effects.js';
import type { ToolCallSaver } from '../save/tool-calls.js';
import type { TraceSaver } from '../save/traces.js';

interface Dependencies {
  traces: TraceSaver;
  toolCalls: ToolCallSaver;
  suspicions: Suspicions;
  onToolCalls: ToolCallEffects;
}

/** How far the rules of today have looked: the newest first, `next` is the row above those that are left. */
interface State {
  version: number;
  next: number | null;
}

const stateKey = 'suspicions';
/** So long a step takes, and so many rows are looked up at once. */
const stepMs = 20;
const pageRows = 50;

/** What people say of tool calls, and what rules of today say of those of yesterday. */
export class ToolCallCommands {
  readonly #db: Database;
  readonly #parts: Dependencies;
  readonly #version: number | null;

  constructor(db: Database, parts: Dependencies, suspecting: Suspecting | null) {
    this.#db = db;
    this.#parts = parts;
    this.#version = suspecting?.version ?? null;
  }

  /** @throws SluiceError `not_found`, `validation_failed` */
  judge(which: ToolCallId, verdict: ToolCallVerdict | null): { previous: ToolCallVerdict | null } {
    const { toolCalls, traces, suspicions } = this.#parts;
    const found = toolCalls.find(which, (traceId) => traces.byTraceId(traceId)?.id ?? null);
    if (found === undefined) throw new SluiceError('not_found', 'There is no such tool call.');
    return { previous: suspicions.judge(found.id, verdict) };
  }

  /** Looks at some of the tool calls that were stored before the rules of today, and at what the wire says of them. */
  rederive(): { more: boolean; changed: boolean } {
    if (this.#version === null) return { more: false, changed: false };
    const state = this.#state(this.#version);
    if (state.next === null) return { more: false, changed: false };
    const page = this.#db
      .prepare<[number], { id: number; effect: number | null }>(
        `SELECT id, effect FROM tool_calls WHERE id < ? AND status <> 'pending' ORDER BY id DESC LIMIT ${pageRows}`,
      )
      .all(state.next);
    const until = performance.now() + stepMs;
    const before = this.#changes();
    let done = 0;
    for (const { id, effect } of page) {
      if (effect !== null) this.#parts.onToolCalls.settle(id);
      this.#parts.suspicions.reread(id);
      this.#parts.suspicions.settle(id);
      done++;
      if (performance.now() > until) break;
    }
    const changed = this.#changes() !== before;
    const next = done === page.length && page.length < pageRows ? null : (page[done - 1]?.id ?? null);
    this.#keep({ version: this.#version, next });
    return { more: next !== null, changed };
  }

  #state(version: number): State {
    const text = this.#db.prepare('SELECT value FROM state WHERE key = ?').pluck().get(stateKey) as string | undefined;
    const stored = text === undefined ? null : (JSON.parse(text) as State);
    if (stored?.version === version) return stored;
    const last = this.#db.prepare('SELECT max(id) FROM tool_calls').pluck().get() as number | null;
    const fresh: State = { version, next: last === null ? null : last + 1 };
    this.#keep(fresh);
    return fresh;
  }

  #keep(state: State): void {
    this.#db
      .prepare('INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(stateKey, JSON.stringify(state));
  }

  #changes(): number {
    return this.#db.prepare('SELECT total_changes()').pluck().get() as number;
  }
}
