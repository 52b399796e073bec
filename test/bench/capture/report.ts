import { cpus } from 'node:os';
import type { MemoryResult } from './memory.js';
import type { Absent } from './peers.js';
import type { StreamingResult } from './streaming.js';
import type { ThroughputResult } from './throughput.js';

export interface Report {
  date: string;
  command: string;
  machine: string;
  throughput: ThroughputResult[][];
  streaming: StreamingResult[];
  memory: MemoryResult[];
  absent: Absent[];
}

/** One table, ready to be set in any way. */
interface Table {
  title: string;
  head: string[];
  rows: string[][];
  notes: string[];
}

export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, ${process.platform}`;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const ms = (value: number) => `${value.toFixed(2)} ms`;

function tables(report: Report): Table[] {
  return [
    ...report.throughput.map(throughputTable),
    streamingTable(report.streaming),
    memoryTable(report.memory),
  ].filter((table) => table.rows.length > 0);
}

function throughputTable(results: ThroughputResult[]): Table {
  const sluice = results.find(({ name }) => name === 'sluice');
  const kept = sluice?.stored;
  return {
    title: `${results[0]?.connections} keep-alive HTTPS connection${results[0]?.connections === 1 ? '' : 's'}`,
    head: ['through', 'requests/s', 'p50', 'p99', 'Sluice against it'],
    rows: results.map((result) => [
      result.label,
      whole(result.requestsPerSecond),
      ms(result.p50Ms),
      ms(result.p99Ms),
      sluice && result !== sluice ? `${(sluice.requestsPerSecond / result.requestsPerSecond).toFixed(2)}x` : '',
    ]),
    notes: kept
      ? [
          `Sluice: ${whole(kept.stored)} of ${whole(kept.sent)} exchanges stored, the last ${kept.secondsUntil.toFixed(1)} s after the load ended.`,
        ]
      : [],
  };
}

function streamingTable(results: StreamingResult[]): Table {
  return {
    title: '50 event streams at once, 50 chunks a second each: time added to direct',
    head: ['through', 'first byte p50', 'p99', 'chunk p50', 'p99'],
    rows: results.map(({ name, label, firstByte, chunk }) => [
      name === 'direct' ? `${label} (absolute)` : label,
      ms(firstByte.p50Ms),
      ms(firstByte.p99Ms),
      ms(chunk.p50Ms),
      ms(chunk.p99Ms),
    ]),
    notes: [],
  };
}

function memoryTable(results: MemoryResult[]): Table {
  return {
    title: "Sluice's resident memory, all threads, while 1 GiB passes",
    head: ['body', 'before', 'peak', 'growth', 'after', 'MiB/s'],
    rows: results.map((result) => [
      result.name,
      `${whole(result.beforeMib)} MiB`,
      `${whole(result.peakMib)} MiB`,
      `${whole(result.growthMib)} MiB`,
      `${whole(result.afterMib)} MiB`,
      whole(result.mibPerSecond),
    ]),
    notes: [],
  };
}

export function forPeople(report: Report): string {
  const blocks = tables(report).map(({ title, head, rows, notes }) => {
    const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
    const line = (cells: string[]) =>
      cells
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number),
        )
        .join('  ')
        .trimEnd();
    return [title, line(head), ...rows.map(line), ...notes].join('\n');
  });
  return [...blocks, ...report.absent.map(({ name, why }) => `${name} was not measured: ${why}.`)].join('\n\n');
}

export function asMarkdown(report: Report): string {
  const blocks = tables(report).map(({ title, head, rows, notes }) =>
    [
      `**${title}**`,
      '',
      `| ${head.join(' | ')} |`,
      `|${head.map((_, column) => (column === 0 ? '---' : '--:')).join('|')}|`,
      ...rows.map((row) => `| ${row.join(' | ')} |`),
      ...(notes.length > 0 ? ['', ...notes] : []),
    ].join('\n'),
  );
  const absent = report.absent.map(({ name, why }) => `${name} was not measured: ${why}.`);
  return [`${report.date}, ${report.machine}: \`${report.command}\``, ...blocks, ...absent].join('\n\n');
}
