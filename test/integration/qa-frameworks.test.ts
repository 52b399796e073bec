import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dockerSandboxes } from '../../src/main/sandbox/index.js';
import type { QaRun, QaTier, TestClass } from '../../src/shared/model/index.js';
import { cloneOf, type Files } from '../support/clones.js';
import { debianImage } from '../support/images/index.js';
import { qaStage } from '../support/qa-stage.js';
import { freshOwner } from '../support/sandboxes.js';

const { image, why } = await debianImage();
const fixtures = join(import.meta.dirname, '../fixtures/repositories');

/** A repository before a fault was mended, after it, with a file that cannot be loaded, and without tests. */
type States = readonly [base: Files | string, fix: Files | string, crash: Files | string, none: Files | string];

interface Sample {
  states?: States;
  /** Else the framework's usual one. */
  command?: string[];
  framework?: string;
  tier?: QaTier;
  tests: Partial<Record<TestClass, string[]>>;
  /** What it says of a file that it cannot load. */
  crash: RegExp;
}

const nodeOfProject = `/work/node_modules/node-linux-${process.arch}/bin/node`;

const provable = (slug: string): Files => ({
  'slug.pl': slug,
  't/slug.t': [
    'use Test::More tests => 5;',
    'require "./slug.pl";',
    'is(slug("A b"), "a-b", "one space");',
    'is(slug("a b c"), "a-b-c", "every space");',
    'is(slug("a"), "b", "never right");',
    'SKIP: { skip "no such service", 1; ok(0, "skipped") }',
    'TODO: { local $TODO = "known"; is(slug("a"), "b", "known to fail") }',
  ].join('\n'),
  't/cases.t': [
    'use Test::More;',
    'require "./slug.pl";',
    'unlike(slug($_), qr/ /, "case $_") for "a b", "a b c d";',
    'done_testing;',
  ].join('\n'),
});

const samples: Record<string, Sample> = {
  jest: {
    command: ['jest'],
    tests: {
      fail_to_pass: ['takes every space', 'row a b c', 'case a b c d'].map((name) => `slug.test.js > slug > ${name}`),
      pass_to_pass: ['takes one space', 'row a b', 'case a b'].map((name) => `slug.test.js > slug > ${name}`),
      stable_fail: ['is never right', 'throws'].map((name) => `slug.test.js > slug > ${name}`),
      skipped: ['is not here', 'is to be written'].map((name) => `slug.test.js > slug > ${name}`),
    },
    crash: /slug\.test\.js: .*(?:suite failed|not-there)/,
  },
  vitest: {
    command: [nodeOfProject, '/work/node_modules/vitest/vitest.mjs', 'run'],
    tests: {
      fail_to_pass: ['takes every space', 'row a b c', 'case a b c d'].map((name) => `slug.test.js > slug > ${name}`),
      pass_to_pass: ['takes one space', 'row a b', 'case a b'].map((name) => `slug.test.js > slug > ${name}`),
      stable_fail: ['is never right', 'throws'].map((name) => `slug.test.js > slug > ${name}`),
      skipped: ['is not here', 'is to be written'].map((name) => `slug.test.js > slug > ${name}`),
    },
    crash: /slug\.test\.js: .*not-there/,
  },
  mocha: {
    command: ['mocha'],
    tests: {
      fail_to_pass: ['slug takes every space', 'slug case a b c d'].map((name) => `test/slug.js > ${name}`),
      pass_to_pass: ['slug takes one space', 'slug case a b'].map((name) => `test/slug.js > ${name}`),
      stable_fail: ['slug is never right', 'slug throws', 'a hook that fails "before all" hook for "never begins"'].map(
        (name) => `test/slug.js > ${name}`,
      ),
      skipped: ['test/slug.js > slug is not here'],
    },
    crash: /Cannot find module '\.\/not-there\.js'/,
  },
  'go-test': {
    tests: {
      fail_to_pass: ['TestEverySpace', 'TestCases', 'TestCases/a_b_c_d'].map((name) => `example.com/slug.${name}`),
      pass_to_pass: ['slug.TestOneSpace', 'slug.TestCases/a_b', 'slug/panics.TestBefore'].map(
        (name) => `example.com/${name}`,
      ),
      stable_fail: ['example.com/slug.TestNeverRight', 'example.com/slug/panics.TestPanics'],
      skipped: ['example.com/slug.TestSkipped'],
    },
    crash: /notThere|build failed/,
  },
  'cargo-test': {
    tier: 'output',
    tests: {
      fail_to_pass: ['slug src/lib.rs tests::every_space', 'cases tests/cases.rs four_words'],
      pass_to_pass: [
        'slug src/lib.rs tests::one_space',
        'slug src/lib.rs tests::panics_as_it_should',
        'cases tests/cases.rs two_words',
        'doc slug src/lib.rs - slug',
      ],
      stable_fail: ['slug src/lib.rs tests::error', 'slug src/lib.rs tests::never_right'],
      skipped: ['slug src/lib.rs tests::skipped'],
    },
    crash: /cannot find function `not_there`/,
  },
  maven: {
    // Without the compilers that only pay where a machine runs for long: half of the time.
    command: [
      'env',
      'MAVEN_OPTS=-XX:TieredStopAtLevel=1',
      'mvn',
      '-o',
      '-DargLine=-XX:TieredStopAtLevel=1',
      '-Dmaven.repo.local=/usr/share/maven-repo',
      '-Djunit.version=5.9.2',
      '-Dcompiler.version=3.10.1',
      '-Dsurefire.version=2.22.3',
      'test',
    ],
    tests: {
      fail_to_pass: ['everySpace', 'cases{String}[2]'].map((name) => `com.example.SlugTest.${name}`),
      pass_to_pass: ['oneSpace', 'cases{String}[1]'].map((name) => `com.example.SlugTest.${name}`),
      stable_fail: ['neverRight', 'error', 'secondTime'].map((name) => `com.example.SlugTest.${name}`),
      skipped: ['com.example.SlugTest.skipped'],
    },
    crash: /SlugTest\.java:\[4,3\] cannot find symbol/,
  },
  rspec: {
    tests: {
      fail_to_pass: ['takes every space', 'case a b c d'].map((name) => `spec/slug_spec.rb slug ${name}`),
      pass_to_pass: ['takes one space', 'case a b'].map((name) => `spec/slug_spec.rb slug ${name}`),
      stable_fail: ['is never right', 'raises'].map((name) => `spec/slug_spec.rb slug ${name}`),
      skipped: ['is not here', 'is known to fail'].map((name) => `spec/slug_spec.rb slug ${name}`),
    },
    crash: /not_there/,
  },
  phpunit: {
    tests: {
      fail_to_pass: ['testEverySpace', 'testCases with data set "four words"'].map((name) => `SlugTest::${name}`),
      pass_to_pass: ['testOneSpace', 'testCases with data set "two words"'].map((name) => `SlugTest::${name}`),
      stable_fail: ['testNeverRight', 'testError'].map((name) => `SlugTest::${name}`),
      skipped: ['SlugTest::testSkipped'],
    },
    crash: /not-there\.php/,
  },
  ctest: {
    tests: {
      fail_to_pass: ['every_space', 'cases[a b c d]'],
      pass_to_pass: ['one_space', 'cases[a b]'],
      stable_fail: ['never_right', 'error', 'not_built'],
      skipped: ['skipped', 'disabled'],
    },
    crash: /slug\.c:1:\d+: error: .*not_there/,
  },
  tap: {
    tests: {
      fail_to_pass: ['every space'],
      pass_to_pass: ['one space'],
      stable_fail: ['is never right', 'error: no such program'],
      skipped: ['is not here'],
    },
    crash: /bats-gather-tests|setup_file failed/,
  },
  prove: {
    framework: 'tap',
    states: [
      provable('sub slug { my $text = lc shift; $text =~ s/ /-/; $text } 1;'),
      provable('sub slug { my $text = lc shift; $text =~ s/ /-/g; $text } 1;'),
      { 't/slug.t': 'use Test::More tests => 1;\nrequire "./not-there.pl";\n' },
      { 't/slug.t': 'use Test::More skip_all => "nothing yet";\n' },
    ],
    tests: {
      fail_to_pass: ['t/slug.t > every space', 't/cases.t > case a b c d'],
      pass_to_pass: ['t/slug.t > one space', 't/cases.t > case a b'],
      stable_fail: ['t/slug.t > never right'],
      skipped: ['t/slug.t > test 4', 't/slug.t > known to fail'],
    },
    crash: /planned 1 tests? and has 0/,
  },
};

