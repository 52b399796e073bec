import { expect, it } from 'vitest';
import { quotedWord, shownCommand } from '../../../src/shared/command-line.js';

it('names the folder behind the command, and only where it has to', () => {
  const rest = '-- agent --its-flag';
  expect(shownCommand({ call: 'sluice', data_dir: null }, 'run', rest)).toBe('sluice run -- agent --its-flag');
  expect(shownCommand({ call: 'sluice', data_dir: '/srv/a' }, 'run', rest)).toBe(
    'sluice run --data-dir /srv/a -- agent --its-flag',
  );
  expect(shownCommand({ call: 'sluice', data_dir: '/srv/a' }, '')).toBe('sluice --data-dir /srv/a');
});

it('quotes what a shell would take apart', () => {
  expect(quotedWord('/srv/a b')).toBe("'/srv/a b'");
  expect(quotedWord("/srv/it's $HOME")).toBe("'/srv/it'\\''s $HOME'");
  expect(quotedWord('C:\\Users\\A B\\sluice')).toBe('"C:\\Users\\A B\\sluice"');
  expect(quotedWord('')).toBe("''");
});
