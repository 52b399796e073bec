/** What an output says where something outside the repository is missing; looked at only where no test ran. */
const faults: readonly (readonly [RegExp, string])[] = [
  [/No space left on device|ENOSPC|Disk quota exceeded/, 'No space was left.'],
  [
    /Cannot allocate memory|JavaScript heap out of memory|java\.lang\.OutOfMemoryError|\bMemoryError\b|ENOMEM/,
    'Memory was not enough.',
  ],
  [
    /No module named '?(?:pytest|nox|tox|django)\b|can't open file '[^'\n]{0,200}pytest/,
    'The test framework is not installed in the image.',
  ],
  [
    /Cannot find module '(?:jest|vitest|mocha|jest-cli)[^'\n]{0,100}'|npx canceled due to missing packages|sh: \d{0,3}:? ?[\w.-]{1,60}: not found|: command not found|could not determine executable to run/,
    'The test framework is not installed in the image.',
  ],
  [
    /Temporary failure in name resolution|Could not resolve host|getaddrinfo E[A-Z]{3,12}|EAI_AGAIN|dial tcp: lookup|Network is unreachable/,
    'Something was asked of the network, which tests do not have.',
  ],
  [
    /Cannot access [^\n]{1,200} in offline mode|Could not (?:resolve|transfer) [^\n]{0,200}(?:dependenc|artifact)|Could not resolve all (?:files|dependencies)|No cached version of [^\n]{1,200} available for offline mode/,
    'Dependencies are not in the image.',
  ],
  [
    /no matching package named [^\n]{1,200} found|attempting to make an HTTP request, but --offline was specified|failed to download [^\n]{0,200}|no required module provides package|missing go\.sum entry|cannot find module providing package/,
    'Dependencies are not in the image.',
  ],
  [/Could not find gem|Bundler::GemNotFound|cannot load such file -- rspec/, 'Dependencies are not in the image.'],
  [
    /error NETSDK\d{4}|error NU1\d{3}|The framework '[^'\n]{1,100}', version '[^'\n]{1,40}' .{0,40}was not found/,
    'Dependencies are not in the image.',
  ],
  [/Read-only file system|EROFS/, 'The run wrote where nothing may be written.'],
];

/** In which lines it is looked for: the first and last that any runner writes. */
const looked = 200_000;

/** Why no test ran, where the fault lies outside of the repository; undefined where nothing says so. */
export function outsideFault(output: string, exitCode: number | null): string | undefined {
  if (exitCode === 127) return 'The command was not found in the image.';
  if (exitCode === 126) return 'The command could not be started in the image.';
  const text = output.length > looked ? output.slice(0, looked / 2) + output.slice(-looked / 2) : output;
  for (const [pattern, said] of faults) {
    const found = pattern.exec(text);
    if (found) return `${said} (${found[0].slice(0, 120)})`;
  }
  return undefined;
}
