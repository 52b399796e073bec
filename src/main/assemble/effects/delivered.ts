import type { EffectChange, EffectNode, LineageReader, ToolResultArrival } from '../../../shared/model/index.js';
import { sameArguments } from './keys.js';
import { resultAltered } from './result.js';

/**
 * What the results that a model was given say about the effects of their tool calls: whether they are what came over the
 * wire. The real duration replaces the inferred one.
 * Of twins (the same tool with the same arguments, asked for in one answer) nothing but the result tells which effect
 * was whose: they change places where that makes the results agree.
 */
export function deliver(
  results: ToolResultArrival[],
  lineage: LineageReader,
): { results: ToolResultArrival[]; effects: EffectChange[] } {
  const joined = results.map((result) => lineage.effectOf(result.trace_id, result.tool_call_id));
  const effects: EffectChange[] = [];
  const groups = new Map<string, number[]>();
  joined.forEach((effect, index) => {
    if (effect === null) return;
    const key = `${results[index]?.call_id}\0${effect.name}\0${sameArguments(effect.arguments)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  const timed = [...results];
  for (const group of groups.values()) {
    const own = dealt(
      group.map((index) => results[index] as ToolResultArrival),
      group.map((index) => joined[index] as EffectNode),
    );
    group.forEach((index, place) => {
      const result = results[index] as ToolResultArrival;
      const effect = own[place] as EffectNode;
      if (effect !== joined[index]) effects.push(moved(effect, result));
      if (effect.ended_at !== null && effect.join?.part !== true) {
        timed[index] = { ...result, duration_ms: (effect.ended_at - effect.started_at) / 1000 };
      }
      if (effect.result !== null) {
        const result_altered = resultAltered(effect.result, result.result);
        effects.push({ type: 'delivered', effect_id: effect.effect_id, result_altered });
      }
    });
  }
  return { results: timed, effects };
}

/** Twins beyond this many keep their order: each is compared with each. */
const mostTwins = 16;

/** The effects in the order of the results: where the results agree, else as they stand. */
function dealt(results: ToolResultArrival[], effects: EffectNode[]): EffectNode[] {
  if (effects.length === 1 || effects.length > mostTwins) return effects;
  const agree = (result: ToolResultArrival, effect: EffectNode) =>
    effect.result !== null && !resultAltered(effect.result, result.result);
  const free = new Set(effects);
  const take = (effect: EffectNode | undefined) => {
    if (effect !== undefined) free.delete(effect);
    return effect;
  };
  const kept = results.map((result, index) => {
    const effect = effects[index] as EffectNode;
    return agree(result, effect) ? take(effect) : undefined;
  });
  const found = results.map((result, index) => kept[index] ?? take([...free].find((effect) => agree(result, effect))));
  const stays = results.map((_, index) => {
    const effect = effects[index] as EffectNode;
    return found[index] ?? (free.has(effect) ? take(effect) : undefined);
  });
  return stays.map((effect) => effect ?? (take([...free][0]) as EffectNode));
}

function moved(effect: EffectNode, result: ToolResultArrival): EffectChange {
  const { trace_id, tool_call_id, call_id } = result;
  const evidence = `${effect.join?.evidence ?? ''}; told from its twins by the result`;
  return {
    type: 'join',
    effect_id: effect.effect_id,
    trace_id,
    tool_call_id,
    call_id,
    join: {
      basis: 'name, arguments and result',
      confidence: 0.95,
      ...(effect.join?.part ? { part: true } : {}),
      evidence,
    },
    arguments_altered: effect.join?.basis === 'name and time',
  };
}
