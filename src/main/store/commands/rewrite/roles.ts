import type { Database } from 'better-sqlite3';
import type { ChatMessage } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { decodeDeltas } from '../../codec/varint.js';

/** Roles of the messages of a request, in the formats that have a message of ours for each of theirs. */
export function rolesOf(db: Database, exchange: number, format: string): string[] {
  if (format !== 'openai-chat' && format !== 'ollama') return [];
  const list = db.prepare('SELECT request_messages FROM calls WHERE id = ?').pluck().get(exchange) as
    | Buffer
    | undefined;
  if (list === undefined) return [];
  const data = db.prepare('SELECT data FROM documents WHERE id = ?').pluck();
  return decodeDeltas(list).map((id) => {
    const packed = data.get(id) as Packed | undefined;
    return packed === undefined ? '' : (unpackJson<never>(packed) as ChatMessage).role;
  });
}
