import table from '../../../resources/prices.json' with { type: 'json' };
import type { Usage } from '../../shared/model/index.js';

/** USD per million tokens. A missing price means that the vendor does not sell it; such tokens cost as input. */
export interface Prices {
  input: number;
  /** Input read from the cache. */
  cached?: number;
  /** Input written to the cache for minutes, and for an hour or more. */
  cache_write?: number;
  cache_write_1h?: number;
  output: number;
  /** Prices of a whole request whose input is longer than this. */
  long?: { over: number } & Omit<Prices, 'long'>;
}

export interface PriceTable {
  version: number;
  /** Day on which the prices were gathered. */
  as_of: string;
  sources: string[];
  models: { [model: string]: Prices };
  /** Other documented names of a model. */
  aliases: { [alias: string]: string };
}

export const priceTable: PriceTable = table;

const models = new Map(Object.entries(priceTable.models));
const aliases = new Map(Object.entries(priceTable.aliases));
/** Tiers at list price. Others (batch, flex, priority, fast) have prices of their own, which the table does not hold. */
const standardTiers = new Set(['default', 'standard', 'auto']);

/**
 * Cost of a call in USD at list price; null where the model is not in the table, the usage is not known, or the call
 * was not made at the standard tier. Names match exactly, by alias, as the cloud names
 * them, or with a dated suffix taken off.
 */
export function costOf(model: string | null, usage: Usage | null, tier?: string): number | null {
  if (model === null || usage === null || usage.output_tokens === undefined || usage.input_tokens === undefined)
    return null;
  if (tier !== undefined && !standardTiers.has(tier)) return null;
  const prices = pricesOf(model);
  if (prices === undefined) return null;
  const input = usage.input_tokens;
  const rate = prices.long !== undefined && input > prices.long.over ? prices.long : prices;
  const cached = Math.min(usage.cached_input_tokens ?? 0, input);
  const written = Math.min(usage.cache_write_tokens ?? 0, input - cached);
  const writtenLong = Math.min(usage.cache_write_1h_tokens ?? 0, written);
  const write = rate.cache_write ?? rate.input;
  const total =
    (input - cached - written) * rate.input +
    cached * (rate.cached ?? rate.input) +
    (written - writtenLong) * write +
    writtenLong * (rate.cache_write_1h ?? write) +
    usage.output_tokens * rate.output;
  // To the hundred-millionth of a dollar: sums of binary fractions would show their tails.
  return Math.round(total * premium(model) * 100) / 1e8;
}

/**
 * Where the region is guaranteed, Bedrock sells Claude from 4.5 on at a tenth more than through its global endpoint
 * (platform.claude.com, pricing). Vertex AI's region stands in the host, not in the model: its price is the global one.
 */
function premium(model: string): number {
  const regional = /^(?:us|eu|apac|jp|au|ca|sa|us-gov)\.anthropic\.claude-(?!3|instant|v2|(?:opus|sonnet)-4(?:-1)?-20)/;
  return regional.test(model.slice(model.lastIndexOf('/') + 1)) ? 1.1 : 1;
}

function pricesOf(model: string): Prices | undefined {
  const own = vendorName(model);
  for (const name of [model, own, own.replace(/-(?:\d{4}-\d{2}-\d{2}|20\d{6})$/, '')]) {
    const prices = models.get(name) ?? models.get(aliases.get(name) ?? '');
    if (prices !== undefined) return prices;
  }
  return undefined;
}

/**
 * The vendor's own name of a model that a cloud sells under another: Bedrock's `us.anthropic.claude-opus-5-20260301-v1:0`
 * and inference profiles' ARNs, Vertex AI's `publishers/anthropic/models/claude-opus-5@20260301`, `models/gemini-3-pro`.
 * The clouds sell at the vendors' list prices, but for `premium`.
 */
function vendorName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1);
  return name
    .replace(/^(?:(?:us|eu|apac|jp|au|ca|sa|global|us-gov)\.)?(?:anthropic|openai|meta|google)\./, '')
    .replace(/-v\d{1,2}(?::\d{1,3})?$/, '')
    .replace(/@(?:(20\d{6})|default|latest)$/, (_, date?: string) => (date === undefined ? '' : `-${date}`));
}
