import { listOf } from '../../../ground/list.js';
import { cargoTest } from './cargo-test.js';
import { ctest } from './ctest.js';
import { dotnet } from './dotnet.js';
import { exitCode } from './exit-code.js';
import type { Framework, RepositoryLook } from './framework.js';
import { goTest } from './go-test.js';
import { gradle } from './gradle.js';
import { jest } from './jest.js';
import { maven } from './maven.js';
import { mocha } from './mocha.js';
import { nextest } from './nextest.js';
import { nodeTest } from './node-test.js';
import { phpunit } from './phpunit.js';
import { pytest } from './pytest.js';
import { rspec } from './rspec.js';
import { tap } from './tap.js';
import { unittest } from './unittest.js';
import { vitest } from './vitest.js';

/** Of two that are as sure of a repository, the first. The exit code is what is left. */
export const frameworks: readonly Framework[] = listOf('frameworks of tests', [
  pytest,
  unittest,
  vitest,
  jest,
  mocha,
  nodeTest,
  goTest,
  nextest,
  cargoTest,
  maven,
  gradle,
  rspec,
  phpunit,
  dotnet,
  ctest,
  tap,
  exitCode,
]);

/** Other names that people have for them. */
const aliases: Readonly<Record<string, string>> = {
  'node:test': nodeTest.id,
  node: nodeTest.id,
  go: goTest.id,
  cargo: cargoTest.id,
  'cargo-nextest': nextest.id,
  junit: maven.id,
  surefire: maven.id,
  trx: dotnet.id,
  bats: tap.id,
  prove: tap.id,
  'exit code': exitCode.id,
  exit_code: exitCode.id,
};

/** The framework of that name; undefined for none. */
export function frameworkNamed(name: string): Framework | undefined {
  const id = aliases[name.toLowerCase()] ?? name.toLowerCase();
  return frameworks.find((framework) => framework.id === id);
}

/** Whose command it is; else what the repository looks like; else only the exit code is known. */
export function frameworkFor(argv: readonly string[], look: RepositoryLook): Framework {
  return frameworks.find((framework) => framework.starts(argv, look)) ?? detected(look)[0]?.framework ?? exitCode;
}

/** What tests a repository may have, the surest first; not the exit code, which any command has. */
export function detected(look: RepositoryLook): { framework: Framework; sure: number }[] {
  return frameworks
    .filter((framework) => framework !== exitCode)
    .map((framework) => ({ framework, sure: framework.detect(look) }))
    .filter(({ sure }) => sure > 0)
    .sort((one, other) => other.sure - one.sure);
}
