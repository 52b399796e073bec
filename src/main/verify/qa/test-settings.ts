import { parseJson } from '../../ground/json.js';

/** Members of package.json and composer.json that choose, set up or run tests. */
const members = ['jest', 'vitest', 'mocha', 'ava', 'tap', 'nyc', 'c8'];
const scripts = /^(?:pre|post)?(?:test|spec|check|coverage|e2e|unit|integration)(?:[:_-].*)?$/;
/** Sections of pyproject.toml and setup.cfg. */
const section =
  /^\s*\[{1,2}\s*(?:tool[.:](?:pytest|tox|nox|coverage|hatch\.envs\.(?:test|hatch-test)|poe|pdm\.scripts|pixi\.tasks)|pytest|tox|coverage)\b/;

type Json = { [key: string]: unknown };

/** The JSON of after with the scripts and settings of tests of before; `same` where they do not differ; null for no JSON. */
export function jsonRestored(before: string, after: string): string | 'same' | null {
  const [old, own] = [parseJson(before), parseJson(after)];
  if (!isObject(old) || !isObject(own)) return null;
  const result: Json = { ...own };
  let differs = false;
  for (const name of members) {
    if (JSON.stringify(old[name]) === JSON.stringify(own[name])) continue;
    differs = true;
    if (old[name] === undefined) delete result[name];
    else result[name] = old[name];
  }
  const [oldScripts, ownScripts] = [old, own].map(({ scripts: some }) => (isObject(some) ? some : {})) as [Json, Json];
  const restored: Json = { ...ownScripts };
  for (const name of new Set([...Object.keys(oldScripts), ...Object.keys(ownScripts)])) {
    if (!scripts.test(name) || JSON.stringify(oldScripts[name]) === JSON.stringify(ownScripts[name])) continue;
    differs = true;
    if (oldScripts[name] === undefined) delete restored[name];
    else restored[name] = oldScripts[name];
  }
  if (!differs) return 'same';
  return `${JSON.stringify({ ...result, scripts: restored }, null, 2)}\n`;
}

/** The file of after with the sections about tests of before; `same` where they do not differ. */
export function sectionsRestored(before: string, after: string): string | 'same' {
  const [old, own] = [partsOf(before), partsOf(after)];
  const about = (parts: readonly string[]) => parts.filter((part) => section.test(part)).map((part) => part.trim());
  if (about(old).join('\n') === about(own).join('\n')) return 'same';
  const rest = own.filter((part) => !section.test(part)).join('');
  const kept = old.filter((part) => section.test(part)).join('');
  return kept === '' ? rest : `${rest.replace(/\n*$/, '\n\n')}${kept}`;
}

/** A file cut before each heading; what stands before the first one is the first part. */
function partsOf(text: string): string[] {
  const parts: string[] = [''];
  for (const line of text.split(/(?<=\n)/)) {
    if (/^\s*\[{1,2}[^\]\n]{1,200}\]{1,2}\s*(?:#.*)?$/.test(line.trimEnd())) parts.push(line);
    else parts[parts.length - 1] += line;
  }
  return parts;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
