import { hash } from 'node:crypto';
import type { ChatMessage } from '../../../../shared/model/index.js';
import { type Packed, packText, unpackText } from '../../codec/pack.js';
import { decodeDeltas, encodeDeltas } from '../../codec/varint.js';
import { selectSteps, stepOf } from '../../sqlite/rows/step.js';
import { resultOf } from '../../sqlite/rows/tool-call.js';
import { resultTextRow, stepTextRow, traceOfRow } from '../../sqlite/schema.js';
import { jsonText, stepText } from '../../text/step-text.js';
import type { RewriteDependencies } from './dependencies.js';
import type { Texts } from './texts.js';

/** Characters of messages that are held before and after: the calls of a trace share nearly all of theirs. */
const mostChars = 32 * 1024 * 1024;

interface Seen {
  before: string;
  after: string;
  /** Parsed once: every call of a conversation asks for it. */
  message: { before: ChatMessage; after: ChatMessage } | null;
}

/** Messages, tool lists and option lists: each is rewritten once, for all who show it. */
export class DocumentRewriter {
  readonly #parts: RewriteDependencies;
  readonly #texts: Texts;
  readonly #seen = new Map<number, Seen>();
  #chars = 0;

  constructor(parts: RewriteDependencies, texts: Texts) {
    this.#parts = parts;
    this.#texts = texts;
  }

  /** A message as it stands and as it will stand. */
  message(id: number): { before: ChatMessage; after: ChatMessage } | null {
    const seen = this.#look(id);
    if (seen === null) return null;
    if (seen.message === null) {
      const before = JSON.parse(seen.before) as ChatMessage;
      seen.message = { before, after: seen.before === seen.after ? before : (JSON.parse(seen.after) as ChatMessage) };
    }
    return seen.message;
  }

  changes(id: number): boolean {
    const seen = this.#look(id);
    return seen !== null && seen.before !== seen.after;
  }

  rewrite(id: number): void {
    const { db, statements, text, documents, making, touch } = this.#parts;
    const seen = this.#look(id);
    this.#forget(id);
    if (seen === null || seen.before === seen.after) return;
    const parsed = JSON.parse(seen.after) as ChatMessage | unknown[];
    const key = Buffer.from(
      Array.isArray(parsed) ? hash('sha256', `list\0${seen.after}`) : making.contentHash(parsed),
      'hex',
    );
    const data = packText(seen.after);
    const steps = statements.all(selectSteps().where('s.document', '=', id));
    for (const row of steps) {
      touch(traceOfRow(row.id));
      if (row.tool_call !== null) continue;
      text.replace(stepTextRow(row.id), stepText(stepOf(row)), stepText(stepOf({ ...row, message: data })));
    }
    const results = db.prepare('SELECT id, result_part FROM tool_calls WHERE result_document = ?').all(id) as {
      id: number;
      result_part: number;
    }[];
    const result = (message: Packed, part: number) =>
      jsonText(resultOf({ result: null, result_message: message, result_part: part }));
    for (const row of results) {
      touch(traceOfRow(row.id));
      text.replace(
        resultTextRow(row.id),
        result(packText(seen.before), row.result_part),
        result(data, row.result_part),
      );
    }
    const same = db.prepare('SELECT id FROM documents WHERE hash = ?').get(key) as { id: number } | undefined;
    if (same === undefined) db.prepare('UPDATE documents SET hash = ?, data = ? WHERE id = ?').run(key, data, id);
    else if (same.id === id) db.prepare('UPDATE documents SET data = ? WHERE id = ?').run(data, id);
    else this.#merge(id, same.id);
    documents.forget();
    this.#texts.count('documents');
  }

  /** What said two things says one now: everybody who holds `from` holds `to`. */
  #merge(from: number, to: number): void {
    const { db } = this.#parts;
    db.prepare('UPDATE steps SET document = ? WHERE document = ?').run(to, from);
    db.prepare('UPDATE tool_calls SET result_document = ? WHERE result_document = ?').run(to, from);
    db.prepare('UPDATE decisions SET options = ? WHERE options = ?').run(to, from);
    const traces = db.prepare('SELECT trace FROM trace_documents WHERE document = ?').pluck().all(from) as number[];
    const calls = db.prepare('SELECT id, tools, request_messages, response_messages FROM calls WHERE trace = ?');
    const update = db.prepare('UPDATE calls SET tools = ?, request_messages = ?, response_messages = ? WHERE id = ?');
    const own = db.prepare('INSERT OR IGNORE INTO trace_documents (trace, document) VALUES (?, ?)');
    const swap = (list: Buffer): Buffer | null => {
      const ids = decodeDeltas(list);
      return ids.includes(from) ? encodeDeltas(ids.map((id) => (id === from ? to : id))) : null;
    };
    for (const trace of traces) {
      for (const call of calls.all(trace) as {
        id: number;
        tools: number | null;
        request_messages: Buffer;
        response_messages: Buffer;
      }[]) {
        const request = swap(call.request_messages);
        const response = swap(call.response_messages);
        if (request === null && response === null && call.tools !== from) continue;
        update.run(
          call.tools === from ? to : call.tools,
          request ?? call.request_messages,
          response ?? call.response_messages,
          call.id,
        );
      }
      own.run(trace, to);
    }
    db.prepare('DELETE FROM trace_documents WHERE document = ?').run(from);
    db.prepare('DELETE FROM documents WHERE id = ?').run(from);
  }

  #look(id: number): Seen | null {
    const cached = this.#seen.get(id);
    if (cached) return cached;
    const data = this.#parts.db.prepare('SELECT data FROM documents WHERE id = ?').pluck().get(id) as
      | Packed
      | undefined;
    if (data === undefined) return null;
    const before = unpackText(data);
    const seen: Seen = { before, after: this.#texts.json(before), message: null };
    this.#chars += before.length;
    for (const oldest of this.#seen.keys()) {
      if (this.#chars <= mostChars) break;
      this.#forget(oldest);
    }
    this.#seen.set(id, seen);
    return seen;
  }

  #forget(id: number): void {
    const seen = this.#seen.get(id);
    if (seen === undefined) return;
    this.#chars -= seen.before.length;
    this.#seen.delete(id);
  }
}
