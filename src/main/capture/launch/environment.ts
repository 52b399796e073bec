/** What a client has to be told, as environment variables, so that its traffic comes here and it trusts the CA. */
export interface LaunchTarget {
  /** `http://127.0.0.1:PORT` */
  proxy: string;
  /** The CA alone, PEM. */
  caPath: string;
  /** The system's CAs and ours in one file, PEM. */
  bundlePath: string;
  /** Session in the gateway's paths; absent: none. */
  session?: string;
}

export interface LaunchVariable {
  name: string;
  value: string;
  /** Which clients read it. */
  why: string;
}

/**
 * The union of what real clients need. Variables that add a CA get ours alone; variables that replace the client's whole
 * list get the bundle.
 */
export function launchVariables(target: LaunchTarget): LaunchVariable[] {
  const { proxy, caPath, bundlePath } = target;
  const all = (names: string[], value: string, why: string): LaunchVariable[] =>
    names.map((name) => ({ name, value, why }));
  return [
    ...all(
      ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'],
      proxy,
      'curl, Python, Go, Rust and most SDKs',
    ),
    // Empty on purpose: a model server on this machine is captured too.
    ...all(['NO_PROXY', 'no_proxy'], '', 'the same clients: nothing is left out, local model servers included'),
    {
      name: 'NODE_USE_ENV_PROXY',
      value: '1',
      why: "Node 24's fetch and http, which ignore proxy variables without it",
    },
    { name: 'NODE_EXTRA_CA_CERTS', value: caPath, why: 'Node and agents built on it (adds)' },
    { name: 'DENO_CERT', value: caPath, why: 'Deno (adds)' },
    { name: 'CODEX_CA_CERTIFICATE', value: caPath, why: 'Codex' },
    { name: 'SSL_CERT_FILE', value: bundlePath, why: 'OpenSSL, Go, Ruby, httpx and the Python SDKs (replaces)' },
    { name: 'REQUESTS_CA_BUNDLE', value: bundlePath, why: 'Python requests (replaces)' },
    { name: 'CURL_CA_BUNDLE', value: bundlePath, why: 'curl (replaces)' },
    { name: 'GIT_SSL_CAINFO', value: bundlePath, why: 'git (replaces)' },
    { name: 'CARGO_HTTP_CAINFO', value: bundlePath, why: 'cargo (replaces)' },
    { name: 'PIP_CERT', value: bundlePath, why: 'pip (replaces)' },
    { name: 'AWS_CA_BUNDLE', value: bundlePath, why: 'AWS CLI and SDKs (replaces)' },
  ];
}

export type Shell = 'sh' | 'fish' | 'powershell';

/** Lines that set the variables in a shell, quoted for it. */
export function shellLines(variables: LaunchVariable[], shell: Shell): string {
  const line: Record<Shell, (name: string, value: string) => string> = {
    sh: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    fish: (name, value) => `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  };
  // PowerShell does not tell upper from lower case: the second of a pair would only repeat the first.
  const seen = new Set<string>();
  return variables
    .filter(({ name }) => shell !== 'powershell' || (!seen.has(name.toUpperCase()) && seen.add(name.toUpperCase())))
    .map(({ name, value }) => line[shell](name, value))
    .join('\n');
}
