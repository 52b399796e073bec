import type { Json } from '../../../shared/model/index.js';
import { wireNames } from '../../../shared/tool-names.js';
import { readingTools } from '../failures/rules.js';
import type { Command } from './command.js';
import type { Family } from './rule.js';

const reading: ReadonlySet<string> = new Set(readingTools);
/** Words of names, first fit first. */
const words: readonly [Family, RegExp][] = [
  ['tests', /^(?:tests?|pytest|jest|vitest|mocha|unittest)$/],
  [
    'sql',
    /^(?:sql|sqlite|postgres|postgresql|pg|mysql|mariadb|bigquery|snowflake|clickhouse|duckdb|redshift|database|db)$/,
  ],
  ['search', /^(?:search|grep|glob|find|rg|ls|list|websearch)$/],
  ['http', /^(?:fetch|webfetch|http|https|url|browse|browser|navigate|download|scrape|crawl|curl|request|requests)$/],
  ['edit', /^(?:edit|multiedit|write|replace|patch|insert|editor|notebookedit)$/],
  ['shell', /^(?:bash|shell|sh|zsh|exec|terminal|cmd|powershell|pwsh|python|jupyter|ipython|repl|interpreter)$/],
];
const statement =
  /^\s*(?:--[^\n]*\n\s*)*(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|EXPLAIN|SHOW|PRAGMA|MERGE)\b/i;
const testing =
  /\b(?:py\.?test|jest|vitest|mocha|unittest|rspec|phpunit|ctest|tox|nose2?|playwright test|(?:go|cargo|npm|pnpm|yarn|mvn|gradlew?|dotnet|node|deno|bun|mix|rake|make|swift)(?: run)? (?:--?)?t(?:est)?)\b/;

/** What a tool does, by its name and what it was given. */
export function familiesOf(tool: string, args: Json, command: Command | null): ReadonlySet<Family> {
  const found = new Set<Family>();
  if (wireNames(tool).some((name) => reading.has(name))) return found.add('read');
  if (command !== null) {
    found.add(command.shows ? 'shown' : 'shell');
    if (testing.test(command.text)) found.add('tests');
    if (
      command.programs.some((name) =>
        /^(?:psql|sqlite3?|mysql|mariadb|duckdb|bq|clickhouse(?:-client)?|sqlcmd)$/.test(name),
      )
    )
      found.add('sql');
    return found;
  }
  const named = tool
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  if (hasStatement(args)) return found.add('sql');
  for (const [family, pattern] of words) {
    if (named.some((word) => pattern.test(word))) return found.add(family);
  }
  return found.add('other');
}

function hasStatement(args: Json): boolean {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return false;
  return ['sql', 'query', 'statement'].some((field) => {
    const value = args[field];
    return typeof value === 'string' && statement.test(value);
  });
}
