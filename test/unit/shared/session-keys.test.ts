import { describe, expect, it } from 'vitest';
import { runOf, sessionLookup, sessionOf } from '../../../src/shared/session-keys.js';

describe('a session’s key', () => {
  it.each([
    ['session:a/agent:b', '', 'session:a/agent:b', 'session:a/agent:b'],
    ['run:nightly session:a', 'run:nightly', 'session:a', 'session:a'],
    ['run:two words session:a session:b', 'run:two words', 'session:a session:b', 'session:a session:b'],
    ['run:nightly', 'run:nightly', null, 'run:nightly'],
    ['sent session:a', '', 'sent session:a', 'sent session:a'],
    ['rest:mine session:a', '', null, 'rest:mine session:a'],
  ])('%s', (key, run, session, lookup) => {
    expect([runOf(key), sessionOf(key), sessionLookup(key)]).toEqual([run, session, lookup]);
  });

  it('names nothing where there is none', () => {
    expect([runOf(null), sessionOf(null)]).toEqual(['', null]);
  });
});
