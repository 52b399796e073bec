import { join } from 'node:path';
import type { ReviewedSample } from '../../../shared/model/oracle.js';
import { replaceFileSync } from '../../ground/replace-file.js';
import { coverageOf } from './coverage.js';
import type { Figures } from './figures.js';
import { parquetName } from './files-of-run.js';
import type { RunResult } from './run.js';
import { sampleLine } from './samples.js';
import { evenness, type Statistics } from './statistics.js';

/** Failures of a validator, or of a domain, that are more than that are named with what to look at. */
const mostFailing = 0.1;
/** Of fewer nothing is told yet. */
const fewestTold = 20;

const share = (part: number, of: number): number => (of === 0 ? 0 : Math.round((part / of) * 10_000) / 10_000);

/** Validators and domains of which more than a tenth fails, each with where to look. */
export function worthALook({ validated, failed, failures, domains, failed_domains }: Statistics): string[] {
  const total = validated + failed;
  const ofValidators = Object.entries(failures).flatMap(([name, count]) =>
    total >= fewestTold && share(count, total) > mostFailing
      ? [
          `${name} failed ${count} of ${total}: see what it says with sluice oracle validate, and the domains that it names`,
        ]
      : [],
  );
  const ofDomains = Object.entries(failed_domains).flatMap(([title, count]) => {
    const of = count + (domains[title] ?? 0);
    return of >= fewestTold && share(count, of) > mostFailing
      ? [`${title}: ${count} of ${of} failed: look at its policy and the schemas of its tools`]
      : [];
  });
  return [...ofValidators, ...ofDomains];
}

export type RunReport = ReturnType<typeof reportOf>;

/** The figures of a run, as `sluice oracle run --json` prints them. Shares are 0 to 1, `rate` is traces a second. */
export function reportOf(
  { run_id, started_at, seconds, statistics, files, cancelled, stopped, parquet }: RunResult,
  { calibration: { validators: recall, kinds }, diversity, pairs }: Figures,
  { cost_usd, unheard_usd }: { cost_usd: number | null; unheard_usd: number } = { cost_usd: 0, unheard_usd: 0 },
) {
  const {
    validated,
    failed,
    calls,
    shapes,
    domains,
    categories,
    intents,
    tools,
    rows,
    tiers,
    failures,
    compared,
    near_duplicates,
  } = statistics;
  const total = validated + failed;
  return {
    run_id,
    started_at,
    cancelled,
    stopped,
    total,
    validated,
    failed,
    seconds,
    rate: seconds === 0 ? 0 : Math.round((validated / seconds) * 10) / 10,
    domains,
    categories,
    intents,
    tools: Object.keys(tools).length,
    average_calls: validated === 0 ? 0 : Math.round((calls / validated) * 100) / 100,
    shapes,
    dag_share: share(shapes['dag'] ?? 0, validated),
    /** How evenly domains, intents, tools, numbers of rows and tiers are spread: entropy over its maximum. */
    evenness: Object.fromEntries(
      Object.entries({ domains, intents, tools, rows, tiers }).map(([key, counts]) => [
        key,
        Math.round(evenness(counts) * 1000) / 1000,
      ]),
    ),
    /** `failed` of the run; `recall` of violations that were planted to see; `false_reject`: of traces that are right by construction. */
    validators: Object.fromEntries(
      [...new Set([...Object.keys(recall), ...Object.keys(failures)])].map((name) => [
        name,
        {
          failed: failures[name] ?? 0,
          recall: recall[name] === undefined ? null : share(recall[name].found, recall[name].planted),
          false_reject: name === 'duplicate' ? null : share(failures[name] ?? 0, total),
        },
      ]),
    ),
    planted: kinds,
    worth_a_look: worthALook(statistics),
    /** How often each number of rows, and each tier, was asked for. */
    scope: { rows, tiers },
    coverage: coverageOf(statistics, pairs),
    diversity,
    /** Of `compared` requests of the whole run the share that says nearly what one before it in its domain says. */
    near_duplicate_share: share(near_duplicates, compared),
    compared,
    /** Of models, in US dollars; null where a profile has no prices. `unheard_usd`: what attempts that broke off may have cost besides. */
    cost_usd,
    unheard_usd,
    files: files.map(({ name }) => name),
    parquet_files: parquet ? files.map(parquetName) : [],
  };
}

