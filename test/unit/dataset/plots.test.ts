import { expect, it } from 'vitest';
import type { Quality } from '../../../src/main/dataset/report/figures.js';
import { plotsOf } from '../../../src/main/dataset/report/plots.js';

const quality = {
  splits: { train: { rows: 8, traces: 2 }, test: { rows: 2, traces: 1 } },
  distributions: {
    'score.judge': {
      count: 3,
      histogram: [
        { below: 0, count: 1 },
        { below: 1, count: 2 },
      ],
    },
    characters: { count: 0, histogram: [] },
  },
  groups: {
    tool: [
      { value: '</text><script>alert(1)</script>\u0000\ud800', share: 0.25, captured: 0.5, traces: 1 },
      ...Array.from({ length: 40 }, (_, at) => ({ value: `tool ${at}`, share: 0.1, captured: 0.1, traces: 1 })),
    ],
  },
} as unknown as Quality;

it('plots figures as SVG that is text alone, whatever a captured name holds, and the same again', () => {
  const plots = plotsOf(quality);
  expect(Object.keys(plots)).toEqual(['plot-splits.svg', 'plot-distribution-score-judge.svg', 'plot-groups-tool.svg']);
  const tools = plots['plot-groups-tool.svg'] as string;
  expect(tools).not.toMatch(/<script|\p{Cs}/u);
  expect(tools).not.toContain('\u0000');
  expect(tools).toContain('&#60;/text&#62;&#60;script&#62;');
  expect(tools).toContain('and 11 more');
  expect(tools).toContain('prefers-color-scheme:dark');
  expect(plots['plot-splits.svg']).toContain('width="350" height="14"');
  expect(plots['plot-splits.svg']).toContain('width="87.5" height="14"');
  expect(plotsOf(quality)).toEqual(plots);
});
