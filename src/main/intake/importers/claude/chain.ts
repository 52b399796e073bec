import type { ChatMessage, Micros } from '../../../../shared/model/index.js';
import { type JsonObject, objectsOf, textOf } from '../fields.js';

/** Lines whose place in the tree is remembered: a line's parent is nearly always among the last few. */
const maxRemembered = 20_000;

/** What a line of a user brought. */
export interface UserLine {
  uuid: string;
  messages: ChatMessage[];
}

/** Where a line stands in the conversation. */
export interface Place {
  /** message.id of the answer before it. */
  previous: string | null;
  /** What was said since, on the way to this line; tool results are kept by the answer they belong to. */
  userLines: UserLine[];
  at: Micros;
  /** First line of its sidechain, where it is on one that has no agent id. */
  root?: string;
  /** What came before it is not in the file. */
  cut?: true;
}

/** The tree of a session's lines: a line's type does not matter, whatever names a parent hands its place on. */
export class LineChain {
  readonly #places = new Map<string, Place>();
  /** Place of the last line that said something, by session and agent: where a line goes whose parent is not there. */
  readonly #latest = new Map<string, Place>();
  /** Tool results since an answer: parallel ones hang on different lines of it. */
  readonly #results = new Map<string, UserLine[]>();
  /** Answer that asked for a tool call. */
  readonly #askers = new Map<string, string>();

  /** What the parent line left, or the beginning of a conversation; `mended`: the parent is named and not there. */
  placeOf(line: JsonObject, uuid: string, at: Micros): { place: Place; mended?: string } {
    const named = textOf(line['parentUuid']);
    const parent = named === undefined ? undefined : this.#places.get(named);
    if (parent !== undefined) return { place: parent };
    if (named !== undefined || !('parentUuid' in line)) {
      const before = this.#latest.get(strandOf(line));
      if (before !== undefined)
        return { place: before, mended: 'its parent is not in the file: read as what follows the line before it' };
      if (named !== undefined)
        return {
          place: { ...this.#beginning(line, uuid, at), cut: true },
          mended: 'its parent is not in the file: what came before is missing',
        };
    }
    return { place: this.#beginning(line, uuid, at) };
  }

  /** A line that only hands its parent's place on. */
  pass(uuid: string, place: Place): void {
    this.#places.set(uuid, place);
    trim(this.#places, maxRemembered);
  }

  remember(line: JsonObject, uuid: string, place: Place): void {
    this.pass(uuid, place);
    this.#latest.set(strandOf(line), place);
    trim(this.#latest);
  }

  asked(toolCallId: string, messageId: string): void {
    this.#askers.set(toolCallId, messageId);
    trim(this.#askers, maxRemembered);
  }

  /** The place behind a line of a user, whose results go to the answer that asked for them. */
  after(place: Place, userLine: UserLine, content: JsonObject[], at: Micros): Place {
    const result = content.find((block) => block['type'] === 'tool_result');
    if (result === undefined) return { ...place, userLines: [...place.userLines, userLine], at };
    const asker = this.#askers.get(textOf(result['tool_use_id']) ?? '') ?? place.previous;
    const stray = place.previous === null && place.userLines.length === 0;
    // One that comes when the conversation has gone on was told to the call that follows here.
    if (asker === null || (asker !== place.previous && !stray))
      return { ...place, userLines: [...place.userLines, userLine], at };
    this.#results.set(asker, [...(this.#results.get(asker) ?? []), userLine]);
    trim(this.#results, 256);
    return { ...place, previous: asker, at };
  }

  /** All that was said between the answer before a place and the place. */
  userLinesBefore(place: Place): UserLine[] {
    return [...(place.previous === null ? [] : (this.#results.get(place.previous) ?? [])), ...place.userLines];
  }

  #beginning(line: JsonObject, uuid: string, at: Micros): Place {
    const sidechain = line['isSidechain'] === true && textOf(line['agentId']) === undefined;
    return { previous: null, userLines: [], at, ...(sidechain ? { root: uuid } : {}) };
  }
}

/** Lines of one strand follow each other, those of several are mixed. */
function strandOf(line: JsonObject): string {
  const agent = textOf(line['agentId']) ?? (line['isSidechain'] === true ? 'sidechain' : '');
  return `${textOf(line['sessionId']) ?? ''}/${agent}`;
}

/** Blocks of a message's content. */
export function blocksOf(content: JsonObject[string] | undefined): JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}

/** Forgets the oldest beyond a limit: a file decides how much there is. */
export function trim(map: Map<string, unknown>, limit = 4096): void {
  while (map.size > limit) map.delete(map.keys().next().value as string);
}
