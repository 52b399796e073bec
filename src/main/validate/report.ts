import type { ValidatedShape, ValidationIssue, ValidationReport } from '../../shared/model/index.js';
import { type ValidationCode, validationCodes } from './codes.js';

/** So many errors, and so many warnings, of one record are told. */
const mostIssues = 1000;

export type Note = (code: ValidationCode, path: string, message: string) => void;

/** Collects what is found of one record. */
export function openReport() {
  const lists: { error: ValidationIssue[]; warning: ValidationIssue[] } = { error: [], warning: [] };
  let truncated = false;
  const note: Note = (code, path, message) => {
    const list = lists[validationCodes[code].severity];
    if (list.length < mostIssues) list.push({ code, path, message: message.slice(0, 500) });
    else truncated = true;
  };
  return {
    note,
    close: (shape: ValidatedShape, trace_id: string | null): ValidationReport => ({
      trace_id,
      shape,
      valid: lists.error.length === 0,
      errors: lists.error,
      warnings: lists.warning,
      truncated,
    }),
  };
}
