import type { Capabilities, ModelPreset } from './model/index.js';

const full: Capabilities = {
  structure: 'schema',
  limit_field: 'max_tokens',
  temperature: true,
  reasoning_effort: false,
};

/**
 * Addresses that speak Chat Completions, with what is known of them. What a model takes differs within one address too: a
 * profile's probe goes before what stands here.
 */
export const modelPresets: readonly ModelPreset[] = [
  {
    id: 'openai',
    title: 'OpenAI',
    base_url: 'https://api.openai.com/v1',
    key_env: 'OPENAI_API_KEY',
    capabilities: { ...full, limit_field: 'max_completion_tokens', temperature: false, reasoning_effort: true },
    notes: [
      'Strict schemas: every field required, no others.',
      'Models that reason refuse max_tokens and another temperature than 1.',
    ],
  },
  {
    id: 'azure',
    title: 'Azure OpenAI',
    base_url: null,
    key_env: 'AZURE_OPENAI_API_KEY',
    capabilities: { ...full, limit_field: 'max_completion_tokens', temperature: false, reasoning_effort: true },
    notes: [
      'Address: https://RESOURCE.openai.azure.com/openai/v1. The model is the name of your deployment.',
      'Azure’s own filter may stop an answer; that is told apart from a refusal.',
    ],
  },
  {
    id: 'anthropic',
    title: 'Anthropic (compatible address)',
    base_url: 'https://api.anthropic.com/v1',
    key_env: 'ANTHROPIC_API_KEY',
    capabilities: { ...full, structure: 'plain' },
    notes: [
      'response_format, strict, logprobs, seed and metadata are ignored: the answer’s shape is asked for and checked here.',
      'Temperature is 1 at most; system messages are moved to the front.',
    ],
  },
  {
    id: 'gemini',
    title: 'Gemini (compatible address)',
    base_url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    key_env: 'GEMINI_API_KEY',
    capabilities: { ...full, reasoning_effort: true },
    notes: [
      'Schemas are a subset of JSON Schema: fields that may be absent break it, so none are sent.',
      'Unknown fields are answered by 400; the levels of effort differ by model.',
    ],
  },
  {
    id: 'openrouter',
    title: 'OpenRouter',
    base_url: 'https://openrouter.ai/api/v1',
    key_env: 'OPENROUTER_API_KEY',
    capabilities: full,
    notes: ['What is taken depends on the provider behind the model: probe it.'],
  },
  {
    id: 'ollama',
    title: 'Ollama',
    base_url: 'http://127.0.0.1:11434/v1',
    key_env: null,
    capabilities: full,
    notes: ['Runs on this machine: nothing leaves it.', 'A model’s context is short by default: set num_ctx there.'],
  },
  {
    id: 'vllm',
    title: 'vLLM',
    base_url: 'http://127.0.0.1:8000/v1',
    key_env: null,
    capabilities: full,
    notes: ['Schemas are enforced while tokens are drawn.'],
  },
  {
    id: 'lm-studio',
    title: 'LM Studio',
    base_url: 'http://127.0.0.1:1234/v1',
    key_env: null,
    capabilities: full,
    notes: ['JSON mode without a schema is refused; schemas are taken.'],
  },
  {
    id: 'custom',
    title: 'Another address',
    base_url: null,
    key_env: null,
    capabilities: full,
    notes: ['Any server that speaks Chat Completions.'],
  },
];
