import { type Json, qaResultsOf, type Trace, traceSchema, type ValidationReport } from '../../shared/model/index.js';
import { checkCompleteness } from './completeness.js';
import { checkIntegrity } from './integrity.js';
import { checkLeftovers, type Scan } from './leftovers.js';
import { openReport } from './report.js';
import { holds } from './schema-check.js';

/**
 * Checks a trace: its schema, whether its parts fit together, what is absent, and, with a scan, what is left that
 * redaction should have replaced. Where the schema does not hold nothing else is checked, for nothing can be relied on.
 */
export function validateTrace(trace: Trace, scan?: Scan): ValidationReport {
  return validateTraceValue(trace, scan);
}

export function validateTraceValue(sent: unknown, scan?: Scan): ValidationReport {
  const report = openReport();
  const value = ofToday(sent);
  if (holds(traceSchema, value, report.note)) {
    checkIntegrity(value, report.note);
    checkCompleteness(value, report.note);
    if (scan !== undefined) {
      checkLeftovers(value as unknown as { [key: string]: Json }, scan, report.note, value.steps.length > 0);
    }
  }
  const { trace_id } = value as { trace_id?: unknown };
  return report.close('trace', typeof trace_id === 'string' ? trace_id : null);
}

/** A trace of an earlier version in today's shape. */
function ofToday(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('qa_results' in value)) return value;
  return { ...value, qa_results: qaResultsOf(value.qa_results as Json) };
}