describe.skipIf(why !== null)(
  `frameworks of tests, in Docker${why === null ? '' : ` (${why})`}`,
  { concurrent: true },
  () => {
    const maker = dockerSandboxes({ owner: freshOwner(), env: process.env });
    afterAll(() => maker.reap(true));

    it.each(Object.entries(samples))('%s: before and after, a crash, and no tests at all', async (id, sample) => {
      const { framework = id, command, crash, tests, tier = 'report' } = sample;
      const places = (['base', 'fix', 'crash', 'none'] as const).map((state) => join(fixtures, id, state));
      const { path, commits } = cloneOf(...(sample.states ?? places));
      const [before, after, crashed, none] = commits;
      const run = async (asked: object): Promise<QaRun> => {
        // Several at once on few processors: what is proven here is not how long they take.
        const { start, all } = qaStage(maker, {
          defaults: { image, repeat: { base: 1, fixed: 1 }, limits: { seconds: 500 } },
        });
        await start({ repo: path, ...(command ? { test_command: command } : {}), ...asked });
        return all()[0] as QaRun;
      };
      try {
        const mended = await run({ commit_before: before, commit_after: after });
        expect(mended).toMatchObject({ framework, tier, verdict: 'passed', restored_verdict: null });
        const classes = Object.entries(tests).flatMap(([kind, names]) => names.map((name) => [name, kind]));
        expect(Object.fromEntries(mended.tests.map((test) => [test.id, test.class]))).toEqual(
          Object.fromEntries(classes),
        );
        const unloaded = await run({ commit_after: crashed, framework });
        expect(unloaded).toMatchObject({ verdict: 'failed', tests_passed: false });
        expect(unloaded.attempts[0]?.collection_error).toMatch(crash);
        const nothing = await run({ commit_after: none, framework });
        expect(nothing).toMatchObject({ verdict: 'no_evidence', tests_passed: false, attempts: [{ evidence: false }] });
      } finally {
        rmSync(path, { recursive: true });
      }
    });
  },
);
