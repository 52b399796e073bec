import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { typedText } from '../../../../src/main/engine/live/typed-text.js';
import { finalizePart } from '../../../../src/main/engine/parts/finalize.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';
import { qaDefaultsSchema } from '../../../../src/shared/model/index.js';

const redactor = createRedactor({ policy: defaultPolicy, key: randomBytes(32) });
const context = {
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

  it('holds no secret', () => {
    const test_command = `env API_KEY=sk-proj-${'Zq8x'.repeat(12)} pytest`;
    expect(() => finals.check({ qa: { test_command } })).toThrow('request holds a secret');
  });
});
