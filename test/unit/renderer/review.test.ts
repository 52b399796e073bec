import { describe, expect, it } from 'vitest';
import { KeyLine } from '../../../src/renderer/src/features/queues/key-line.js';
import { didAct, didHere, forgetLocalSteps, turn } from '../../../src/renderer/src/features/review/history.js';
import { keyProblem, resetKeys, setKey } from '../../../src/renderer/src/navigation/remap.js';
import { bound, keysOf } from '../../../src/renderer/src/navigation/shortcuts.js';

describe('keys that wait', () => {
  it('run in their order once they may, and those for a later page wait for it', () => {
    const ran: string[] = [];
    let may = new Set<string>();
    const line = new KeyLine((needs) => may.has(needs));
    line.press(() => ran.push('accept'), { needs: 'page' });
    line.press(() => ran.push('wrong'), { needs: 'steps' });
    line.press(() => ran.push('submit'));
    expect(ran).toEqual([]);
    may = new Set(['work', 'page']);
    line.drain();
    expect(ran).toEqual(['accept']);
    may = new Set(['work', 'page', 'steps']);
    line.drain();
    expect(ran).toEqual(['accept', 'wrong', 'submit']);
  });

  it('are text behind one that opens a field, up to Escape', () => {
    const line = new KeyLine(() => false);
    line.press(() => undefined, { needs: 'page', opensField: true });
    expect(line.typing).toBe(true);
    for (const key of ['h', 'i', 'Backspace', 'o']) expect(line.type(key)).toBe(true);
    expect(line.type('F5')).toBe(false);
    line.type('Escape');
    expect(line.typing).toBe(false);
    expect(line.forget()).toBe(3);
  });
});

describe('the order of what is undone', () => {
  it('turns what was done here and what the engine keeps in the order they were done', () => {
    const step = (title: string) => ({ title, undo: () => undefined, redo: () => undefined });
    didHere(step('accept'));
    const forget = didAct();
    const note = step('n');
    didHere(note);
    didHere(step('note'), note);
    expect(turn('undo')?.title).toBe('note');
    expect(turn('undo')).toBeNull();
    expect(turn('redo')).toBeNull();
    forget();
    expect(turn('undo')?.title).toBe('accept');
    forgetLocalSteps();
    expect(turn('undo')).toBeNull();
  });
});

describe('keys of one’s own', () => {
  it('take the place of the made ones, unless another shortcut of the same page has them', () => {
    // Nothing keeps them here, which is said; they hold all the same.
    expect(setKey('queue.skip', 0, 'q')).toContain('until this window is closed');
    expect(keysOf('queue.skip')).toEqual(['q']);
    expect(Object.keys(bound({ 'queue.skip': () => undefined }))).toEqual(['q']);
    expect(keyProblem('review.reject', 0, 'q')).toContain('Skip');
    // The one holds on the list of live exchanges, the other in a queue.
    expect(keyProblem('live.pause', 0, 'q')).toBeNull();
    expect(keyProblem('queue.skip', 0, 'g')).toContain('begins');
    expect(keyProblem('review.rate', 0, 'q')).toContain('fixed: each digit');
    setKey('step.tool', 0, 's');
    expect(resetKeys('queue.skip')).toContain('Next tool call');
    expect(resetKeys()).toBeNull();
    expect(keysOf('queue.skip')).toEqual(['s']);
  });

  it('leave the handler know which key it is by how it was made', () => {
    const pressed: string[] = [];
    const keys = bound({ 'review.rate': (key) => pressed.push(key) });
    keys['3']?.();
    expect(pressed).toEqual(['3']);
  });
});
