import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { typedText } from '../../../../src/main/engine/live/typed-text.js';
import { finalizePart } from '../../../../src/main/engine/parts/finalize.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';
import { qaDefaultsSchema } from '../../../../src/shared/model/index.js';

const redactor = createRedactor({ policy: defaultPolicy, key: randomBytes(32) });
let waiting = 0;
const context = {
  jobs: () => ({ active: () => Array.from({ length: waiting }, () => ({ kind: 'finalize' })) }),
  settings: { current: () => ({ qa: qaDefaultsSchema.parse({ limits: { seconds: 60 } }) }) },
  typed: typedText({ redact: (text) => redactor.text(text), keep: async () => {} }),
};
const { finals } = finalizePart(
  context as never,
  { models: { profiles: {} }, judge: {}, verify: {} } as never,
).services;

describe('what finalize is told of the tests', () => {
  it('may end them earlier than the settings do, not later', () => {
    finals.check({ qa: { timeout_s: 60 } });
    finals.check({ qa: { test_command: 'pytest -q' } });
    finals.check({ qa: false });
    expect(() => finals.check({ qa: { timeout_s: 61 } })).toThrow('qa.timeout_s: at most 60');
  });

  it('may run them less often than the settings do, not more often', () => {
    finals.check({ qa: { repeat: { base: 1, fixed: 3 } } });
    expect(() => finals.check({ qa: { repeat: { base: 3 } } })).toThrow('qa.repeat.base: at most 2');
    expect(() => finals.check({ qa: { repeat: { fixed: 20 } } })).toThrow('qa.repeat.fixed: at most 3');
  });

  it('is refused where too many wait already', () => {
    waiting = 999;
    finals.check({});
    waiting = 1000;
    expect(() => finals.check({})).toThrow(expect.objectContaining({ code: 'too_many_jobs', status: 429 }));
    waiting = 0;
  });

  it('holds no secret', () => {
    const test_command = `env API_KEY=sk-proj-${'Zq8x'.repeat(12)} pytest`;
    expect(() => finals.check({ qa: { test_command } })).toThrow('request holds a secret');
  });
});
