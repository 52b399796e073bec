import type { FindingContext } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import type { StoredHead } from '../codec/exchange-head.js';

/** UTF-16 units on either side of a placeholder. */
const around = 120;
/** So many events to either side can belong to the text that one was a piece of. */
const neighbours = 60;

/** What a finding says of its place. */
export interface Placed {
  path: string;
  start: number;
  end: number;
  replacement: string;
}

/** One side's stored texts, parsed once for all findings of the exchange that are shown. */
export interface SideTexts {
  head: StoredHead;
  /** The body as it is stored, or the beginning of it. */
  body: string;
}

/** Finds the text around the findings of one exchange. Whatever cannot be found again gives null, never a wrong place. */
export class FindingContexts {
  readonly #url: string;
  readonly #sides: { request: SideTexts; response: SideTexts | null };
  readonly #parsed = new Map<string, unknown>();

  constructor(url: string, sides: { request: SideTexts; response: SideTexts | null }) {
    this.#url = url;
    this.#sides = sides;
  }

  of(finding: Placed): FindingContext | null {
    const { path } = finding;
    if (path === 'url') return contextIn(this.#url, finding);
    const name = path.startsWith('request.') ? 'request' : 'response';
    const side = this.#sides[name];
    if (side === null || !path.startsWith(`${name}.`)) return null;
    const rest = path.slice(name.length);
    const header = /^\.(headers|trailers)\.([^#]+)/.exec(rest);
    if (header) {
      const list = header[1] === 'headers' ? side.head.headers : side.head.trailers;
      const values = list.filter(([key]) => key.toLowerCase() === header[2]);
      for (const [key, value] of values) {
        const found = contextIn(rest.endsWith('#name') ? key : value, finding);
        if (found) return rest.endsWith('#name') ? found : { ...found, before: `${key}: ${found.before}` };
      }
      return null;
    }
    if (!rest.startsWith('.body')) return null;
    const leaf = this.#leaf(name, side, rest.slice('.body'.length));
    return (leaf === null ? null : contextIn(leaf.text, finding, leaf.shift)) ?? contextIn(side.body, finding, null);
  }

  /** Roles of the request's messages, as its own body says them; none where it has no such list. */
  roles(): string[] {
    const { body } = this.#sides.request;
    const messages = valueAt(
      this.#parse('request', () => parseJson(body)),
      '.messages',
    );
    return Array.isArray(messages)
      ? messages.map((each) => String((each as { role?: unknown } | null)?.role ?? ''))
      : [];
  }

  /** The text that the path names; in a stream with its continuation in the events beside it. */
  #leaf(name: string, { head, body }: SideTexts, path: string): { text: string; shift: number } | null {
    const event = /^\.(?:events|messages)\[(\d+)\]/.exec(path);
    if (event === null || (head.body.kind !== 'events' && head.body.kind !== 'websocket')) {
      const value =
        path === ''
          ? body
          : valueAt(
              this.#parse(name, () => parseJson(body)),
              path,
            );
      return typeof value === 'string' ? { text: value, shift: 0 } : null;
    }
    const events = this.#parse(name, () => eventTexts(head, body)) as string[];
    const index = Number(event[1]);
    const rest = path.slice(event[0].length);
    const read = (place: number): string | null => {
      const data = events[place];
      if (data === undefined) return null;
      const value =
        rest === ''
          ? data
          : valueAt(
              this.#parse(`${name} ${place}`, () => parseJson(data)),
              rest,
            );
      return typeof value === 'string' ? value : null;
    };
    const own = read(index);
    if (own === null) return null;
    let before = '';
    for (let i = index - 1; i >= 0 && i >= index - neighbours && before.length < around; i--) {
      before = (read(i) ?? '') + before;
    }
    let after = '';
    for (let i = index + 1; i <= index + neighbours && after.length < around; i++) after += read(i) ?? '';
    return { text: before + own + after, shift: before.length };
  }

  #parse(key: string, parse: () => unknown): unknown {
    if (!this.#parsed.has(key)) this.#parsed.set(key, parse());
    return this.#parsed.get(key);
  }
}

/**
 * The text around a placeholder in `text`: at its own offset, else where it stands only once. `shift`: by how much the
 * finding's own text begins later; null where its offsets do not count in this text.
 */
export function contextIn(
  text: string,
  { start, end, replacement }: Omit<Placed, 'path'>,
  shift: number | null = 0,
): FindingContext | null {
  if (shift !== null && text.slice(start + shift, end + shift) === replacement) {
    return cut(text, start + shift, end + shift);
  }
  for (const form of [replacement, encodeURIComponent(replacement)]) {
    const first = text.indexOf(form);
    if (first !== -1 && text.indexOf(form, first + 1) === -1) return cut(text, first, first + form.length);
  }
  return null;
}

function cut(text: string, start: number, end: number): FindingContext {
  const from = Math.max(0, start - around);
  // Half a character would be shown as a broken one.
  const before = text.slice(isLow(text, from) ? from + 1 : from, start);
  const to = Math.min(text.length, end + around);
  return { before, replacement: text.slice(start, end), after: text.slice(end, isLow(text, to) ? to - 1 : to) };
}

function isLow(text: string, place: number): boolean {
  const unit = text.charCodeAt(place);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The data of every event, as `bodyText` wrote them. */
function eventTexts(head: StoredHead, body: string): string[] {
  const { kind, framing } = head.body;
  if (kind === 'websocket') {
    return lines(body).map((line) => {
      const message = parseJson(line);
      return typeof message === 'object' && message !== null && 'data' in message ? String(message.data) : '';
    });
  }
  if (framing === 'ndjson') return lines(body);
  if (framing === 'json-array') {
    const list = parseJson(body);
    return Array.isArray(list) ? list.map((each) => JSON.stringify(each)) : [];
  }
  return body
    .split('\n\n')
    .map((block) => lines(block).flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : [])))
    .map((data) => data.join('\n'));
}

function lines(text: string): string[] {
  return text.split('\n');
}

/** `.messages[2].content` in a parsed value. A key with a dot in it is not found, and then looked for in the text. */
function valueAt(value: unknown, path: string): unknown {
  let now = value;
  for (const [step, key, index] of path.matchAll(/\.([^.[]*)|\[(\d+)\]|#key$/g)) {
    if (step === '#key' || typeof now !== 'object' || now === null) return undefined;
    now = index === undefined ? (now as Record<string, unknown>)[key ?? ''] : (now as unknown[])[Number(index)];
  }
  return now;
}
