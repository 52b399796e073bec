import { NativeSelect, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { type QaTest, type TestClass, type TestOutcome, testClasses } from '../../../../shared/model/index.js';
import { Pager } from '../../components/Pager.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Table } from '../../components/Table.js';
import classes from './qa.module.css';
import { classWords, outcomeWords } from './words.js';

const pageSize = 50;

/** What decides, first; what only ran along, last. */
const order: Record<TestClass, number> = {
  stable_fail: 0,
  fail_to_pass: 1,
  flaky: 2,
  stable_pass: 3,
  pass_to_pass: 4,
  skipped: 5,
};

/** Tests with how each ended in every run of both sides; narrowed by class and by words. */
export function TestTable({ tests, label }: { tests: readonly QaTest[]; label: string }) {
  const [chosen, setChosen] = useState<TestClass | ''>('');
  const [words, setWords] = useState('');
  const [page, setPage] = useState(0);
  const counts = useMemo(() => Map.groupBy(tests, (test) => test.class), [tests]);
  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return tests
      .filter((test) => (chosen === '' || test.class === chosen) && test.id.toLowerCase().includes(wanted))
      .sort((a, b) => order[a.class] - order[b.class]);
  }, [tests, chosen, words]);
  const pages = Math.ceil(shown.length / pageSize);
  const at = Math.min(page, Math.max(0, pages - 1));
  return (
    <>
      <div className={classes.filters}>
        <NativeSelect
          aria-label="Class of tests"
          value={chosen}
          onChange={(event) => {
            setChosen(event.currentTarget.value as TestClass | '');
            setPage(0);
          }}
          data={[
            { value: '', label: `All tests (${tests.length.toLocaleString('en')})` },
            ...testClasses.flatMap((each) => {
              const count = counts.get(each)?.length ?? 0;
              return count === 0
                ? []
                : [{ value: each, label: `${classWords[each].label} (${count.toLocaleString('en')})` }];
            }),
          ]}
        />
        <TextInput
          aria-label="Find a test"
          placeholder="Find a test"
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setPage(0);
          }}
        />
      </div>
      {shown.length === 0 ? (
        <p className={classes.note}>No test is so.</p>
      ) : (
        <Table label={label} className={classes.tests}>
          <thead>
            <tr>
              <th>Test</th>
              <th>Before</th>
              <th>After</th>
              <th>Class</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(at * pageSize, (at + 1) * pageSize).map((test) => (
              <tr key={test.id}>
                <td>
                  <span className={classes.testId}>
                    <RedactedText text={test.id} />
                  </span>
                </td>
                <td>
                  <Outcomes outcomes={test.base} />
                </td>
                <td>
                  <Outcomes outcomes={test.fixed} />
                </td>
                <td>
                  <StatusBadge
                    status={test.class}
                    label={classWords[test.class].label}
                    tone={classWords[test.class].tone}
                    title={classWords[test.class].title}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Pager page={at} pages={pages} onPage={setPage} />
    </>
  );
}

/** One sign for each run, in order. */
function Outcomes({ outcomes }: { outcomes: readonly TestOutcome[] }) {
  if (outcomes.length === 0) return <span className="dim">did not run</span>;
  const text = outcomes.map((each) => outcomeWords[each].label).join(', ');
  return (
    <span className={classes.outcomes} role="img" aria-label={text} title={text}>
      {outcomes.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the runs have no other identity than their place
        <span key={index} data-outcome={each}>
          {outcomeWords[each].sign}
        </span>
      ))}
    </span>
  );
}
