import type { Quality } from './figures.js';

/** Bars that one plot has; what comes behind them stands in quality.json. */
const mostBars = 30;
const width = 640;
const [left, right, bar, gap, head] = [220, 70, 14, 6, 56] as const;

interface Bar {
  label: string;
  value: number;
  /** What it is compared with: a line across the bar. */
  mark?: number;
  shown: string;
}

/**
 * Figures of quality.json as plots, by file name: a histogram for each distribution, rows by split, shares of each kind of group
 * beside those among the captures. The same figures give the same bytes; colours follow light and dark.
 */
export function plotsOf(quality: Quality): { [name: string]: string } {
  const plots: [string, string | null][] = [
    [
      'splits',
      plot(
        'Rows by split',
        Object.entries(quality.splits).map(([label, { rows }]) => counted(label, rows)),
      ),
    ],
    ...Object.entries(quality.distributions).map(([name, { histogram, count }]): [string, string | null] => [
      `distribution-${fileOf(name)}`,
      plot(
        `${name} (${count} values)`,
        histogram.map(({ below, count: size }) => counted(`below ${below}`, size)),
      ),
    ]),
    ...Object.entries(quality.groups).map(([field, shares]): [string, string | null] => [
      `groups-${fileOf(field)}`,
      plot(
        `Share of traces by ${field}; the line is the share among everything captured`,
        shares.map(({ value, share, captured }) => ({
          label: value,
          value: share,
          mark: captured,
          shown: `${(share * 100).toFixed(1)} %`,
        })),
      ),
    ]),
  ];
  return Object.fromEntries(plots.flatMap(([name, svg]) => (svg === null ? [] : [[`plot-${name}.svg`, svg]])));
}

const counted = (label: string, value: number): Bar => ({ label, value, shown: String(value) });

/** Null where there is nothing to show. */
function plot(title: string, all: readonly Bar[]): string | null {
  const bars = all.slice(0, mostBars);
  const most = Math.max(0, ...bars.flatMap(({ value, mark }) => [value, mark ?? 0]));
  if (most === 0) return null;
  const room = width - left - right;
  const long = (value: number) => Number(((value / most) * room).toFixed(2));
  const more = all.length - bars.length;
  const height = head + bars.length * (bar + gap) + (more > 0 ? 24 : 8);
  const lines = bars.flatMap(({ label, value, mark, shown }, index) => {
    const y = head + index * (bar + gap);
    return [
      `<text class="label" x="${left - 8}" y="${y + bar - 3}">${escaped(short(label))}</text>`,
      `<rect class="bar" x="${left}" y="${y}" width="${long(value)}" height="${bar}"/>`,
      ...(mark === undefined ? [] : [`<path class="mark" d="M${left + long(mark)} ${y - 2}v${bar + 4}"/>`]),
      `<text x="${left + long(Math.max(value, mark ?? 0)) + 6}" y="${y + bar - 3}">${escaped(shown)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="title" x="12" y="28">${escaped(title)}</text>`,
    ...lines,
    ...(more > 0 ? [`<text x="12" y="${height - 8}">and ${more} more</text>`] : []),
    '</svg>',
    '',
  ].join('\n');
}

const style = [
  'text{font:12px system-ui,sans-serif;fill:#1f2328}',
  '.title{font-size:14px;font-weight:600}',
  '.label{text-anchor:end}',
  '.ground{fill:#fff}',
  '.bar{fill:#2f6fd0}',
  '.mark{stroke:#1f2328;stroke-width:2}',
  '@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}.bar{fill:#6ea8fe}.mark{stroke:#e6edf3}}',
].join('');

function short(label: string): string {
  const letters = [...label.toWellFormed()];
  return letters.length <= 32 ? label.toWellFormed() : `${letters.slice(0, 31).join('')}…`;
}

/** Captured names are anybody's: text and nothing else, and no sign that XML has no place for. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused by XML
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
      .replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  );
}

/** A part of a file’s name. */
function fileOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
}
