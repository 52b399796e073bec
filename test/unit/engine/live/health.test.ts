import { describe, expect, it } from 'vitest';
import { captureCounters, captureCountersBytes } from '../../../../src/main/capture/counters.js';
import { healthReasons, watchReasons } from '../../../../src/main/engine/live/health.js';
import { pipelineCounters, pipelineCountersBytes } from '../../../../src/main/pipeline/counters.js';

function figures() {
  const problems: string[] = [];
  return {
    captured: captureCounters(new SharedArrayBuffer(captureCountersBytes)),
    piped: pipelineCounters(new SharedArrayBuffer(pipelineCountersBytes)),
    problems,
    policyProblems: () => problems,
  };
}
const codes = (of: ReturnType<typeof figures>) => healthReasons(of).map(({ code }) => code);

describe('healthReasons', () => {
  it('has none while nothing was lost; a client that speaks no HTTP is no loss', () => {
    const all = figures();
    all.captured.add('client_protocol_errors', 3);
    all.piped.add('undecoded', 2);
    expect(codes(all)).toEqual([]);
  });

  it('says what fails now and what was lost, each with the next step', () => {
    const all = figures();
    all.captured.set('journal_failing', 1);
    all.captured.add('journal_errors', 2);
    all.piped.set('store_failing', 1);
    all.piped.add('damaged');
    all.piped.add('bodies_lost');
    all.piped.add('quarantined', 4);
    all.problems.push('no such entity');
    expect(codes(all)).toEqual([
      'journal_failing',
      'store_failing',
      'journal_errors',
      'damaged',
      'bodies_lost',
      'quarantined',
      'policy_not_applied',
    ]);
    for (const { message, next } of healthReasons(all)) expect([message.length, next.length]).not.toContain(0);
    expect(healthReasons(all)[5]?.message).toContain('4 exchanges');
  });

  it('forgets a failure that is over, and keeps what was lost by it', () => {
    const all = figures();
    all.captured.set('journal_failing', 1);
    all.captured.add('journal_errors');
    all.captured.set('journal_failing', 0);
    expect(codes(all)).toEqual(['journal_errors']);
  });
});

describe('watchReasons', () => {
  it('tells a change once', async () => {
    const all = figures();
    let told = 0;
    const heard = Promise.withResolvers<void>();
    const end = watchReasons(
      () => healthReasons(all),
      () => {
        told += 1;
        heard.resolve();
      },
    );
    all.piped.set('store_failing', 1);
    await heard.promise;
    await new Promise((resolve) => setTimeout(resolve, 600));
    end();
    expect(told).toBe(1);
  });
});
