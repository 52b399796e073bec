import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { Json, RenderedRow } from '../../../shared/model/index.js';
import {
  chatTemplates,
  type RowSide,
  renderRow,
  rowSides,
  templateOf,
  tokenCounter,
} from '../../dataset/render/index.js';
import { parseJson } from '../../ground/json.js';
import { linesOf } from '../../ground/lines.js';
import { printable } from '../printable.js';

interface RenderFlags {
  template: string;
  row: string;
  check?: boolean;
  side: string;
  tokenizer: string;
  json?: boolean;
}

/** Writes rows as a chat template does; needs no engine and no data folder. */
export function renderCommand(): Command {
  return new Command('render')
    .description('a row of a JSON Lines file as a chat template writes it, with what the loss is taken of')
    .argument('<file>', 'JSON Lines')
    .requiredOption('--template <template>', `${chatTemplates.map(({ id }) => id).join(', ')}, or a Jinja file`)
    .option('--row <number>', 'line of the row', '1')
    .option('--check', 'look at every row, and count what is wrong with the masks')
    .option('--side <side>', `of pairs: ${rowSides.join(' or ')}`, 'chosen')
    .option('--tokenizer <tokenizer>', 'o200k_base, o200k_harmony, cl100k_base, or a tokenizer.json', 'o200k_base')
    .option('--json', 'print {row, segments, basis, problems, tokens}; with --check the counts')
    .action(async (file: string, flags: RenderFlags) => {
      const side = sideOf(flags.side);
      const template = templateOf(templateText(flags.template));
      const counter = await tokenCounter(flags.tokenizer);
      const render = (row: Json) => renderRow(row, template, { side, counter });
      if (flags.check) return check(file, render, flags.json === true);
      const wanted = Number(flags.row);
      for await (const { line, row } of rowsOf(file)) {
        if (line !== wanted) continue;
        const rendered = render(row);
        process.stdout.write(flags.json ? `${JSON.stringify({ row: line, ...rendered })}\n` : shown(rendered));
        if (rendered.problems.some(({ level }) => level === 'error')) process.exitCode = 1;
        return;
      }
      throw new SluiceError('usage', `--row: ${file} has no line ${flags.row}.`);
    });
}

/** Rows whose problems are named by --check; all are counted. */
const mostNamed = 20;

async function check(file: string, render: (row: Json) => RenderedRow, json: boolean): Promise<void> {
  const problems: { [code: string]: number } = {};
  const named: { row: number; code: string; message: string }[] = [];
  let rows = 0;
  let wrong = 0;
  let longest = 0;
  const tokens = { total: 0, trained: 0 };
  for await (const { line, row } of rowsOf(file)) {
    rows += 1;
    const found = problemsOf(row, render);
    if (found.tokens !== null) {
      tokens.total += found.tokens.total;
      tokens.trained += found.tokens.trained;
      longest = Math.max(longest, found.tokens.total);
    }
    if (found.problems.some(({ level }) => level === 'error')) wrong += 1;
    for (const { code, message } of found.problems) {
      problems[code] = (problems[code] ?? 0) + 1;
      if (named.length < mostNamed) named.push({ row: line, code, message });
    }
  }
  if (rows === 0) throw new SluiceError('export_empty', `${file} has no row.`);
  if (json) process.stdout.write(`${JSON.stringify({ rows, wrong, problems, named, tokens, longest })}\n`);
  else {
    process.stdout.write(
      `${rows} rows, ${wrong} wrong; ${tokens.total} tokens, ${tokens.trained} of them learned; the longest row has ${longest}\n`,
    );
    for (const { row, code, message } of named) process.stdout.write(`  row ${row}: ${message} [${code}]\n`);
  }
  if (wrong > 0) process.exitCode = 1;
}

interface Found {
  problems: readonly { level: 'error' | 'warn'; code: string; message: string }[];
  tokens: RenderedRow['tokens'] | null;
}

/** A row that cannot be rendered is a finding like others. */
function problemsOf(row: Json, render: (row: Json) => RenderedRow): Found {
  try {
    return render(row);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { problems: [{ level: 'error', code: error.code, message: error.message }], tokens: null };
  }
}

async function* rowsOf(file: string): AsyncGenerator<{ line: number; row: Json }> {
  if (!existsSync(file)) throw new SluiceError('usage', `${file} does not exist.`);
  let line = 0;
  for await (const text of linesOf(createReadStream(file))) {
    line += 1;
    if (text.trim() === '') continue;
    const row = parseJson(text);
    if (row === undefined) throw new SluiceError('row_unreadable', `${file}: line ${line} is not JSON.`);
    yield { line, row: row as Json };
  }
}

/** What is learned in green, where a terminal shows it; between brackets that nothing else uses otherwise. */
function shown({ segments, problems, tokens, basis }: RenderedRow): string {
  const [open, close] = process.stdout.isTTY ? ['\u001b[32m', '\u001b[0m'] : ['⟦', '⟧'];
  const text = segments.map(({ text, trained }) => (trained ? `${open}${printable(text)}${close}` : printable(text)));
  const by = basis === 'tags' ? 'the template’s tags' : 'what each turn adds';
  const lines = problems.map(({ level, code, message }) => `${level}: ${message} [${code}]\n`);
  return `${text.join('')}\n\n${tokens.total} tokens (${tokens.tokenizer}), ${tokens.trained} learned, by ${by}\n${lines.join('')}`;
}

function templateText(idOrPath: string): string {
  if (chatTemplates.some(({ id }) => id === idOrPath.replaceAll('_', '-'))) return idOrPath;
  if (existsSync(idOrPath)) return readFileSync(idOrPath, 'utf8');
  throw new SluiceError('usage', `--template: ${idOrPath} is no file and none of the shipped templates.`);
}

function sideOf(text: string): RowSide {
  const side = rowSides.find((each) => each === text);
  if (side === undefined) throw new SluiceError('usage', `--side is ${rowSides.join(' or ')}, not "${text}".`);
  return side;
}
