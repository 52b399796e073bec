import type { ModelProfile, ProbeCheck, StructureMode } from '../../../../shared/model/index.js';

export const checkWords: Record<ProbeCheck['check'], string> = {
  max_completion_tokens: 'max_completion_tokens',
  max_tokens: 'max_tokens',
  temperature: 'temperature',
  reasoning_effort: 'reasoning effort',
  json_schema: 'JSON schema',
  json_mode: 'JSON mode',
};

export const structureWords: Record<StructureMode, string> = {
  schema: 'answers by JSON schema',
  json: 'answers by JSON mode',
  plain: 'answers by asking alone',
};

export function keyText({ key, key_present }: ModelProfile): string {
  if (key.kind === 'none') return 'none is needed';
  const place = key.kind === 'env' ? `the variable ${key.variable}` : 'sealed by this desktop’s keychain';
  if (key_present) return place;
  return key.kind === 'env'
    ? `${place}, which is not set: set it and start the engine again`
    : `${place}, which cannot be opened here: set the key again`;
}

export function pricesText({ price, priced_by }: ModelProfile): string {
  if (price === null) return priced_by === 'table' ? 'as the price table has it' : 'not known: no cost is told';
  return `$${price.input} in, $${price.output} out for a million tokens${priced_by === 'table' ? ', by the price table' : ''}`;
}
