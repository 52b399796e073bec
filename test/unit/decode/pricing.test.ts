import { describe, expect, it } from 'vitest';
import { costOf, priceTable } from '../../../src/main/decode/pricing.js';

const million = { input_tokens: 100_000, output_tokens: 100_000 };

describe('the price table', () => {
  it('has a date, sources, and only sensible prices', () => {
    expect(priceTable.as_of).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(priceTable.sources.length).toBeGreaterThan(0);
    for (const [model, prices] of Object.entries(priceTable.models)) {
      for (const tier of prices.long === undefined ? [prices] : [prices, prices.long]) {
        expect(tier.output, model).toBeGreaterThan(tier.input);
        expect(tier.cached ?? tier.input, model).toBeLessThanOrEqual(tier.input);
        expect(tier.cache_write ?? tier.input, model).toBeGreaterThanOrEqual(tier.input);
        expect(tier.cache_write_1h ?? Number.POSITIVE_INFINITY, model).toBeGreaterThan(tier.cache_write ?? 0);
      }
    }
    for (const target of Object.values(priceTable.aliases)) expect(priceTable.models).toHaveProperty([target]);
  });
});

describe('costOf', () => {
  it('adds up input, cache and output', () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 10,
      cached_input_tokens: 600,
      cache_write_tokens: 300,
      cache_write_1h_tokens: 100,
      reasoning_tokens: 5,
    };
    expect(costOf('claude-opus-4-5', usage)).toBeCloseTo(
      (100 * 5 + 600 * 0.5 + 200 * 6.25 + 100 * 10 + 10 * 25) / 1e6,
      12,
    );
  });

  it.each([
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 1.1],
    ['arn:aws:bedrock:eu-west-1:000000000000:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 1.1],
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 1],
    ['claude-sonnet-4-5@20250929', 1],
    ['projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5@20250929', 1],
    ['anthropic/claude-sonnet-4-5', 1],
  ])('knows %s as the vendor’s model, at %d of its price', (model, factor) => {
    const price = costOf('claude-sonnet-4-5', million) as number;
    expect(costOf(model, million)).toBeCloseTo(price * factor, 8);
  });

  it('knows dated and documented names', () => {
    const price = costOf('claude-sonnet-4-5', million);
    expect(price).toBeCloseTo(1.8, 10);
    expect(costOf('claude-sonnet-4-5-20250929', million)).toBe(price);
    expect(costOf('gpt-5.2-2025-12-11', million)).toBe(costOf('gpt-5.2', million));
    expect(costOf('gpt-5.6', million)).toBe(costOf('gpt-5.6-sol', million));
    // A snapshot that has a price of its own keeps it.
    expect(costOf('gpt-4o-2024-05-13', million)).toBe(2);
    expect(costOf('gpt-4o-2024-08-06', million)).toBe(1.25);
  });

  it('is null for what it does not know, never zero', () => {
    expect(costOf('llama-4', million)).toBeNull();
    expect(costOf('gpt-4o-audio-preview', million)).toBeNull();
    expect(costOf('__proto__', million)).toBeNull();
    expect(costOf(null, million)).toBeNull();
    expect(costOf('gpt-4o', null)).toBeNull();
    expect(costOf('gpt-4o', { output_tokens: 5 })).toBeNull();
    expect(costOf('gpt-4o', million, 'flex')).toBeNull();
    expect(costOf('gpt-4o', million, 'default')).not.toBeNull();
  });

  it('uses the long-context price for the whole request', () => {
    expect(costOf('gpt-5.4', { input_tokens: 272_000, output_tokens: 0 })).toBeCloseTo(0.68, 10);
    expect(costOf('gpt-5.4', { input_tokens: 272_001, output_tokens: 1000 })).toBeCloseTo(1.360_005 + 0.0225, 10);
  });

  it('is not misled by parts larger than the whole', () => {
    const odd = { input_tokens: 10, output_tokens: 0, cached_input_tokens: 50, cache_write_tokens: 90 };
    expect(costOf('gpt-4o', odd)).toBeCloseTo((10 * 1.25) / 1e6, 12);
  });
});
