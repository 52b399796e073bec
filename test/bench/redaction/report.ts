import type { Quiet } from './agent-texts.js';
import type { CorpusResult, CorpusScore } from './corpus.js';
import type { FuzzResult } from './json-fuzz.js';
import { type Example, type Measured, rates, type Score } from './measure.js';
import type { Beside, PeerScore } from './peer-traffic.js';
import type { Speed } from './speed.js';

const three = (value: number) => value.toFixed(3);
const rateCells = (row: { planted: number; found: number; wrong: number }): string => {
  const { precision, recall, f1, f2 } = rates(row);
  return [precision, recall, f1, f2].map((value) => three(value).padStart(8)).join('');
};
const heading = (first: string) =>
  `${first.padEnd(24)}${'planted'.padStart(9)}${'wrong'.padStart(7)}${['P', 'R', 'F1', 'F2'].map((name) => name.padStart(8)).join('')}`;

const scoreCells = (row: PeerScore): string =>
  `${String(row.planted).padStart(9)}${String(row.wrong).padStart(7)}${rateCells(row)}`;

function table(first: string, rows: Record<string, Score>): string[] {
  const lines = Object.entries(rows).sort(([a], [b]) => a.localeCompare(b));
  return [
    heading(first),
    ...lines.map(
      ([name, row]) =>
        `${name.padEnd(24)}${String(row.planted).padStart(9)}${String(row.wrong).padStart(7)}${rateCells(row)}`,
    ),
  ];
}

/** The worst cell of entity x placement, and how many are complete. */
function cellLine(cells: Record<string, Score>): string {
  const all = Object.entries(cells);
  const [worst] = all.toSorted(([, a], [, b]) => a.found / a.planted - b.found / b.planted);
  const complete = all.filter(([, { planted, found }]) => found === planted).length;
  if (worst === undefined) return 'no cells';
  return `${complete} of ${all.length} cells of entity x placement are complete; the worst: ${worst[0]}, ${worst[1].found} of ${worst[1].planted}`;
}

function sum(rows: Record<string, Score>): { planted: number; found: number; wrong: number } {
  return Object.values(rows).reduce(
    (total, { planted, found, wrong }) => ({
      planted: total.planted + planted,
      found: total.found + found,
      wrong: total.wrong + wrong,
    }),
    { planted: 0, found: 0, wrong: 0 },
  );
}

const exampleLine = ({ what, where, text, found }: Example): string =>
  `  ${what}, ${where}: ${JSON.stringify(text.slice(0, 100))} ${found.join(', ')}`;

export function measuredLines(measured: Measured, quiet: Quiet, rate: Speed, examples: number): string {
  const { entities, placements, negatives, cells, missed, wrong } = measured;
  const total = sum(entities);
  const texts = Object.values(negatives).reduce((count, row) => count + row.texts, 0);
  const harmed = Object.entries(negatives).filter(([, row]) => row.wrong > 0);
  return [
    ...table('entity', entities),
    `${'all'.padEnd(24)}${String(total.planted).padStart(9)}${String(total.wrong).padStart(7)}${rateCells(total)}`,
    '',
    ...table('placement', placements),
    '',
    cellLine(cells),
    `${texts} texts that only look alike, wrong findings in: ${harmed.map(([kind, row]) => `${kind} ${row.wrong}/${row.texts}`).join(', ') || 'none'}`,
    `${((quiet.wrong / quiet.bytes) * 1e6).toFixed(1)} wrong findings per MB in ${(quiet.bytes / 1e6).toFixed(1)} MB of prompts, manuals, traces, code and logs that name nobody`,
    `${rate.mb_per_second.toFixed(1)} MB/s of processor time over ${rate.megabytes.toFixed(0)} MB of traffic, ${rate.mb_per_second_resent.toFixed(1)} MB/s where it was seen before`,
    ...(examples > 0
      ? [
          '',
          'missed:',
          ...missed.slice(0, examples).map(exampleLine),
          'wrong:',
          ...wrong.slice(0, examples).map(exampleLine),
          ...quiet.examples.slice(0, examples).map((example) => `  ${example}`),
        ]
      : []),
  ].join('\n');
}

export function peerLines(
  beside: Record<string, Beside>,
  corpora: Record<string, CorpusResult>,
  absent: readonly string[],
): string {
  const texts = Object.entries(beside).flatMap(([peer, { secrets, personal, mb_per_second }]) => [
    `${peer}, secrets`.padEnd(40) + scoreCells(secrets),
    `${peer}, personal data`.padEnd(40) + scoreCells(personal),
    `${peer}, MB/s of traffic`.padEnd(40) + mb_per_second.toFixed(2).padStart(9),
  ]);
  const row = (name: string, score: CorpusScore) =>
    `${name.padEnd(24)}${String(score.planted).padStart(9)}${String(score.wrong).padStart(7)}${rateCells(score)}`;
  const blocks = Object.entries(corpora).flatMap(([peer, { types, structured, all }]) => [
    '',
    heading(peer),
    ...Object.entries(types).map(([type, score]) => row(type, score)),
    row('structured', structured),
    row('all', all),
  ]);
  const head = `\n${'the same values in plain text'.padEnd(40)}${heading('').slice(24)}`;
  return [head, ...texts, ...blocks, ...absent.map((each) => `\n${each}`)].join('\n');
}

export function fuzzLines({ documents, findings, seconds, failures }: FuzzResult): string {
  const head = `${documents} documents, ${findings} findings, ${Math.round(documents / seconds)}/s, ${failures.length} failures`;
  return [head, ...failures.map((failure) => `  ${failure}`)].join('\n');
}
