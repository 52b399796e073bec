import { describe, expect, it } from 'vitest';
import type { LiveRow } from '../../../src/renderer/src/features/live/live-row.js';
import { foldNoise } from '../../../src/renderer/src/features/live/noise.js';
import { isGroup } from '../../../src/renderer/src/features/live/trace-groups.js';

const row = (id: string, url: string, trace_id: string | null = null): LiveRow =>
  ({
    id,
    startedAt: `t${id}`,
    flight: null,
    done: { exchange_id: id, method: 'POST', url, trace_id },
  }) as unknown as LiveRow;
const telemetry = 'https://api.anthropic.com/api/event_logging/batch';
const token = 'https://console.anthropic.com/v1/oauth/token';
const work = 'https://api.anthropic.com/v1/messages';

const shown = (rows: LiveRow[], opened: string[] = []) =>
  foldNoise(rows, new Set(opened)).map((each) =>
    isGroup(each)
      ? `${each.group.open ? '▾' : '▸'} ${each.group.noise}, ${each.group.count}, ${each.startedAt}`
      : each.id,
  );

describe('requests beside the work in the live view', () => {
  const rows = [
    row('6', telemetry),
    row('5', token),
    row('4', telemetry),
    row('3', work, 'a'),
    row('2', telemetry),
    row('1', work),
  ];

  it('stand below a head that names them, closed until it is opened', () => {
    expect(shown(rows)).toEqual(['▸ Telemetry (2), Sign-in, 3, t6', '3', '▸ Telemetry, 1, t2', '1']);
    expect(shown(rows, ['noise 4'])).toEqual([
      '▾ Telemetry (2), Sign-in, 3, t6',
      '6',
      '5',
      '4',
      '3',
      '▸ Telemetry, 1, t2',
      '1',
    ]);
  });

  it('stay open while more come, and are left alone where they belong to a trace', () => {
    expect(shown([row('7', telemetry), ...rows], ['noise 4'])[0]).toBe('▾ Telemetry (3), Sign-in, 4, t7');
    expect(shown([row('1', telemetry, 'a')])).toEqual(['1']);
    expect(shown([])).toEqual([]);
  });
});
