import { expect, it } from 'vitest';
import { frameworkOf, writtenInTheFormat } from './recorded.js';

function told(id: string, folder: string) {
  const reading = frameworkOf(id).report?.(writtenInTheFormat(id, folder));
  return reading?.tests.map((test) => `${test.outcome}${test.flaky ? ' (flaky)' : ''} ${test.id}`);
}

it('nextest: one suite to a binary, retries that passed are flaky, retries that failed are not', () => {
  expect(told('nextest', 'written-in-the-format')).toEqual([
    'passed slug tests::one_space',
    'failed slug tests::never_right',
    'skipped slug tests::skipped',
    'passed slug::cases two_words',
    'passed (flaky) slug::cases second_time',
  ]);
});

it('TRX of VSTest: names with their class, data rows in the place of what holds them', () => {
  expect(told('dotnet', 'vstest-written-in-the-format')).toEqual([
    'passed Slugs.Tests.SlugTests.OneSpace',
    'failed Slugs.Tests.SlugTests.NeverRight',
    'skipped Slugs.Tests.SlugTests.Skipped',
    'passed Slugs.Tests.SlugTests.Cases (a b)',
    'failed Slugs.Tests.SlugTests.Cases (a b c d)',
  ]);
  const [, failed] =
    frameworkOf('dotnet').report?.(writtenInTheFormat('dotnet', 'vstest-written-in-the-format'))?.tests ?? [];
  expect(failed).toMatchObject({ message: 'Assert.AreEqual failed. Expected:<b>. Actual:<a>.', seconds: 1.5 });
});

it('TRX of Microsoft.Testing.Platform', () => {
  expect(told('dotnet', 'testing-platform-written-in-the-format')).toEqual([
    'passed Slugs.Tests.SlugTests.EverySpace',
    'passed Slugs.Tests.SlugTests.Cases ("a b")',
    'failed Slugs.Tests.SlugTests.Error',
  ]);
});

it('go test before 1.24: a package that does not compile is told in words alone', () => {
  const { output } = frameworkOf('go-test');
  const said = [
    '{"Action":"pass","Package":"example.com/other","Output":"FAIL\\texample.com/said [build failed]"}',
    'FAIL\texample.com/slug [build failed]',
    '# example.com/slug [example.com/slug.test]',
    './slug_test.go:6:2: undefined: notThere',
  ];
  expect(output?.(said.join('\n'))).toEqual({
    tests: [],
    collection_error: 'example.com/slug: ./slug_test.go:6:2: undefined: notThere',
  });
  expect(output?.('FAIL\texample.com/slug [setup failed]')?.collection_error).toBe('example.com/slug: setup failed');
  expect(output?.(said[0] as string)).toBeNull();
});

it('prove: what it says of a whole file is no test of it', () => {
  const text = [
    't/a.t .. ',
    'ok 1 - one',
    'ok',
    '1..2',
    'ok',
    't/b.t .. ',
    '1..1',
    'not ok 1 - two',
    'Failed 1/1 subtests',
  ];
  const reading = frameworkOf('tap').report?.([{ path: 'output.tap', text: text.join('\n') }]);
  expect(reading).toEqual({
    tests: [
      { id: 't/a.t > one', outcome: 'passed' },
      { id: 't/a.t > test 2', outcome: 'passed' },
      { id: 't/b.t > two', outcome: 'failed' },
    ],
  });
});