/** The report beside the files, for programs and for people. */
export function writeReport(out: string, report: RunReport): void {
  replaceFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`, 0o644);
  replaceFileSync(join(out, 'report.md'), `# Gold traces\n\n\`\`\`\n${reportText(report)}\`\`\`\n`, 0o644);
}

/** The report in the order and the words of the document that this stage comes from. */
export function reportText(report: RunReport, samples: readonly ReviewedSample[] = []): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const whole = Math.floor(report.seconds);
  const duration = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part, index) => (index === 0 ? part : String(part).padStart(2, '0')))
    .join(':');
  const breakdown = Object.entries(report.domains).map(([title, count]) => `  ${title}: ${number(count)} traces`);
  return `${[
    report.cancelled
      ? 'Generation cancelled; --resume goes on'
      : report.stopped === 'budget'
        ? 'Generation stopped: the budget is used up'
        : 'Generation Complete!',
    '='.repeat(70),
    `Total traces generated: ${number(report.total)}`,
    `Total validated: ${number(report.validated)}`,
    `Failed validation: ${number(report.failed)}`,
    `Duration: ${duration}`,
    `Rate: ${report.rate} traces/sec`,
    '',
    'Domain breakdown:',
    ...breakdown,
    '',
    'Diversity metrics:',
    `  Unique domains: ${Object.keys(report.domains).length}`,
    `  Unique intents: ${Object.keys(report.categories).length} categories, ${Object.keys(report.intents).length} intents`,
    `  Unique tools: ${report.tools}`,
    `  Avg calls per graph: ${report.average_calls}`,
    `  Requests that differ, entities masked: ${(report.diversity.distinct_skeletons * 100).toFixed(1)}% of ${number(report.diversity.looked_at)}, the commonest ${(report.diversity.commonest_skeleton * 100).toFixed(2)}%`,
    `  Runs of four words that another request has too: ${(report.diversity.self_overlap * 100).toFixed(1)}%`,
    `  Near-duplicates: ${(report.near_duplicate_share * 100).toFixed(2)}% of ${number(report.compared)} requests${report.compared < report.validated ? ', a sample' : ''}`,
    `  Scope variation: ${Object.keys(report.scope.rows).length} numbers of rows (entropy ${report.evenness['rows']} of 1), ${Object.keys(report.scope.tiers).length} sensitivity tiers (${report.evenness['tiers']})`,
    `  Tool pairs: ${number(report.coverage.tool_pairs.seen)} of ${number(report.coverage.tool_pairs.possible)} that intents allow`,
    ...quotaLines(report.coverage),
    `  True DAGs: ${(report.dag_share * 100).toFixed(1)}%`,
    ...samples.flatMap((each) => sampleLine(each) ?? []),
    ...report.worth_a_look,
  ].join('\n')}\n`;
}

/** Shares of shapes beside what was asked for, and what was missed; nothing where there are no quotas. */
function quotaLines({ shapes_asked, shapes_made, missed, missed_count, unreachable }: RunReport['coverage']): string[] {
  const shapes = Object.entries(shapes_asked).map(
    ([shape, asked]) =>
      `${shape} ${(shapes_made[shape] ?? 0).toLocaleString('en-US')} of ${asked.toLocaleString('en-US')}`,
  );
  if (shapes.length === 0) return [];
  return [
    `  Quotas: ${shapes.join(', ')}`,
    ...missed.slice(0, mostTold).map(({ cell, asked, made }) => `    missed: ${cell}, ${made} of ${asked}`),
    ...(missed_count > mostTold ? [`    and ${missed_count - mostTold} more, in report.json`] : []),
    ...unreachable.map((what) => `    out of reach: ${what}`),
  ];
}

/** Quotas that were missed and are told in words. */
const mostTold = 20;
