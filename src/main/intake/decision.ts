import { costOf, type Decision, type Json, type Quantity, secondsOf } from '../../shared/model/index.js';

type Fields = { [name: string]: Json };
type Read = (value: Quantity) => number | undefined;

/** Numbers of options and outcomes, with how their text is read. */
const ofOption: { [name: string]: Read } = { estimated_cost: costOf, estimated_time: secondsOf };
const ofOutcome: { [name: string]: Read } = { actual_cost: costOf, actual_time: secondsOf };

const ownFields = ['context', 'available_options', 'decision', 'reasoning', 'confidence', 'tool_call_ids', 'outcome'];
/** What the event has besides the decision itself. */
const eventFields = ['type', 'timestamp', 'event_id', 'duration_ms', 'agent', 'data', 'payload', 'sent_as'];

export type SentDecision = Omit<Decision, 'decision_id' | 'trace_id' | 'call_id' | 'timestamp' | 'origin'>;

/** A decision as it was sent: its costs and times as numbers, and their text beside them; what has no field is kept. */
export function sentDecision(sent: object): SentDecision {
  const fields = sent as Fields & { decision: string };
  const { context, available_options, decision, reasoning, confidence, tool_call_ids, outcome } = fields;
  const more = without(fields, [...ownFields, ...eventFields]);
  return {
    decision,
    available_options: (Array.isArray(available_options) ? available_options : []).flatMap((option) => {
      if (typeof option === 'string') return [{ option }];
      return isFields(option) ? [numbersOf(option, ofOption) as Fields & { option: string }] : [];
    }),
    tool_call_ids: (Array.isArray(tool_call_ids) ? tool_call_ids : []).filter((id) => typeof id === 'string'),
    ...(typeof context === 'string' ? { context } : {}),
    ...(typeof reasoning === 'string' ? { reasoning } : {}),
    ...(typeof confidence === 'number' ? { confidence } : {}),
    ...(isFields(outcome) ? { outcome: numbersOf(outcome, ofOutcome) } : {}),
    ...(Object.keys(more).length === 0 ? {} : { as_sent: more }),
  };
}

/** The same fields with numbers in the place of text; the text stands in `as_sent`. */
function numbersOf(fields: Fields, reads: { [name: string]: Read }): Fields {
  const asSent: Fields = {};
  const read: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    const parse = Object.hasOwn(reads, name) ? reads[name] : undefined;
    if (parse === undefined || typeof value !== 'string') {
      read[name] = value;
      continue;
    }
    asSent[name] = value;
    const number = parse(value);
    if (number !== undefined) read[name] = number;
  }
  return Object.keys(asSent).length === 0 ? read : { ...read, as_sent: asSent };
}

/** The fields but for those of these names. */
function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !names.includes(name) && value !== undefined),
  );
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
