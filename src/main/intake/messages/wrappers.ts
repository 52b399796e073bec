import type { ChatMessage, IntakeCall } from '../../../shared/model/index.js';

/** An observation of a trace, as far as it matters what stands around what. */
export interface Watched {
  id: string;
  parent_id: string | null;
  call: IntakeCall | undefined;
}

export const wrapperReason = 'tells of a call that stands below it once more';

/**
 * Calls that only wrap another: a framework and the client below it, or a function and the call in it, both report what the model
 * answered. Found by what stands below them and answers the same; the inner one is the call, with what only the outer one
 * counted.
 */
export function wrappersOf<W extends Watched>(watched: readonly W[]): Set<W> {
  const around = nearestCalls(watched);
  /** By outer call: the calls directly below it. */
  const below = new Map<W, W[]>();
  for (const one of watched) {
    const outer = one.call === undefined ? undefined : around(one);
    if (outer === undefined) continue;
    const inner = below.get(outer);
    if (inner === undefined) below.set(outer, [one]);
    else inner.push(one);
  }
  const wrappers = new Set<W>();
  for (const [outer, inner] of below) {
    const call = outer.call as IntakeCall;
    const answer = answerOf(call);
    const same = inner.findLast((one) => answer === '' || answerOf(one.call as IntakeCall) === answer);
    if (same === undefined) continue;
    wrappers.add(outer);
    if (inner.length === 1) fill(same.call as IntakeCall, call);
  }
  return wrappers;
}

/** Finds the call that an observation stands below; each is looked at once, however they are nested. */
function nearestCalls<W extends Watched>(watched: readonly W[]): (one: W) => W | undefined {
  const byId = new Map(watched.map((one) => [one.id, one]));
  const nearest = new Map<W, W | undefined>();
  return (one) => {
    const path: W[] = [];
    const seen = new Set<W>();
    let found: W | undefined;
    for (let at: W | undefined = one; at !== undefined && !seen.has(at); ) {
      if (nearest.has(at)) {
        found = nearest.get(at);
        break;
      }
      path.push(at);
      seen.add(at);
      const parent: W | undefined = at.parent_id === null ? undefined : byId.get(at.parent_id);
      if (parent?.call !== undefined) {
        found = parent === one ? undefined : parent;
        break;
      }
      at = parent;
    }
    for (const step of path) nearest.set(step, found);
    return found;
  };
}

/** What was answered, however it is cut into parts and whatever ids its calls have. */
function answerOf({ response }: IntakeCall): string {
  return (response?.messages ?? []).map(wordsOf).join('\n').replace(/\s+/g, ' ').trim();
}

function wordsOf({ parts }: ChatMessage): string {
  return parts
    .map((part) => {
      if (part.type === 'text' || part.type === 'refusal') return part.text;
      return part.type === 'tool_call' ? `${part.name}(${JSON.stringify(part.arguments)})` : '';
    })
    .join('');
}

/** What the inner call does not say and the outer does. */
function fill(inner: IntakeCall, outer: IntakeCall): void {
  inner.request.model ??= outer.request.model;
  if (inner.request.tools.length === 0) inner.request.tools = outer.request.tools;
  if (inner.cost_usd === undefined && outer.cost_usd !== undefined) inner.cost_usd = outer.cost_usd;
  if (inner.response === null || outer.response === null) return;
  inner.response.model ??= outer.response.model;
  inner.response.usage ??= outer.response.usage;
  if (inner.response.messages.length === 0) inner.response.messages = outer.response.messages;
}
