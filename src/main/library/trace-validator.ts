import type { Json } from '../../shared/model/index.js';
import { openScan, reportsOf } from '../hosts/validate-file.js';
import { type Scan, validateRecord } from '../validate/index.js';
import type { ValidationResult } from './types.js';

/** Checks traces, tool calls and rows of data sets: their schema, whether their parts fit together, what is personal or secret in them. */
export class TraceValidator {
  readonly #scan: Scan | undefined;

  /** @param options `pii: false` does not search for personal data and secrets */
  constructor({ pii = true }: { pii?: boolean } = {}) {
    this.#scan = pii ? openScan() : undefined;
  }

  /** Checks a record, whichever of the public shapes it has. */
  validate(record: object): ValidationResult {
    const { valid, errors, warnings } = validateRecord(record as { [key: string]: Json }, this.#scan);
    const placed = (issues: typeof errors) => issues.map((issue) => ({ where: '', ...issue }));
    return { file: null, valid, errors: placed(errors), warnings: placed(warnings), records: 1 };
  }

  /**
   * Checks files (JSON, JSON lines; gzip and zstd too) and records, one result for each in their order. A file is valid where all
   * of its records are.
   * @throws SluiceError `usage` where a file cannot be read
   */
  async validate_batch(traces: Iterable<string | object>): Promise<ValidationResult[]> {
    const results: ValidationResult[] = [];
    for (const trace of traces)
      results.push(typeof trace === 'string' ? await this.#file(trace) : this.validate(trace));
    return results;
  }

  async #file(file: string): Promise<ValidationResult> {
    const result: ValidationResult = { file, valid: true, errors: [], warnings: [], records: 0 };
    for await (const { where, valid, errors, warnings } of reportsOf(file, this.#scan)) {
      result.records += 1;
      result.valid &&= valid;
      result.errors.push(...errors.map((issue) => ({ where, ...issue })));
      result.warnings.push(...warnings.map((issue) => ({ where, ...issue })));
    }
    return result;
  }
}
