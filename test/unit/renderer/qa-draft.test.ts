import { describe, expect, it } from 'vitest';
import { emptyDraft, optionsOf, problemsOf } from '../../../src/renderer/src/features/qa/draft.js';
import { saidRepository } from '../../../src/renderer/src/features/qa/said-repository.js';
import { qaOptionsSchema } from '../../../src/shared/model/index.js';

describe('what the form of a run sends', () => {
  it('leaves everything that nobody typed to the trace and the settings', () => {
    expect(optionsOf(emptyDraft)).toEqual({ allow_network_in_prepare: false });
  });

  it('is what the engine takes', () => {
    const sent = optionsOf({
      ...emptyDraft,
      repo: ' /code/keeper ',
      commit_after: 'main',
      test_command: "python3 -m pytest 'a b'",
      framework: 'pytest',
      base: 1,
      timeout_s: 20,
      cpus: 0.5,
      prepare: 'pip install -r requirements.txt\n\nnpm ci\n',
      allow_network_in_prepare: true,
      missing_engine: 'wait',
    });
    expect(qaOptionsSchema.parse(sent)).toEqual({
      repo: '/code/keeper',
      commit_after: 'main',
      test_command: ['python3', '-m', 'pytest', 'a b'],
      framework: 'pytest',
      repeat: { base: 1 },
      timeout_s: 20,
      limits: { cpus: 0.5 },
      prepare: [
        ['pip', 'install', '-r', 'requirements.txt'],
        ['npm', 'ci'],
      ],
      allow_network_in_prepare: true,
      missing_engine: 'wait',
    });
  });

  it('names the field of a command that would be refused, with the reason', () => {
    expect(problemsOf(emptyDraft)).toEqual({});
    const problems = problemsOf({ ...emptyDraft, test_command: 'make test && rm -r .', prepare: 'npm ci\necho $HOME' });
    expect(problems.test_command).toContain('&&');
    expect(problems.prepare).toContain('$');
  });
});

it('reads of a trace’s repository only what is text, whatever others wrote there', () => {
  expect(saidRepository({ metadata: null })).toBeNull();
  expect(saidRepository({ metadata: { repo: 'me/keeper' } })).toBeNull();
  expect(saidRepository({ metadata: { repo: ['a'] } })).toBeNull();
  expect(
    saidRepository({
      metadata: { repo: { name: 'me/keeper', url: 7, commit_before: 'abc' }, test_command: 'make test' },
    }),
  ).toEqual({ name: 'me/keeper', url: '', commit_before: 'abc', commit_after: '', test_command: 'make test' });
});
