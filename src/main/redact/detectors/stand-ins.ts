/** Values that stand for a secret without being one: variables, templates, dots, examples in documentation. */
const standIn = new RegExp(
  [
    '^<[^<>]*>$', // <token>
    '^\\[[^[\\]]*\\]$', // [token]
    '^\\{\\{|^\\{%|^\\{[A-Za-z_.]+\\}$', // {{ token }}, {token}
    '^%[A-Za-z_]+%$|^%[sdvr]$|^%\\(', // %TOKEN%, %s
    '^\\$(?:\\{|\\(|[A-Za-z_]+$)', // ${TOKEN}, $(command), $token
    '^[*•.xX#_?-]+$', // ***, xxx, ...
    '^(?:[a-z]{1,8}[-_]){1,3}(?:x{4,}|\\*{3,}|\\.{3,})', // sk-xxxx, sk-***
    '^(?:null|none|nil|undefined|true|false|yes|no|on|off|string|str|bytes|int|number|boolean|bool|object|any|unknown|never|void|optional|required|redacted|masked|hidden|empty|example|changeme|todo|auto|default|text|password|passwd|secret|token)$',
    '^(?:your|my|the|insert|enter|replace|put|some)[-_ ]',
    '^[\\^~<>=]{0,2}v?\\d{1,3}(?:\\.(?:\\d{1,3}|[x*])){1,3}$', // the version of a package called cookie
    '^ENC\\[', // encrypted already
    '^0x[0-9a-f]{1,8}$', // a number
    '^(?:amd64|arm64|armhf|armel|i386|i686|x86_64|aarch64|ppc64el|s390x|riscv64|noarch)$', // a package called passwd
    '^(?:[\\^~<>=v ]{1,4}\\d{1,5}(?:\\.[\\dx*]{1,6}){0,4}(?:[-+][\\w.]{1,40})?|\\d{1,5}(?:\\.\\d{1,6}){1,3}[-+][a-z][\\w.]{0,40})(?:[ ,|]{1,4}[\\^~<>=v ]{0,4}\\d{1,5}(?:\\.[\\dx*]{1,6}){0,4}){0,3}$',
    '^(?:npm|workspace|link|file|catalog|github|patch|portal|git\\+\\w+):', // where a package comes from
    '^\\d[\\w.+~:%-]{0,80}[.~-](?:deb|rpm|apk|whl|tgz|zip|xz|gz|bz2)$',
    '^(?:u?int\\d{0,2}|uint8array|arraybuffer|buffer|vec<u8>|&?str)$', // types
    '^!(?:secret|vault|env|env_var|Ref|Sub|GetAtt|ImportValue|reference)\\b', // YAML tags
    '^(?:process\\.env|os\\.environ|os\\.getenv|env|ENV|secrets|vars|config|settings|self|this|args|options|opts|params|props|req|request|ctx|context|data|import\\.meta)[.\\[(]',
    '^(?:getenv|require|await|new|lambda|function|async|return|typeof|import)\\b',
  ].join('|'),
  'i',
);

/** `$TOKEN_2`: with digits only in capitals, because passwords begin with `$` too. */
const variable = /^\$[A-Z_][A-Z0-9_]*$/;

/** True for what stands where a secret would stand and is none. */
export function isStandIn(value: string): boolean {
  const beginning = value.length > 256 ? value.slice(0, 256) : value;
  return standIn.test(beginning) || variable.test(beginning);
}
