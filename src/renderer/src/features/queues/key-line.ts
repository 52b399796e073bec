/** What a key needs before it can do what it does: nothing but the work, the item's page, its steps, what is suggested of it. */
export type Needs = 'work' | 'page' | 'steps' | 'suggestions';

/** A key that waits for its turn: what it does, or what is typed into the field that the one before it opens. */
type Waiting = { kind: 'key'; run(): void; needs: Needs } | { kind: 'text'; text: string } | { kind: 'leave' };

/**
 * Keys in the order they were typed. While something is under way they wait, and meet what is shown then: no key is lost, and
 * none hits the item that was just left.
 */
export class KeyLine {
  #waiting: Waiting[] = [];
  #typing = false;
  readonly #may: (needs: Needs) => boolean;

  constructor(may: (needs: Needs) => boolean) {
    this.#may = may;
  }

  /** A field was opened by a key that waits: what is typed next is text for it. */
  get typing(): boolean {
    return this.#typing;
  }

  press(run: () => void, { needs = 'work', opensField = false }: { needs?: Needs; opensField?: boolean } = {}): void {
    this.#waiting.push({ kind: 'key', run, needs });
    this.#typing = opensField && (this.#waiting.length > 1 || !this.#may(needs));
    this.drain();
  }

  /** @param key as `event.key`; false where it is none that types */
  type(key: string): boolean {
    const last = this.#waiting.at(-1);
    const before = last?.kind === 'text' ? last.text : '';
    const set = (text: string) => {
      if (last?.kind === 'text') last.text = text;
      else this.#waiting.push({ kind: 'text', text });
    };
    if (key === 'Escape') {
      this.#typing = false;
      this.#waiting.push({ kind: 'leave' });
    } else if (key === 'Backspace') set(before.slice(0, -1));
    else if (key === 'Enter') set(`${before}\n`);
    else if ([...key].length === 1) set(before + key);
    else return false;
    return true;
  }

  drain(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.kind === 'key' && !this.#may(next.needs)) return;
      this.#waiting.shift();
      if (next.kind === 'key') next.run();
      else if (next.kind === 'leave') leaveField();
      else if (next.text !== '') typeInto(next.text);
    }
    this.#typing = false;
  }

  /** What the keys were meant for does not come. @returns how many they were */
  forget(): number {
    const count = this.#waiting.length;
    this.#waiting = [];
    this.#typing = false;
    return count;
  }
}

/** Types into the field that has the focus, or gets it within a moment: a dialog that is just being opened. */
function typeInto(text: string, tries = 30): void {
  const field = document.activeElement;
  if (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) {
    // The one way that a field, its undo and whoever listens to it all take for typing.
    document.execCommand('insertText', false, text);
  } else if (tries > 0) requestAnimationFrame(() => typeInto(text, tries - 1));
}

function leaveField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
