import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { Page, Trace, TraceSummary } from '../../../shared/model/index.js';
import {
  type Described,
  draftOf,
  lacking,
  readDomain,
  toolsOf,
  toolsOfMcp,
  toolsOfOpenApi,
} from '../../oracle/index.js';
import { engineFor } from '../engine-for.js';
import { listedTools } from '../mcp-tools.js';
import type { EngineFlags } from '../options.js';
import { printable } from '../printable.js';
import { stopSignal } from '../stop-signal.js';
import { engineFlags } from './engine-flags.js';

interface Flags extends EngineFlags {
  openapi?: string;
  mcp?: string;
  captures?: string;
  name: string;
  title?: string;
  out?: string;
  json?: boolean;
}

/** No description of an API is larger. */
const mostBytes = 20 * 1024 * 1024;
/** So many traces are looked at for the tools that they were offered. */
const mostTraces = 500;

export function draftCommand(): Command {
  return engineFlags(
    new Command('draft').description(
      'make the draft of a domain of tools that are described elsewhere, and say what it lacks',
    ),
  )
    .option('--openapi <file>', 'OpenAPI document, 3.0 or 3.1, JSON or YAML')
    .option('--mcp <url|file>', 'MCP server over HTTP, or the JSON of its tools/list')
    .option('--captures <query>', 'tools that were offered in the traces that it finds')
    .requiredOption('--name <domain>', 'id of the domain: lower-case letters, digits and underscores')
    .option('--title <title>', 'how it is called')
    .option('--out <file>', 'where it goes, <domain>.yaml by default')
    .option('--json', 'print {file, tools, entities, gaps, notes}')
    .action(async (flags: Flags) => {
      const { name, out = `${name}.yaml` } = flags;
      if (!/^[a-z][a-z0-9_]{0,59}$/.test(name))
        throw new SluiceError('usage', '--name is of lower-case letters, digits and underscores.');
      if (basename(out) !== `${name}.yaml`)
        throw new SluiceError('usage', `The file of ${name} is called ${name}.yaml.`);
      if (existsSync(out)) throw new SluiceError('usage', `${out} is there already.`);
      const { tools, source, title, notes } = await toolsIn(flags);
      const draft = draftOf(tools, { name, title: flags.title ?? title ?? name.replaceAll('_', ' '), source });
      writeFileSync(out, draft.text, { flag: 'wx' });
      const gaps = gapsIn(draft.text, `${name}.yaml`);
      const all = [...notes, ...draft.notes];
      if (flags.json) process.stdout.write(`${JSON.stringify({ file: out, tools: tools.length, gaps, notes: all })}\n`);
      else {
        for (const note of all) process.stdout.write(`${printable(note)}\n`);
        process.stdout.write(`${out}: ${tools.length} tools, ${gaps.length} things that a person has to say:\n`);
        process.stdout.write(gapLines(gaps));
      }
    });
}

export function domainsCheckCommand(): Command {
  return new Command('check')
    .description('say what lacks until a file is a domain')
    .argument('<file>')
    .option('--json', 'print {whole, gaps: [{path, say}]}')
    .action((file: string, _: object, command: Command) => {
      const json = command.optsWithGlobals<{ json?: boolean }>().json === true;
      const gaps = gapsIn(textOf(file), basename(file));
      if (json) process.stdout.write(`${JSON.stringify({ whole: gaps.length === 0, gaps })}\n`);
      else if (gaps.length === 0) process.stdout.write(`${file} is whole.\n`);
      else process.stdout.write(`${file} lacks ${gaps.length}:\n${gapLines(gaps)}`);
      if (gaps.length > 0) process.exitCode = 1;
    });
}

function gapsIn(text: string, name: string) {
  try {
    return lacking(text, (whole) => readDomain(whole, name));
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SluiceError('oracle_domain_invalid', `${name} is no YAML: ${(error as Error).message.split('\n')[0]}`);
  }
}

const gapLines = (gaps: readonly { path: string; say: string }[]): string =>
  gaps.map(({ path, say }) => printable(`  ${path === '' ? '' : `${path}: `}${say}`)).join('\n') +
  (gaps.length > 0 ? '\n' : '');

async function toolsIn(flags: Flags) {
  const { openapi, mcp, captures } = flags;
  if ([openapi, mcp, captures].filter((each) => each !== undefined).length !== 1)
    throw new SluiceError('usage', 'Say what it is made of: --openapi FILE, --mcp URL or FILE, or --captures QUERY.');
  if (openapi !== undefined) {
    const { title, tools, notes } = toolsOfOpenApi(textOf(openapi));
    return { tools, title, notes, source: `the OpenAPI document ${basename(openapi)}` };
  }
  if (mcp !== undefined) {
    const live = /^https?:\/\//i.test(mcp);
    const tools = live ? toolsOf((await listedTools(mcp)) as Described[]) : toolsOfMcp(textOf(mcp));
    const source = `the tools of the MCP server ${live ? new URL(mcp).host : basename(mcp)}`;
    return { tools, title: null, notes: [], source };
  }
  const offered = await offeredIn(flags, captures as string);
  return { tools: toolsOf(offered), title: null, notes: [], source: 'tools that captured traces were offered' };
}

/** Each tool as it was offered last. */
async function offeredIn(flags: Flags, query: string): Promise<Described[]> {
  const engine = await engineFor(flags, stopSignal());
  try {
    const offered = new Map<string, Described>();
    let [cursor, looked]: [string | null, number] = [null, 0];
    do {
      const path = `/traces?query=${encodeURIComponent(query)}&limit=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = (await engine.now().call('GET', path)) as Page<TraceSummary>;
      for (const { trace_id } of page.items.slice(0, mostTraces - looked)) {
        looked += 1;
        const { calls } = (await engine.now().call('GET', `/traces/${trace_id}`)) as Trace;
        for (const { name, description, parameters } of calls.flatMap(({ tools_offered }) => tools_offered))
          if (!offered.has(name)) offered.set(name, { name, description, inputSchema: parameters });
      }
      cursor = page.next_cursor;
    } while (cursor !== null && looked < mostTraces);
    if (offered.size === 0)
      throw new SluiceError('oracle_draft_source_invalid', 'No trace that it finds was offered tools.');
    return [...offered.values()];
  } finally {
    await engine.stop();
  }
}

function textOf(file: string): string {
  if (!existsSync(file)) throw new SluiceError('usage', `There is no file ${file}.`);
  if (statSync(file).size > mostBytes)
    throw new SluiceError('usage', `${file} is larger than ${mostBytes / 1024 / 1024} MB.`);
  return readFileSync(file, 'utf8');
}
