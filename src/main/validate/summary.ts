import type { BatchValidation, ValidationReport, ValidationSummary } from '../../shared/model/index.js';

const mostReports = 100;

/** Counts reports one after the other, however many there are. */
export function openSummary() {
  const summary: ValidationSummary = { traces: 0, valid: 0, invalid: 0, errors_by_code: {}, warnings_by_code: {} };
  const reports: ValidationReport[] = [];
  return {
    add(report: ValidationReport): void {
      summary.traces += 1;
      summary[report.valid ? 'valid' : 'invalid'] += 1;
      count(summary.errors_by_code, report.errors);
      count(summary.warnings_by_code, report.warnings);
      if (!report.valid && reports.length < mostReports) reports.push(report);
    },
    summary: (): ValidationSummary => summary,
    /** With the first of the invalid ones. */
    batch: (): BatchValidation => ({ ...summary, reports }),
  };
}

export function summarize(reports: Iterable<ValidationReport>): ValidationSummary {
  const open = openSummary();
  for (const report of reports) open.add(report);
  return open.summary();
}

function count(counts: { [code: string]: number }, issues: ValidationReport['errors']): void {
  for (const code of new Set(issues.map((issue) => issue.code))) counts[code] = (counts[code] ?? 0) + 1;
}
