/** Every code that validation gives, what it means, and whether it makes a trace invalid. Stable: programs match them. */
export const validationCodes = {
  // schema
  json_invalid: { severity: 'error', meaning: 'The line or document is not a JSON object, or too large to be read.' },
  shape_unknown: { severity: 'error', meaning: 'The record has no shape that Sluice writes.' },
  schema_invalid: { severity: 'error', meaning: 'A field does not hold what its schema demands.' },
  // integrity
  id_duplicate: { severity: 'error', meaning: 'Two records of the trace have the same id.' },
  reference_missing: { severity: 'error', meaning: 'An id names nothing that is in the trace.' },
  reference_cycle: { severity: 'error', meaning: 'A record is its own ancestor.' },
  tool_result_without_call: {
    severity: 'error',
    meaning: 'A result answers a tool call that the trace does not have.',
  },
  tool_call_unanswered: { severity: 'error', meaning: 'The trace is completed, and a tool call has no result.' },
  tool_status_contradicted: { severity: 'error', meaning: 'A tool call is pending although its result is there.' },
  sequence_invalid: { severity: 'error', meaning: 'Steps are not numbered upwards.' },
  time_reversed: { severity: 'error', meaning: 'Something ends before it begins.' },
  time_outside: { severity: 'error', meaning: 'Something happened before its trace began or after it ended.' },
  count_mismatch: { severity: 'error', meaning: 'A count is not the length of its list.' },
  conversation_invalid: {
    severity: 'error',
    meaning: 'A conversation to train on begins in the middle, or does not end with an answer.',
  },
  pii_left: { severity: 'error', meaning: 'A text holds what redaction finds.' },
  // completeness
  time_unordered: { severity: 'warning', meaning: 'A step is earlier than the one before it.' },
  tool_call_pending: { severity: 'warning', meaning: 'A tool call has no result; the trace is not completed.' },
  tool_result_unpaired: { severity: 'warning', meaning: 'A result does not say which tool call it answers.' },
  history_missing: { severity: 'warning', meaning: 'The trace goes on from something that was never captured.' },
  model_missing: { severity: 'warning', meaning: 'A call does not say which model answered.' },
  usage_missing: { severity: 'warning', meaning: 'A call that answered does not say what it used.' },
  ended_at_missing: { severity: 'warning', meaning: 'The trace is over and does not say when it ended.' },
  call_partial: { severity: 'warning', meaning: 'The answer of a call is cut off.' },
  part_unread: { severity: 'warning', meaning: 'A message has a part of a kind that is not read, kept as it came.' },
  empty: { severity: 'warning', meaning: 'Nothing happened in the trace.' },
  scan_limited: {
    severity: 'warning',
    meaning: 'The trace is so long that only its beginning was searched for personal data.',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; meaning: string }>;

export type ValidationCode = keyof typeof validationCodes;
