/**
 * Aho-Corasick over ASCII literals, upper and lower case alike: one table step per character, whatever the text.
 * It is the pre-filter: detectors only look where one of their anchors stands.
 */
export interface Automaton {
  readonly next: Uint16Array | Uint32Array;
  readonly classOf: Uint8Array;
  readonly classes: number;
  /** 1 for states in which a literal ends. */
  readonly ends: Uint8Array;
  /** Ids of the literals that end in a state, longest first; null for most states. */
  readonly output: readonly (readonly number[] | null)[];
}

/** Where a scan stands. `most` is the largest number of digits seen close together, whatever separates them. */
export interface Cursor {
  at: number;
  state: number;
  digits: number;
  most: number;
}

/** Goes on to the next character after which a literal ends; false at the end of the text. The hot loop: keep it bare. */
export function nextHit(automaton: Automaton, units: Uint16Array, length: number, cursor: Cursor): boolean {
  const { next, classOf, classes, ends } = automaton;
  let { at, state, digits, most } = cursor;
  let hit = false;
  while (at < length) {
    const code = units[at++] as number;
    if (code < 128) {
      if (code < 58 && code > 31) {
        if (code > 47) {
          digits++;
          if (digits > most) most = digits;
        }
      } else digits = 0;
      state = next[state * classes + (classOf[code] as number)] as number;
      if (ends[state] === 1) {
        hit = true;
        break;
      }
    } else {
      state = 0;
      digits = 0;
    }
  }
  cursor.at = at;
  cursor.state = state;
  cursor.digits = digits;
  cursor.most = most;
  return hit;
}

export function buildAutomaton(literals: readonly string[]): Automaton {
  const classOf = new Uint8Array(128);
  let classes = 1;
  for (const literal of literals) {
    for (let i = 0; i < literal.length; i++) {
      const code = literal.charCodeAt(i);
      if (code > 127) throw new RangeError('anchors are ASCII');
      const folded = fold(code);
      if (classOf[folded] === 0) classOf[folded] = classes++;
    }
  }
  for (let code = 65; code <= 90; code++) classOf[code] = classOf[code + 32] as number;

  const size = 1 + literals.reduce((sum, literal) => sum + literal.length, 0);
  const next = new Uint32Array(size * classes);
  const output: (number[] | null)[] = new Array<number[] | null>(size).fill(null);
  let states = 1;
  literals.forEach((literal, id) => {
    let state = 0;
    for (let i = 0; i < literal.length; i++) {
      const slot = state * classes + (classOf[literal.charCodeAt(i)] as number);
      if (next[slot] === 0) next[slot] = states++;
      state = next[slot] as number;
    }
    output[state] = [...(output[state] ?? []), id];
  });

  const fail = new Uint32Array(states);
  const queue: number[] = [];
  for (let c = 0; c < classes; c++) {
    const child = next[c] as number;
    if (child !== 0) queue.push(child);
  }
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] as number;
    const back = fail[state] as number;
    const inherited = output[back];
    if (inherited) output[state] = [...(output[state] ?? []), ...inherited];
    for (let c = 0; c < classes; c++) {
      const slot = state * classes + c;
      const child = next[slot] as number;
      const fallback = next[back * classes + c] as number;
      if (child === 0) next[slot] = fallback;
      else {
        fail[child] = fallback;
        queue.push(child);
      }
    }
  }
  const table = next.slice(0, states * classes);
  return {
    next: states < 65_536 ? Uint16Array.from(table) : table,
    classOf,
    classes,
    ends: Uint8Array.from(output.slice(0, states), (ids) => (ids === null ? 0 : 1)),
    output: output.slice(0, states),
  };
}

function fold(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
