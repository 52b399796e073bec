/** Whether a path is one of a run's reports, as `TestCommand.reports` names them: `*` within a name, `**` any folders. */
export function isReport(path: string, reports: readonly string[]): boolean {
  return reports.some((report) => report === path || (report.includes('*') && pattern(report).test(path)));
}

function pattern(report: string): RegExp {
  const source = report
    .split(/(\*\*\/|\*)/)
    .map((part) =>
      part === '**/' ? '(?:[^/]+/)*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`);
}
