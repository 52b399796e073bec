import { describe, expect, it } from 'vitest';
import type { RepositoryLook } from '../../../src/main/verify/qa/frameworks/framework.js';
import { frameworkFor, frameworkNamed, frameworks } from '../../../src/main/verify/qa/frameworks/index.js';
import { isReport } from '../../../src/main/verify/qa/frameworks/reading/patterns.js';
import { qaFrameworks } from '../../../src/shared/model/index.js';

const lookOf = (files: Record<string, string>): RepositoryLook => ({
  files: Object.keys(files),
  read: (path) => files[path] ?? null,
});
const bare = lookOf({});
const withScript = (script: string) => lookOf({ 'package.json': JSON.stringify({ scripts: { test: script } }) });

function made(command: string, look = bare): string {
  const argv = command.split(' ');
  return frameworkFor(argv, look).command(argv, { folder: '/tmp/r', look }).argv.join(' ');
}

describe('the named command, with its report asked for by name', () => {
  it.each([
    ['pytest tests/ -x', 'pytest -o junit_family=xunit2 --junitxml=/tmp/r/pytest.xml tests/ -x'],
    [
      'python3 -W error -m pytest -- a',
      'python3 -W error -m pytest -o junit_family=xunit2 --junitxml=/tmp/r/pytest.xml -- a',
    ],
    ['poetry run pytest --junitxml=own.xml', 'poetry run pytest -o junit_family=xunit2 --junitxml=/tmp/r/pytest.xml'],
    ['npx jest src', 'npx jest --ci --watchAll=false --json --outputFile=/tmp/r/jest.json src'],
    [
      'npx vitest run --reporter=dot a',
      'npx vitest --watch=false --reporter=default --reporter=json --outputFile.json=/tmp/r/vitest.json run a',
    ],
    [
      'node_modules/.bin/mocha -R dot test',
      'node_modules/.bin/mocha --reporter json --reporter-option output=/tmp/r/mocha.json test',
    ],
    [
      'bundle exec rspec spec/a_spec.rb',
      'bundle exec rspec --format progress --format json --out /tmp/r/rspec.json spec/a_spec.rb',
    ],
    ['vendor/bin/phpunit --filter A', 'vendor/bin/phpunit --log-junit /tmp/r/phpunit.xml --filter A'],
    [
      'ctest --test-dir build',
      'ctest --output-junit /tmp/r/ctest.xml --no-tests=error --output-on-failure --test-dir build',
    ],
    ['dotnet test --logger html -- a=b', 'dotnet test --logger trx --results-directory /tmp/r -- a=b'],
  ])('%s', (command, expected) => {
    expect(made(command)).toBe(expected);
  });

  it('goes through the script of package.json', () => {
    expect(made('npm test', withScript('tsc && jest --coverage'))).toBe(
      'npm test -- --ci --watchAll=false --json --outputFile=/tmp/r/jest.json',
    );
    expect(made('yarn test', withScript('vitest'))).toContain(
      'yarn test --watch=false --reporter=default --reporter=json',
    );
    expect(made('pnpm run test -- a', withScript('mocha'))).toBe(
      'pnpm run test -- a --reporter json --reporter-option output=/tmp/r/mocha.json',
    );
  });

  it('stands in front of the files for node:test, or in its variable', () => {
    expect(made('node --test --test-reporter=dot test/')).toBe(
      'node --test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit --test-reporter-destination=/tmp/r/node-test.xml --test test/',
    );
    const look = withScript('node --test');
    const command = frameworkFor(['npm', 'test'], look).command(['npm', 'test'], { folder: '/tmp/r', look });
    expect(command).toMatchObject({
      argv: ['npm', 'test'],
      env: { NODE_OPTIONS: expect.stringContaining('--test-reporter=junit') },
    });
  });

  it('keeps the whole output where that is the report', () => {
    expect(made('go test -v ./... -run A')).toMatch(
      /^sh -c .*tee .* sh \/tmp\/r\/go-test\.jsonl go test -json -count=1 \.\/\.\.\. -run A$/,
    );
    expect(made('cargo test -q --lib')).toMatch(
      /sh \/tmp\/r\/cargo-test\.txt cargo test --no-fail-fast --color=never --lib$/,
    );
  });

  it('asks the new runner of .NET by its own flags', () => {
    const look = lookOf({ 'global.json': '{"test": {"runner": "Microsoft.Testing.Platform"}}' });
    expect(made('dotnet test', look)).toBe('dotnet test --report-trx --results-directory /tmp/r');
  });

  it('is asked for by a variable where something else starts the framework', () => {
    const look = lookOf({ 'conftest.py': '' });
    const command = frameworkFor(['make', 'test'], look).command(['make', 'test'], { folder: '/tmp/r', look });
    expect(command.env.PYTEST_ADDOPTS).toBe('-o junit_family=xunit2 --junitxml=/tmp/r/pytest.xml');
  });
});

describe('whose command it is', () => {
  it.each([
    ['cargo nextest run', 'nextest'],
    ['cargo +nightly test', 'cargo-test'],
    ['python -m unittest discover', 'unittest'],
    ['python manage.py test app', 'unittest'],
    ['./gradlew check', 'gradle'],
    ['./mvnw verify', 'maven'],
    ['bats test', 'tap'],
    ['prove -r t', 'tap'],
    ['env A=1 timeout 60 pytest', 'pytest'],
    ['echo pytest', 'exit-code'],
    ['echo ctest', 'exit-code'],
    ['echo go test', 'exit-code'],
    ['echo manage.py test', 'exit-code'],
    ['echo mvn', 'exit-code'],
    ['./run.sh', 'exit-code'],
  ])('%s: %s', (command, id) => {
    expect(frameworkFor(command.split(' '), bare).id).toBe(id);
  });

  it('has the names that people have for it', () => {
    expect(['node:test', 'go', 'TRX', 'exit_code'].map((name) => frameworkNamed(name)?.id)).toEqual([
      'node-test',
      'go-test',
      'dotnet',
      'exit-code',
    ]);
    expect(frameworkNamed('other')).toBeUndefined();
  });

  it('leaves a command as it is that does not start the framework', () => {
    for (const framework of frameworks) {
      const { argv } = framework.command(['./run.sh'], { folder: '/tmp/r', look: bare });
      expect(argv.slice(-1)).toEqual(['./run.sh']);
    }
  });
});

it('knows reports by their pattern', () => {
  const patterns = ['/tmp/r/a.xml', '**/target/surefire-reports/TEST-*.xml', '/tmp/r/*.trx'];
  expect(isReport('/tmp/r/a.xml', patterns)).toBe(true);
  expect(isReport('target/surefire-reports/TEST-a.b.xml', patterns)).toBe(true);
  expect(isReport('one/two/target/surefire-reports/TEST-a.xml', patterns)).toBe(true);
  expect(isReport('/tmp/r/x.trx', patterns)).toBe(true);
  expect(isReport('target/surefire-reports/TEST-a/b.xml', patterns)).toBe(false);
  expect(isReport('/tmp/r/aXxml', patterns)).toBe(false);
});

it('has every framework that may be named', () => {
  expect(frameworks.map(({ id }) => id)).toEqual([...qaFrameworks]);
});
