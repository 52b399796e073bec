/** A container that is open while its content is walked. */
export interface Frame {
  parent: Frame | null;
  array: boolean;
  /** Key of this container in its parent object; null in an array and at the top. */
  key: string | null;
  /** Position of this container in its parent array; -1 elsewhere. */
  index: number;
  /** Key that was read last (objects), and number of the current element (arrays). */
  currentKey: string | null;
  count: number;
  /** `name`, `key` or `header` of a {name, value} pair, once read. */
  label: string | null;
  /** Values of `index`, `item_id`, … in this object: they tell channels of a stream apart. */
  channel: string;
}

export interface Visitor {
  /** A string value: `start` and `end` delimit its raw content without the quotes. */
  string(start: number, end: number, frame: Frame | null): void;
  /** The same for a key; answers its decoded, redacted form, which paths and frames use from then on. */
  key(start: number, end: number, frame: Frame | null): string;
  number(start: number, end: number, frame: Frame | null): void;
}

/** What may come: a value, a value or `]`, a key or `}`, a key, a colon, a comma or close, nothing. */
type Expect = 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'next' | 'end';

/** Deeper containers share the frame of this depth: memory stays bounded, paths end there. */
const deepestFrame = 512;
const number = /-?\d[\d.eE+-]*/y;
const strictNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const word = /true|false|null/y;

/**
 * Walks JSON text token by token without building it, in linear time and without recursion.
 * Answers whether the text is one well-formed value. When `lenient`, it goes on after an error (cut bodies, two values
 * in one text), so that every string token is seen; otherwise it stops there.
 */
export function walkJson(text: string, visitor: Visitor, lenient: boolean): boolean {
  const now: { frame: Frame | null; expect: Expect; depth: number } = { frame: null, expect: 'value', depth: 0 };
  /** Open containers beyond the deepest now.frame, as `[` or `{`. */
  const deep: number[] = [];
  let valid = true;
  let at = 0;
  const length = text.length;

  const inArray = (): boolean => (deep.length > 0 ? deep[deep.length - 1] === 91 : now.frame?.array === true);
  const afterValue = (): void => {
    now.expect = now.depth === 0 ? 'end' : 'next';
  };
  const wrong = (): boolean => {
    valid = false;
    return !lenient;
  };

  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 10 || code === 13 || code === 9) {
      at++;
      continue;
    }
    if (code === 34) {
      const end = stringEnd(text, at + 1);
      const closed = end < length;
      if (!closed && wrong()) return false;
      const after = closed ? end + 1 : end;
      const isKey: boolean =
        now.expect === 'first-key' || now.expect === 'key' || (!valid && colonFollows(text, after));
      if (!isKey && now.expect !== 'value' && now.expect !== 'first-value' && wrong()) return false;
      if (isKey) {
        const key = visitor.key(at + 1, end, now.frame);
        if (now.frame && deep.length === 0) now.frame.currentKey = key;
        now.expect = 'colon';
      } else {
        visitor.string(at + 1, end, now.frame);
        afterValue();
      }
      at = after;
      continue;
    }
    if (code === 123 || code === 91) {
      if (now.expect !== 'value' && now.expect !== 'first-value' && wrong()) return false;
      now.depth++;
      if (now.depth > deepestFrame) deep.push(code);
      else {
        const parent = now.frame;
        now.frame = {
          parent,
          array: code === 91,
          key: parent && !parent.array ? parent.currentKey : null,
          index: parent?.array ? parent.count : -1,
          currentKey: null,
          count: 0,
          label: null,
          channel: '',
        };
      }
      now.expect = code === 91 ? 'first-value' : 'first-key';
      at++;
      continue;
    }
    if (code === 125 || code === 93) {
      const opener = code === 93;
      const fits = now.depth > 0 && inArray() === opener;
      const allowed = now.expect === 'next' || now.expect === (opener ? 'first-value' : 'first-key');
      if ((!fits || !allowed) && wrong()) return false;
      if (now.depth > 0) {
        now.depth--;
        if (deep.length > 0) deep.pop();
        else now.frame = now.frame?.parent ?? null;
      }
      afterValue();
      at++;
      continue;
    }
    if (code === 44) {
      if (now.expect !== 'next' && wrong()) return false;
      if (deep.length === 0 && now.frame?.array) now.frame.count++;
      now.expect = now.depth > 0 && !inArray() ? 'key' : 'value';
      at++;
      continue;
    }
    if (code === 58) {
      if (now.expect !== 'colon' && wrong()) return false;
      now.expect = 'value';
      at++;
      continue;
    }
    if (code === 45 || (code >= 48 && code <= 57)) {
      number.lastIndex = at;
      if (number.test(text)) {
        const end = number.lastIndex;
        if (((now.expect !== 'value' && now.expect !== 'first-value') || !isNumber(text, at, end)) && wrong())
          return false;
        visitor.number(at, end, now.frame);
        afterValue();
        at = end;
        continue;
      }
    }
    word.lastIndex = at;
    if (word.test(text)) {
      if (now.expect !== 'value' && now.expect !== 'first-value' && wrong()) return false;
      afterValue();
      at = word.lastIndex;
      continue;
    }
    if (wrong()) return false;
    at++;
  }
  return valid && now.expect === 'end';
}

/** Offset of the quote that closes the string whose content starts at `from`, or the text's length. */
function stringEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let slashes = 0;
    while (quote - slashes - 1 >= at && text.charCodeAt(quote - slashes - 1) === 92) slashes++;
    if (slashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function colonFollows(text: string, from: number): boolean {
  const gap = /\s{0,16}:/y;
  gap.lastIndex = from;
  return gap.test(text);
}

function isNumber(text: string, start: number, end: number): boolean {
  if (end - start < 10) {
    // The usual short integer, without a slice.
    let at = start;
    if (text.charCodeAt(at) !== 48 || end === start + 1) {
      while (at < end && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
      if (at === end) return true;
    }
  }
  return strictNumber.test(text.slice(start, end));
}

/** The key that a value stands under: its own, or that of the array (of arrays) it is in. */
export function keyOf(frame: Frame | null): string | null {
  let at = frame;
  let key: string | null | undefined = at?.array ? null : at?.currentKey;
  while (at?.array) {
    key = at.key;
    at = key === null && at.index !== -1 ? at.parent : null;
  }
  return key ?? null;
}

/** Path of the value (or key) being visited, e.g. `.messages[2].content`, at most 64 steps from the end. */
export function pathOf(frame: Frame | null): string {
  if (frame === null) return '';
  return containerPath(frame) + (frame.array ? `[${frame.count}]` : step(frame.currentKey));
}

/** Path of the container itself; it holds after the walk too. */
export function containerPath(frame: Frame): string {
  const steps: string[] = [];
  for (let at: Frame | null = frame; at?.parent && steps.length < 64; at = at.parent) {
    steps.push(at.index === -1 ? step(at.key) : `[${at.index}]`);
  }
  return steps.reverse().join('');
}

function step(key: string | null): string {
  return `.${(key ?? '').slice(0, 128)}`;
}
