import { createReadStream } from 'node:fs';
import { SluiceError } from '../../shared/errors.js';
import type { FileValidationReport, ValidationReport } from '../../shared/model/index.js';
import { decompressed } from '../intake/importers/reading/input.js';
import { records } from '../intake/importers/reading/values.js';
import { createRedactor, defaultPolicy } from '../redact/index.js';
import { type Scan, unreadableRecord, validateRecord } from '../validate/index.js';

/** The rules that captures are redacted by. Findings are told, nothing is replaced: any key will do. */
export function openScan(): Scan {
  const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32) });
  return (text) => redactor.spans(text).findings;
}

/** Checks each record of a file; `-` is standard input. Throws usage where it cannot be read. */
export async function* reportsOf(file: string, scan: Scan | undefined): AsyncGenerator<FileValidationReport> {
  const place = (where: string, report: ValidationReport): FileValidationReport => ({
    file: file === '-' ? 'stdin' : file,
    where,
    ...report,
  });
  let found = 0;
  try {
    const input: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
    for await (const entry of records(await decompressed(input))) {
      found += 1;
      if ('skipped' in entry) yield place(entry.skipped.where, unreadableRecord(entry.skipped.reason));
      else yield place(entry.where, validateRecord(entry.value, scan));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SluiceError || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw new SluiceError('usage', `${file} cannot be read (${code}).`);
  }
  if (found === 0) yield place('', unreadableRecord('There is no record in it.'));
}
