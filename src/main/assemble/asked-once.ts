import type { LineageReader } from '../../shared/model/index.js';

/** The same lineage for as long as nothing is stored: what several rules ask is looked up once. */
export function askedOnce(lineage: LineageReader): LineageReader {
  return {
    byResponseId: once(lineage.byResponseId),
    byConversationId: once(lineage.byConversationId),
    byToolCallId: once(lineage.byToolCallId),
    byResponseChain: once(lineage.byResponseChain),
    byRequestChain: once(lineage.byRequestChain),
    bySessionKey: once(lineage.bySessionKey),
    byFingerprint: once(lineage.byFingerprint),
    call: once(lineage.call),
    modelOf: once(lineage.modelOf),
    byTraceKey: once(lineage.byTraceKey),
    traceById: once(lineage.traceById),
    hasEvent: once(lineage.hasEvent),
    callContent: once(lineage.callContent),
    toolCallsByKey: once(lineage.toolCallsByKey),
    openEffects: once(lineage.openEffects),
    effectByHalf: once(lineage.effectByHalf),
    effectOf: once(lineage.effectOf),
    note: once(lineage.note),
  };
}

function once<Asked extends (string | undefined)[], Answer>(look: (...asked: Asked) => Answer) {
  const answers = new Map<string, Answer>();
  return (...asked: Asked): Answer => {
    const key = asked.join('\0');
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = look(...asked);
      answers.set(key, answer);
    }
    return answer;
  };
}
