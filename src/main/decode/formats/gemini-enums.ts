import type { Json } from '../../../shared/model/index.js';
import { wordOf } from './json.js';

/** The two services that speak the format number their enums differently. */
export type GeminiApi = 'developer' | 'vertex';

/** Which service a URL names: Vertex AI's paths begin with the project or the publisher. */
export function geminiApi(path: string): GeminiApi {
  return /\/(?:projects|publishers)\//.test(path) ? 'vertex' : 'developer';
}

const common = ['FINISH_REASON_UNSPECIFIED', 'STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION', 'OTHER'];

/** Candidate.FinishReason of google.ai.generativelanguage.v1beta and google.cloud.aiplatform.v1, by number. */
export const finishReasons: Record<GeminiApi, readonly string[]> = {
  developer: [
    ...common,
    'LANGUAGE',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'MALFORMED_FUNCTION_CALL',
    'IMAGE_SAFETY',
    'UNEXPECTED_TOOL_CALL',
  ],
  vertex: [
    ...common,
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'MALFORMED_FUNCTION_CALL',
    'MODEL_ARMOR',
    'IMAGE_SAFETY',
    'IMAGE_PROHIBITED_CONTENT',
    'IMAGE_RECITATION',
    'IMAGE_OTHER',
    'UNEXPECTED_TOOL_CALL',
    'NO_IMAGE',
  ],
};

/** PromptFeedback.BlockReason, as far as both services agree. */
export const blockReasons = ['BLOCK_REASON_UNSPECIFIED', 'SAFETY', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT'];
export const modalities = ['MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT'];
export const trafficTypes = ['TRAFFIC_TYPE_UNSPECIFIED', 'ON_DEMAND', 'PROVISIONED_THROUGHPUT'];
export const outcomes = ['OUTCOME_UNSPECIFIED', 'OUTCOME_OK', 'OUTCOME_FAILED', 'OUTCOME_DEADLINE_EXCEEDED'];

/**
 * The name of an enum's value. Clients that ask for `$alt=json;enum-encoding=int` get its number; one that is newer than
 * the list is kept as that number.
 */
export function enumName(names: readonly string[], value: Json | undefined): string | undefined {
  if (typeof value !== 'number') return wordOf(value);
  return names[value] ?? String(value);
}
