import { describe, expect, it } from 'vitest';
import { addressOf, repositoryFor } from '../../../../src/main/verify/qa/repository/which.js';
import { SluiceError } from '../../../../src/shared/errors.js';

describe('addresses of git come to one form', () => {
  it.each([
    'https://github.com/acme/api',
    'https://github.com/acme/api.git',
    'https://github.com/acme/api/',
    'https://GitHub.com/Acme/API.git',
    'http://www.github.com/acme/api',
    'https://user:token@github.com/acme/api.git',
    'git@github.com:acme/api.git',
    'github.com:acme/api',
    'ssh://git@github.com/acme/api.git',
    'ssh://git@github.com:22/acme/api',
    'git+ssh://git@github.com/acme/api.git',
    'git+https://github.com/acme/api.git#main',
    'git://github.com/acme/api',
    'github.com/acme/api',
    '  https://github.com/acme/api \n',
  ])('%s', (address) => {
    expect(addressOf(address)?.whole).toBe('github.com/acme/api');
  });

  it.each([
    ['git@gitserver:Team/x.git', 'gitserver/Team/x'],
    ['ssh://git@git.example.org:7999/Team/x', 'git.example.org/Team/x'],
    ['https://[::1]:8080/a/b', '[::1]/a/b'],
    ['https://gitlab.com/a/b/c.git', 'gitlab.com/a/b/c'],
    ['https://dev.azure.com/o/p/_git/r', 'dev.azure.com/o/p/_git/r'],
  ])('%s: %s', (address, whole) => {
    expect(addressOf(address)?.whole).toBe(whole);
  });

  it.each([
    '',
    'acme/api',
    '/home/me/api',
    'C:\\work\\api',
    'C:/work/api',
    'api',
    'https://github.com/',
    'x'.repeat(5000),
  ])('none: %s', (text) => {
    expect(addressOf(text)).toBeNull();
  });
});

describe('which local repository', () => {
  const api = { repo: 'https://github.com/acme/api.git', path: '/clones/api' };
  const named = { repo: 'acme/web', path: '/clones/web' };
  const other = { repo: 'git@git.example.org:Team/x.git', path: '/clones/x' };
  const settings = [api, named, other];

  it.each([
    [{ repo: { name: 'api', url: 'git@github.com:acme/api.git' } }, '/clones/api', 'api'],
    [{ repo: { name: 'whatever', url: 'https://gitlab.com/acme/web' } }, '/clones/web', 'whatever'],
    [{ git: { repository_url: 'ssh://git@git.example.org/Team/x' } }, '/clones/x', 'ssh://git.example.org/Team/x'],
    [{ repository: 'https://github.com/acme/api' }, '/clones/api', 'https://github.com/acme/api'],
    [{ repo: 'acme/web' }, '/clones/web', 'acme/web'],
    [{ repo: { name: 'ACME/api' } }, '/clones/api', 'ACME/api'],
  ])('%j', (metadata, path, name) => {
    expect(repositoryFor(metadata, settings)).toMatchObject({ path, name });
  });

  it('what was asked for goes before the trace: a path, a name or an address', () => {
    const trace = { repo: { name: 'api', url: api.repo } };
    expect(repositoryFor(trace, settings, '/elsewhere/thing')).toEqual({
      path: '/elsewhere/thing',
      name: 'thing',
      mapped: null,
    });
    expect(repositoryFor(trace, settings, '/clones/web').mapped).toBe(named);
    expect(repositoryFor(trace, settings, 'acme/web').path).toBe('/clones/web');
    expect(repositoryFor(undefined, settings, 'https://git.example.org/Team/x.git').path).toBe('/clones/x');
  });

  const refusal = (...[metadata, repositories, asked]: Parameters<typeof repositoryFor>): SluiceError => {
    try {
      repositoryFor(metadata, repositories, asked);
    } catch (error) {
      if (error instanceof SluiceError) return error;
    }
    throw new Error('it was found');
  };

  it('what is not known says what to add, without passwords', () => {
    const error = refusal({ repo: { name: 'b', url: 'https://me:secret@github.com/a/b' } }, settings);
    expect(error.code).toBe('qa_repository_unknown');
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(error.details).toEqual({
      settings: { qa: { repositories: [{ repo: 'https://github.com/a/b', path: '/absolute/path/of/its/clone' }] } },
      flag: '--repo /absolute/path/of/its/clone',
    });
    expect(refusal({}, settings).message).toBe('The trace names no repository.');
    expect(refusal(undefined, settings).message).toBe('The trace names no repository.');
    expect(refusal(undefined, settings, './relative').message).toContain('is no absolute path');
    expect(refusal(undefined, [], 'acme/api').code).toBe('qa_repository_unknown');
  });

  it('a name alone does not go before an address that says otherwise', () => {
    expect(refusal({ repo: { name: 'acme/api', url: 'https://evil.example/other/thing' } }, [api]).code).toBe(
      'qa_repository_unknown',
    );
  });
});
