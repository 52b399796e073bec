import type { Json, Step } from '../model/index.js';

/** Names and times of one run: two steps that say the same differ in them. */
export const ofTheRun: ReadonlySet<string> = new Set([
  'step_id',
  'seq',
  'timestamp',
  'duration_ms',
  'call_id',
  'message_hash',
  'decision_id',
  'tool_call_id',
  'suspicion',
  'suspicion_reason',
]);

/** What a step says, as 16 hex characters: the same for steps of two runs that say the same, whatever the order of their keys. */
export function stepHash(step: Step): string {
  const fields = Object.entries(step).filter(([key, value]) => !ofTheRun.has(key) && value !== undefined);
  return hashOf(canonical(Object.fromEntries(fields) as Json));
}

/** What may stand beside each other where steps differ: messages of one role, calls and results of one tool. */
export function stepKind(step: Step): string {
  if (step.type === 'message') return `message ${step.role}`;
  if (step.type === 'tool_call' || step.type === 'tool_result') return `${step.type} ${step.name ?? ''}`;
  return step.type;
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

/** 64 bits of two multiplicative hashes side by side (cyrb53’s mixing): to tell steps apart, not to withstand anybody. */
function hashOf(text: string): string {
  let [one, two] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2_654_435_761);
    two = Math.imul(two ^ unit, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909);
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  return (one >>> 0).toString(16).padStart(8, '0') + (two >>> 0).toString(16).padStart(8, '0');
}
