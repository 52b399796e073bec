import type { FindingPlacement } from '../../../shared/model/index.js';

const argumentKeys =
  /\.(?:arguments|args|partial_json|partial_?[aA]rgs|parsed_arguments|tool_calls|toolUse|tool_use|functionCall|function_call)(?=[.[#]|$)/;
const resultKeys = /\.(?:toolResult|tool_result|functionResponse|function_response)(?=[.[#]|$)/;
const definitionKeys = /^\.(?:tools|functions|toolConfig|tool_config)(?=[.[#]|$)/;
const systemKeys = /^\.(?:request\.)?(?:system|instructions|systemInstruction|system_instruction)(?=[.[#]|$)/;
const messageKeys = /^\.(?:messages|input|contents|prompt|message|content|query|inputText)(?=[.[#]|$)/;
const answerKeys =
  /\.(?:choices|candidates|output|output_text|delta|content|message|text|completion|response|thinking)(?=[.[#]|$)/;

/**
 * Where a finding stands, by its path alone and for all wire formats: what stands under `functionCall` is a tool's
 * arguments whoever calls it so. `roles`: those of the request's messages, where a path names a message and not its part.
 */
export function placementOf(path: string, roles: readonly string[] = []): FindingPlacement {
  const placement = remembered(path);
  if (placement !== 'message' || roles.length === 0) return placement;
  const role = roles[Number(/^request\.body\.messages\[(\d+)\]/.exec(path)?.[1] ?? -1)];
  return role === 'system' || role === 'developer' ? 'system_prompt' : role === 'tool' ? 'tool_result' : placement;
}

/** The same few paths come again and again, but for the numbers in them. */
const placements = new Map<string, FindingPlacement>();
const mostPlacements = 10_000;

function remembered(path: string): FindingPlacement {
  const shape = path.includes('[') ? path.replace(/\d+\]/g, '0]') : path;
  let placement = placements.get(shape);
  if (placement === undefined) {
    placement = byShape(shape);
    // Keys in a path come from outside.
    if (placements.size >= mostPlacements) placements.clear();
    placements.set(shape, placement);
  }
  return placement;
}

function byShape(path: string): FindingPlacement {
  if (path.startsWith('request.headers') || path.startsWith('request.trailers')) return 'request_header';
  if (/^response\.(?:headers|trailers|informational)/.test(path)) return 'response_header';
  if (path.startsWith('request.body')) return inRequest(path.slice('request.body'.length));
  if (path.startsWith('response.body')) return inResponse(path.slice('response.body'.length));
  if (path === 'url' || path === 'method') return 'url';
  if (path.startsWith('error') || path.startsWith('issues')) return 'error';
  return 'metadata';
}

function inRequest(path: string): FindingPlacement {
  // A record of intake holds a call in its own neutral form, and events.
  if (path.startsWith('.trace.title')) return 'title';
  if (/^\.(?:trace|extra|metadata|user|safety_identifier)(?=[.[#]|$)/.test(path)) return 'metadata';
  const at = path.startsWith('.call.request.') ? path.slice('.call.request'.length) : path;
  if (path.startsWith('.call.response')) return inResponse(path.slice('.call.response'.length));
  if (systemKeys.test(at)) return 'system_prompt';
  if (definitionKeys.test(at)) return 'tool_definition';
  if (resultKeys.test(at) || isResultPart(at)) return 'tool_result';
  if (argumentKeys.test(at) || isInput(at)) return 'tool_arguments';
  if (/^\.(?:error)(?=[.[#]|$)/.test(at)) return 'error';
  if (messageKeys.test(at) || /^\.events\[\d+\]\.(?:text|content)/.test(at)) return 'message';
  return 'request_body';
}

function inResponse(path: string): FindingPlacement {
  const at = path.replace(/^\.(?:events|messages)\[\d+\](?=\.)/, '');
  if (/^(?:\.response)?\.error(?=[.[#]|$)/.test(at)) return 'error';
  if (/^\.result\.tools(?=[.[#]|$)/.test(at)) return 'tool_definition';
  if (/^\.result(?=[.[#]|$)/.test(at) || resultKeys.test(at)) return 'tool_result';
  if (argumentKeys.test(at) || isInput(at)) return 'tool_arguments';
  return answerKeys.test(at) ? 'answer' : 'response_body';
}

/** A block within a message that holds content of its own, or an output in a list of items, answers a tool. */
function isResultPart(path: string): boolean {
  return (
    /^\.messages\[\d+\]\.content\[\d+\]\.(?:content|output)(?=[.[#]|$)/.test(path) ||
    /\.parts\[\d+\]\.result(?=[.[#]|$)/.test(path) ||
    /^\.input\[\d+\]\.output(?=[.[#]|$)/.test(path) ||
    /^\.events\[\d+\]\.(?:result|output|stdout|stderr)(?=[.[#]|$)/.test(path)
  );
}

/** Anthropic's name for a tool's arguments: the input of a block, never the list of messages that a request begins with. */
function isInput(path: string): boolean {
  return /\.content(?:\[\d+\]|_block)\.input(?=[.[#]|$)/.test(path) || /^\.params\.arguments/.test(path);
}

/** What tells values apart: the pseudonym or surrogate; null for a mask, which is the same for every value of an entity. */
export function findingValue(replacement: string): string | null {
  const masked = replacement.endsWith('_MASKED>') && /^<[A-Z0-9_]+>$/.test(replacement);
  return masked ? null : replacement.slice(0, longestValue);
}
const longestValue = 200;
