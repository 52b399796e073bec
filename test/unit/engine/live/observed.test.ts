import { expect, it } from 'vitest';
import { createObserved } from '../../../../src/main/engine/live/observed.js';
import { createLogger } from '../../../../src/main/home/log.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';

it('hears of credentials that the proxy refused, and of nothing else that was refused there', () => {
  const heard: number[] = [];
  const observed = createObserved({
    redactor: createRedactor({ policy: defaultPolicy, values: [], key: new Uint8Array(32), secrets: [] }),
    tick: () => undefined,
    log: createLogger('silent'),
    caPath: '/ca.pem',
    commandLine: { call: 'sluice', data_dir: null },
    credentialsRefused: (times) => heard.push(times),
    hasTraffic: () => false,
  });
  for (const reason of ['token', 'host', 'origin', 'loop', 'path'])
    observed.onCapture({ type: 'refused', reason, count: 2 });
  observed.onCapture({ type: 'refused', reason: 'token', count: 14 });
  expect(heard).toEqual([2, 14]);
});
