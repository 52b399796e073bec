import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../src/shared/ids.js';

const millisOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

describe('uuidv7', () => {
  it('grows within a process, also within a millisecond and when the clock goes back', () => {
    // Ids of other tests may run ahead of the clock.
    const now = millisOf(uuidv7()) + 1000;
    const ids = [
      ...Array.from({ length: 20_000 }, () => uuidv7(now)),
      ...Array.from({ length: 100 }, () => uuidv7(now - 5000)),
      uuidv7(now + 1),
    ];
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids.slice(0, 100)) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(millisOf(id)).toBe(now);
    }
  });
});
