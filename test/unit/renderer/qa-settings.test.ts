import { describe, expect, it } from 'vitest';
import { commandsOf, commandText } from '../../../src/renderer/src/components/command-text.js';
import { toDraft, validate } from '../../../src/renderer/src/features/settings/draft.js';
import { fromQaDraft, toQaDraft } from '../../../src/renderer/src/features/settings/qa-draft.js';
import { type LocalRepository, qaDefaultsSchema } from '../../../src/shared/model/index.js';
import { settingsSchema } from '../../../src/shared/settings.js';
import { testCommand } from '../../../src/shared/test-command.js';

it('shows a command as text that is read as the same command', () => {
  expect(commandsOf('\n \n')).toEqual([]);
  for (const argv of [
    ['pytest', '-k', "it's"],
    ['sh', '-c', 'a && b > "c d"'],
    ['x', ''],
    ['x', '$HOME', '*', '~', '\\'],
  ])
    expect(testCommand(commandText(argv))).toEqual(argv);
});

describe('repositories in the settings', () => {
  const repository: LocalRepository = {
    repo: 'https://example.com/me/keeper.git',
    path: '/code/keeper',
    test_command: ['python3', '-m', 'pytest', '-k', 'not slow'],
    framework: 'pytest',
    image: 'debian:13',
    prepare: [
      ['pip', 'install', '.'],
      ['sh', '-c', 'a; b'],
    ],
  };

  it('come back as they went into the form', () => {
    const qa = qaDefaultsSchema.parse({ repositories: [repository, { repo: 'me/other', path: '/code/other' }] });
    const [first, second] = fromQaDraft(toQaDraft(qa)).repositories;
    expect({ ...first, test_command: testCommand(first?.test_command ?? '') }).toEqual(repository);
    expect(second).toEqual({ repo: 'me/other', path: '/code/other' });
  });

  it('have their problems named by row and field', () => {
    const draft = toDraft(settingsSchema.parse({}));
    const row = { repo: '', path: '', test_command: '', framework: '', image: '', prepare: '' };
    draft.qa.repositories = [
      { ...row, id: 7 },
      { ...row, id: 0, repo: 'me/keeper', path: '/code/keeper', prepare: 'a | b' },
      { ...row, id: 1, path: '/code/other', test_command: 'a; b' },
    ];
    draft.qa.limits = { ...draft.qa.limits, memory_mb: Number.NaN };
    draft.webhooks = [
      { id: 3, url: '', kinds: ['qa'] },
      { id: 0, url: 'nowhere', kinds: [] },
    ];
    const problems = validate(draft);
    expect(problems['qa.repositories.0.prepare']).toContain('|');
    expect(problems['qa.repositories.1.test_command']).toContain(';');
    expect(problems['qa.repositories.1.repo']).toBe('A name or an address');
    expect(problems['qa.limits.memory_mb']).toBe('From 64 to 262144');
    expect(problems['webhooks.0.url']).toBe('An http:// or https:// address');
    expect(problems['webhooks.0.kinds']).toBe('At least one kind of job');
    expect(validate(toDraft(settingsSchema.parse({})))).toEqual({});
  });
});
