export interface RunFile {
  /** `traces-00012.jsonl` */
  name: string;
  /** The id of the domain that it is of. */
  domain: string;
  from: number;
  count: number;
}

/** What a file is called as Parquet, beside its lines. */
export const parquetName = ({ name }: Pick<RunFile, 'name'>): string => name.replace(/\.jsonl$/, '.parquet');

/** The files of a run, in their order: those of one domain stand together, since what was made twice is looked for within a domain. */
export function filesOf(domains: readonly string[], total: number, perFile: number): RunFile[] {
  const files: RunFile[] = [];
  for (const [index, domain] of domains.entries()) {
    const own = Math.floor(total / domains.length) + (index < total % domains.length ? 1 : 0);
    for (let from = 0; from < own; from += perFile)
      files.push({
        name: `traces-${String(files.length).padStart(5, '0')}.jsonl`,
        domain,
        from,
        count: Math.min(perFile, own - from),
      });
  }
  return files;
}
