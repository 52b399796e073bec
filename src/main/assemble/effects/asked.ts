import type {
  EffectChange,
  EffectJoin,
  EffectNode,
  LineageReader,
  Micros,
  NewToolCall,
} from '../../../shared/model/index.js';
import { sameTool } from './claim.js';
import { exactKey, nameKey, sameArguments } from './keys.js';
import { placeOf, urlKeys, urlsOf } from './urls.js';

/** Microseconds: an agent runs a tool while the rest of the answer still streams, or soon after. */
const window = 600 * 1_000_000;
const slack = 50_000;

export interface Asker {
  trace_id: string;
  call_id: string | null;
  started_at: Micros;
  ended_at: Micros;
}

/**
 * Effects that were stored before the tool calls that asked for them: the tool had run before the answer was read to its
 * end. Each tool call takes the earliest effect that fits and is not taken.
 */
export function effectsOfAsked(asker: Asker, tools: NewToolCall[], lineage: LineageReader): EffectChange[] {
  const taken = new Set<string>();
  return tools.flatMap((tool): EffectChange[] => {
    if (tool.effect_keys === undefined) return [];
    const found = effectFor(asker, tool, lineage, taken);
    if (found === null) return [];
    taken.add(found.effect.effect_id);
    const { trace_id, call_id } = asker;
    const { effect, join, arguments_altered } = found;
    const { tool_call_id } = tool;
    return [{ type: 'join', effect_id: effect.effect_id, trace_id, tool_call_id, call_id, join, arguments_altered }];
  });
}

interface Found {
  effect: EffectNode;
  join: EffectJoin;
  arguments_altered: boolean;
}

function effectFor(asker: Asker, tool: NewToolCall, lineage: LineageReader, taken: Set<string>): Found | null {
  const open = (key: string, accept: (effect: EffectNode) => boolean) =>
    lineage
      .openEffects(key)
      .filter(
        (effect) =>
          !taken.has(effect.effect_id) &&
          effect.started_at >= asker.started_at - slack &&
          effect.started_at <= asker.ended_at + window &&
          accept(effect),
      )
      .sort((a, b) => a.started_at - b.started_at);
  const named = (effect: EffectNode) => effect.protocol !== 'http' && sameTool(tool.name, effect.name);

  const same = sameArguments(tool.arguments);
  const exact = open(
    exactKey(tool.name, tool.arguments),
    (each) => named(each) && sameArguments(each.arguments) === same,
  );
  if (exact[0] !== undefined) {
    return {
      effect: exact[0],
      arguments_altered: false,
      join: join(
        'name and arguments',
        exact.length,
        0.95,
        `${tool.name} ran with these arguments while the answer came`,
      ),
    };
  }
  for (const { url, method, whole } of urlsOf(tool.name, tool.arguments)) {
    for (const [rank, key] of urlKeys(url).entries()) {
      const fetched = open(key, (effect) => {
        const [sent = '', address = ''] = effect.name.split(' ', 2);
        return (
          URL.canParse(address) && placeOf(new URL(address)) === placeOf(url) && (method === null || method === sent)
        );
      });
      if (fetched[0] === undefined) continue;
      const found = join(
        rank === 0 ? 'url' : 'host and path',
        fetched.length,
        rank === 0 ? 0.9 : 0.65,
        `${placeOf(url)} stands in the arguments of ${tool.name}`,
      );
      return {
        effect: fetched[0],
        arguments_altered: rank > 0 && url.search !== '',
        join: whole ? found : { ...found, part: true },
      };
    }
  }
  const near = open(nameKey(tool.name), named);
  if (near[0] === undefined) return null;
  return {
    effect: near[0],
    arguments_altered: true,
    join: join('name and time', near.length, 0.65, `${tool.name} ran with other arguments while the answer came`),
  };
}

function join(basis: string, rivals: number, confidence: number, evidence: string): EffectJoin {
  if (rivals === 1) return { basis, confidence, evidence };
  return { basis, confidence: confidence - 0.15, evidence: `${evidence}; the first of ${rivals} that were open` };
}
