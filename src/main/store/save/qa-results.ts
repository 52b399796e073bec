import { type Json, mainRubric, type QaResults, qaResultsOf } from '../../../shared/model/index.js';
import { uidOrNull } from '../codec/uid.js';
import type { Sql } from '../sqlite/sql.js';

/** Fields that a run of the tests says, and those that a judge says. */
const ofTests = [
  ...['tests_passed', 'test_exit_code', 'test_output_snippet', 'verdict', 'run_id', 'framework', 'tier', 'reason'],
  ...['tests_edited', 'restored_verdict'],
];
const ofJudges = ['reasoning_score', 'reasoning_feedback'];

/** `qa_results` as they stand in a trace's row; the first version had a list, of which the last run holds. */
export function resultsIn(stood: string | null): QaResults {
  const value = stood === null ? null : qaResultsOf(JSON.parse(stood) as Json);
  return typeof value === 'object' && value !== null ? (value as QaResults) : {};
}

/** What stands, with what a run or a judge of ours says in its place; each leaves alone what the other said. */
export function mergedResults(stood: string | null, said: QaResults): string {
  return JSON.stringify({ ...resultsIn(stood), ...said });
}

/** What a source sends takes the place of what stands, but for what runs and judges of ours have said of the trace. */
export function sentResults(sql: Sql, trace: number, stood: string | null, sent: QaResults): string {
  const results = resultsIn(stood);
  const run = uidOrNull(String(results['run_id']));
  const own = [
    ...(run !== null && sql('SELECT 1 FROM qa_runs WHERE uid = ? AND trace = ?').get(run, trace) ? ofTests : []),
    ...(stood !== null && sql('SELECT 1 FROM judgements WHERE trace = ? AND rubric = ? LIMIT 1').get(trace, mainRubric)
      ? ofJudges
      : []),
  ].filter((name) => name in results);
  return JSON.stringify({ ...sent, ...Object.fromEntries(own.map((name) => [name, results[name]])) });
}

/** The value by which a trace is found for what its tests came to; null where nobody said it. */
export function testsTerm(stood: string | null): 'passed' | 'failed' | null {
  const { tests_passed } = resultsIn(stood);
  return typeof tests_passed === 'boolean' ? (tests_passed ? 'passed' : 'failed') : null;
}
