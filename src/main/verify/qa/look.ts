import type { RepositoryLook } from './frameworks/framework.js';
import { textOf } from './frameworks/reading/text.js';
import type { FileTree } from './repository/file-tree.js';

/** Bytes of a file that what a repository looks like may hang on. */
const largest = 256 * 1024;

/** A question about a repository, which reads what it needs of it. */
export type Ask = <T>(question: (look: RepositoryLook) => T) => Promise<T>;

/**
 * Lets questions be asked about a repository without reading all of it: a question that looks at a file which was not read yet is
 * asked again once it was. Links are no files of it.
 */
export function lookAt(tree: FileTree): Ask {
  const files = tree.files().filter(({ mode }) => mode !== 'symlink');
  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  const paths = files.map(({ path }) => path);
  const texts = new Map<string, string>();
  return async (question) => {
    for (;;) {
      const missing = new Set<string>();
      const answer = question({
        files: paths,
        read(path) {
          if ((sizes.get(path) ?? Number.POSITIVE_INFINITY) > largest) return null;
          const text = texts.get(path);
          if (text === undefined) missing.add(path);
          return text ?? null;
        },
      });
      if (missing.size === 0) return answer;
      for (const path of missing) texts.set(path, textOf(await tree.read(path)));
    }
  };
}
