import { createHash } from 'node:crypto';
import { type PrepareRequest, preparedFolder, type SandboxLimits } from '../../ground/sandbox.js';
import type { FileTree, TreeFile } from './repository/file-tree.js';
import { tarOf } from './repository/tar-of.js';

/** Files that say what a repository depends on, and what installers read beside them. */
const aboutDependencies =
  /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|\.yarnrc(?:\.yml)?|pnpm-lock\.yaml|pnpm-workspace\.yaml|\.npmrc|bun\.lockb?|[^/]*requirements[^/]*\.(?:txt|in)|requirements\/[^/]+\.(?:txt|in)|constraints[^/]*\.txt|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|(?:poetry|uv|pdm|pixi|Pipfile|Cargo|Gemfile|composer|mix|packages|flake|gradle)\.(?:lock|lockfile)|packages\.lock\.json|Pipfile|environment\.ya?ml|go\.(?:mod|sum|work|work\.sum)|Cargo\.toml|rust-toolchain(?:\.toml)?|\.cargo\/config(?:\.toml)?|pom\.xml|\.mvn\/.+|mvnw|(?:build|settings)\.gradle(?:\.kts)?|gradle\.properties|gradlew|gradle\/(?:wrapper\/.+|[^/]+\.toml)|Gemfile|\.ruby-version|[^/]+\.gemspec|composer\.json|[^/]+\.(?:cs|fs|vb)proj|[^/]+\.slnx?|Directory\.[^/]+\.(?:props|targets)|global\.json|[Nn]u[Gg]et\.[Cc]onfig|mix\.exs)$/;

/**
 * What a preparation of this state of a repository is given and known by: the files that say what it depends on, and those that the
 * commands name. Two states with the same of both share one image. Nothing else of the repository gets into the image: what is
 * tested lies elsewhere, and one state must not be seen from the other.
 */
export function preparationOf(
  tree: FileTree,
  asked: {
    image: string;
    commands: readonly (readonly string[])[];
    network: boolean;
    limits: SandboxLimits;
    mtime: number;
  },
): PrepareRequest {
  const { image, commands, network, limits, mtime } = asked;
  const files = dependenciesOf(tree, commands);
  const hash = createHash('sha256').update(JSON.stringify(commands));
  for (const { path, mode, hash: bytes } of files) hash.update(`\0${path}\0${mode}\0${bytes}`);
  const kept = new Set(files.map(({ path }) => path));
  return {
    base: image,
    workdir: preparedFolder,
    files: () => tarOf(tree, { leaveOut: (path) => !kept.has(path), mtime, commit: false }),
    commands,
    env: {},
    network,
    key: hash.digest('hex'),
    limits,
  };
}

/** The files of a state that its preparation is given. */
export function dependenciesOf(tree: FileTree, commands: readonly (readonly string[])[]): TreeFile[] {
  const words = new Set(commands.flat().map((word) => word.replace(/^\.\/+|\/+$/g, '')));
  const whole = words.has('.') || commands.flat().some((word) => word === './');
  const taken = (path: string) =>
    whole || aboutDependencies.test(path) || words.has(path) || foldersOf(path).some((folder) => words.has(folder));
  return commands.length === 0 ? [] : tree.files().filter(({ path }) => taken(path));
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
