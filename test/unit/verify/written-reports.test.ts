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
