import { expect, it } from 'vitest';
import { noPurpose, withPurpose } from '../../../src/renderer/src/features/connect/run-purpose.js';

it('a run’s line says what it is for, before the command; other lines stay', () => {
  const line = "sluice run --data-dir '/my data' -- your-agent -- x";
  expect(withPurpose(line, noPurpose)).toBe(line);
  expect(withPurpose(line, { scenario: 'Market research', mode: 'SIMULATION' })).toBe(
    "sluice run --data-dir '/my data' --scenario 'Market research' --mode SIMULATION -- your-agent -- x",
  );
  expect(withPurpose('sluice run -- claude', { scenario: ' quote’s ', mode: '' })).toBe(
    "sluice run --scenario 'quote’s' -- claude",
  );
  expect(
    withPurpose('npm --prefix /opt/sluice run -s sluice -- run --data-dir /data -- claude -p x', {
      scenario: '',
      mode: 'EXECUTION',
    }),
  ).toBe('npm --prefix /opt/sluice run -s sluice -- run --data-dir /data --mode EXECUTION -- claude -p x');
  const other = 'eval "$(sluice env -- x)"';
  expect(withPurpose(other, { scenario: 'a', mode: 'EXECUTION' })).toBe(other);
});
