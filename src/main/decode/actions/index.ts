import type { DecodedAction } from '../../../shared/model/index.js';
import type { Subject } from '../formats/format.js';
import { httpAction } from './http.js';
import { mcpAction } from './mcp.js';

interface ActionReader {
  /** Format of the exchanges that it reads. */
  id: string;
  /** Null: the exchange is something else. */
  read(subject: Subject): DecodedAction | null;
}

/** What an exchange that is no model call may be, most telling first. MCP over stdio never passes a proxy. */
const readers = [
  { id: 'mcp', read: mcpAction },
  { id: 'http', read: httpAction },
] as const satisfies readonly ActionReader[];

/** What a tool did by this exchange; null where its request cannot be read. */
export function actionOf(subject: Subject): { format: string; action: DecodedAction } | null {
  for (const { id, read } of readers) {
    const action = read(subject);
    if (action !== null) return { format: id, action };
  }
  return null;
}
