import { Command } from 'commander';
import type { FileValidationReport } from '../../../shared/model/index.js';
import { openSummary } from '../../validate/index.js';
import { printed } from '../standard-output.js';
import { openScan, reportsOf } from '../validate-file.js';

/** Records of a file whose issues are shown without --json. */
const mostShown = 100;
const mostIssues = 5;

/** Checks files that Sluice or another program wrote; needs no engine and no data folder. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('check traces, data sets and telemetry in JSON or JSONL files')
    .argument('<file...>', 'files, gzip and zstd too, or - for standard input')
    .option('--json', 'print {reports, summary}: every record with its errors and warnings')
    .option('--no-pii', 'do not search for personal data and secrets that are left')
    .action(async (files: string[], flags: { json?: boolean; pii: boolean }) => {
      const scan = flags.pii ? openScan() : undefined;
      const summary = openSummary();
      const out = flags.json ? jsonOutput() : textOutput();
      for (const file of files) {
        for await (const report of reportsOf(file, scan)) {
          summary.add(report);
          await out.report(report);
        }
      }
      const total = summary.summary();
      await out.end(total);
      if (total.invalid > 0) process.exitCode = 1;
    });
}

interface Output {
  report(report: FileValidationReport): Promise<void>;
  end(summary: object): Promise<void>;
}

/** One JSON document, written as it comes: reports of a large file need no memory. */
function jsonOutput(): Output {
  let before = '{"reports":[';
  return {
    async report(report) {
      await printed(`${before}\n${JSON.stringify(report)}`);
      before = ',';
    },
    end: (summary) => printed(`${before === ',' ? '' : before}\n],"summary":${JSON.stringify(summary)}}\n`),
  };
}

function textOutput(): Output {
  let shown = 0;
  let hidden = 0;
  return {
    async report({ file, where, shape, valid, errors, warnings }) {
      if (valid && warnings.length === 0) return;
      if (shown === mostShown) {
        hidden += 1;
        return;
      }
      shown += 1;
      const lines = [`${file}${where === '' ? '' : `, ${where}`}: ${shape} ${valid ? 'valid' : 'INVALID'}`];
      const issues = [
        ...errors.map((issue) => ({ kind: 'error', ...issue })),
        ...warnings.map((issue) => ({ kind: 'warning', ...issue })),
      ];
      for (const { kind, code, path, message } of issues.slice(0, mostIssues)) {
        lines.push(`  ${kind} ${code}${path === '' ? '' : ` at ${path}`}: ${message}`);
      }
      if (issues.length > mostIssues) lines.push(`  and ${issues.length - mostIssues} more`);
      await printed(`${lines.join('\n')}\n`);
    },
    async end(summary) {
      const { traces, valid, invalid, errors_by_code, warnings_by_code } = summary as ReturnType<
        ReturnType<typeof openSummary>['summary']
      >;
      const lines = hidden > 0 ? [`and ${hidden} more records; --json shows all`] : [];
      lines.push(`${traces} records: ${valid} valid, ${invalid} invalid`);
      for (const [kind, counts] of Object.entries({ errors: errors_by_code, warnings: warnings_by_code })) {
        const counted = Object.entries(counts).map(([code, count]) => `${code} ${count}`);
        if (counted.length > 0) lines.push(`  ${kind}: ${counted.join(', ')}`);
      }
      await printed(`${lines.join('\n')}\n`);
    },
  };
}
