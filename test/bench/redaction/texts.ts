import type { Random } from '../fuzz/random.js';
import { characters, type Value } from './values.js';

/** One line, and nothing that would end a word: fits URLs, names, headers. */
export const isPlain = ({ written }: Value): boolean => !/[\s"'\\]/.test(written);
const isLine = ({ written }: Value): boolean => !written.includes('\n');

/** The value as prose would bring it in, with its name where only that tells it. */
export function told({ bare, label, written }: Value, random: Random): string {
  if (bare) return random.pick([written, `${label}: ${written}`, `"${written}"`, `(${written})`]);
  if (label === 'Cookie') return `Cookie: ${written}`;
  return random.pick(
    [`${label}: ${written}`, `${label} is ${written}`, `${label} ${written}`].slice(
      0,
      label.includes('_') ? 1 : label === 'password' ? 2 : 3,
    ),
  );
}

export const quoted = (text: string): string => JSON.stringify(text);

/** The value's line in a file of settings; a cookie is no setting. */
const variable = (value: Value): string => (value.bare && value.key === 'value' ? 'SETTING' : value.key.toUpperCase());

interface TextPlacement {
  takes?(value: Value): boolean;
  text(value: Value, random: Random): string;
}

const isField = (value: Value): boolean => value.entity !== 'COOKIE';

const prose = [
  (it: string) => `Please look at ${it} and tell me what is wrong.`,
  (it: string) => `I have put it here for you.\n\n${it}\n\nThanks!`,
  (it: string) => `The customer wrote: ${it}, and asked for a call back.`,
  (it: string) => `Hm, ${it}; that was the one from last week?`,
  (it: string) => `1. open the page\n2. enter ${it}\n3. wait`,
];

function code(value: Value, random: Random): string {
  const name = value.key.replaceAll(/[.-]/g, '_');
  const literal = quoted(value.written);
  return random.pick([
    () => `import os\n\ndef main():\n    ${name} = ${literal}\n    return connect(${name})\n`,
    () => `const ${name} = ${literal};\nexport function run() {\n  return call(${name});\n}\n`,
    () => `package main\n\nfunc main() {\n\t${name} := ${literal}\n\trun(${name})\n}\n`,
    () => `public class App {\n  private static final String ${name} = ${literal};\n}\n`,
    () => `let config = Config {\n    ${name}: ${literal}.to_string(),\n};\n`,
    () => `<?php\n$${name} = ${literal};\n`,
    () => `var options = new Options { ${name} = ${literal} };\n`,
    () => `client = Client.new(${name}: ${literal})\n`,
    () => `create({ ${name}: ${literal}, retries: 3 });\n`,
  ])();
}

/** Every line of a written value with the sign of a diff before it. */
const signed = (sign: string, text: string): string =>
  text
    .split('\n')
    .map((line) => sign + line)
    .join('\n');

const hour = (random: Random) =>
  `2026-03-${10 + random.below(18)}T0${random.below(10)}:${10 + random.below(49)}:07.${characters('d', 3, random)}Z`;

/** Texts of the kinds that agents read and write, with a value in them. */
export const textPlacements: Readonly<Record<string, TextPlacement>> = {
  prose: { text: (value, random) => random.pick(prose)(told(value, random)) },
  code: { takes: isField, text: code },
  diff: {
    takes: (value) => isLine(value) && isField(value),
    text: (value, random) => {
      const [was, is] = random.below(2) === 0 ? ['', value.written] : [value.written, ''];
      const line = random.pick([
        (it: string) => `${variable(value)}=${it}`,
        (it: string) => `  ${value.key}: ${it}`,
        (it: string) => `    "${value.key}": ${quoted(it)},`,
      ]);
      return `diff --git a/conf/app b/conf/app\nindex 3f2a9c1..b7d0e44 100644\n--- a/conf/app\n+++ b/conf/app\n@@ -12,7 +12,7 @@ settings\n context\n${signed('-', line(was as string))}\n${signed('+', line(is as string))}\n context\n`;
    },
  },
  markdown: {
    takes: isLine,
    text: (value, random) =>
      random.pick(
        [
          () =>
            `## Details\n\n| field | content |\n|---|---|\n| ${value.label} | ${value.written} |\n| state | open |\n`,
          () => `- **${value.label}**: ${value.written}\n- state: open\n`,
          () => `Use this:\n\n\`\`\`sh\n${told(value, random)}\n\`\`\`\n`,
          () => `The ${value.label} is \`${value.written}\`.\n`,
        ].slice(isField(value) ? 0 : 2, isField(value) ? 4 : 3),
      )(),
  },
  xml: {
    takes: (value) => isLine(value) && isField(value),
    text: (value, random) => {
      const name = value.key.replaceAll(/[^A-Za-z_]/g, '_');
      const escaped = value.written.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return random.pick([
        `<?xml version="1.0"?>\n<user id="42">\n  <${name}>${escaped}</${name}>\n  <state>open</state>\n</user>`,
        `<user ${name}="${escaped}" state="open"/>`,
        `<html><body><ul><li>${value.label}: ${escaped}</li><li>open</li></ul></body></html>`,
        `<form><input type="text" name="${name}" value="${escaped}"></form>`,
      ]);
    },
  },
  csv: {
    takes: (value) => isLine(value) && isField(value),
    text: (value, random) => {
      const mark = random.pick([',', ';', '\t']);
      const cell = /[,;"\s]/.test(value.written) ? `"${value.written.replaceAll('"', '""')}"` : value.written;
      const rows = [
        ['id', value.key, 'state'],
        ['1', cell, 'open'],
        ['2', '', 'closed'],
      ];
      return `${rows.map((row) => row.join(mark)).join('\n')}\n`;
    },
  },
  env: {
    takes: (value) => isLine(value) && isField(value),
    text: (value, random) => {
      const line = random.pick([
        `${variable(value)}=${value.written}`,
        `${variable(value)}="${value.written}"`,
        `export ${variable(value)}='${value.written}'`,
      ]);
      return `# settings\nNODE_ENV=production\n${line}\nPORT=8080\n`;
    },
  },
  yaml: {
    takes: (value) => isLine(value) && isField(value),
    text: (value, random) =>
      `version: 3\nservice:\n  ${value.key}: ${random.pick([value.written, `"${value.written.replaceAll('\\', '\\\\')}"`])}\n  port: 8080\n`,
  },
  toml: {
    takes: (value) => isLine(value) && isField(value),
    text: (value) => `[service]\n${value.key} = ${quoted(value.written)}\nport = 8080\n`,
  },
  log: {
    takes: isLine,
    text: (value, random) =>
      random.pick(
        [
          () => `${hour(random)} INFO [http-nio-8080-exec-3] c.e.UserService - lookup ${told(value, random)} took 12ms`,
          () =>
            `${hour(random)} level=warn msg="retrying" ${value.bare ? 'arg' : value.key}=${value.written} attempt=2`,
          () => `{"time":"${hour(random)}","level":30,"pid":4127,"${value.key}":${quoted(value.written)},"msg":"done"}`,
        ].slice(0, isField(value) ? 3 : 1),
      )(),
  },
  shell: {
    takes: (value) => isPlain(value) && isField(value),
    text: (value, random) =>
      value.bare
        ? random.pick([
            `$ ./deploy.sh --target ${value.written} --force`,
            `echo '${value.written}' | tee out.txt`,
            `curl -s "https://api.example.com/v2/items" -d '{"${value.key}": "${value.written}"}'`,
          ])
        : random.pick([
            `$ ./deploy.sh --${value.key.replaceAll('_', '-')} ${value.written} --force`,
            `${value.key.toUpperCase()}=${value.written} npm run start`,
            `curl -s "https://api.example.com/v2/items" -d '{"${value.key}": "${value.written}"}'`,
          ]),
  },
  'stack trace': {
    takes: isLine,
    text: (value, random) =>
      `Traceback (most recent call last):\n  File "/app/main.py", line 42, in run\n    client.send(item)\n  File "/app/client.py", line 118, in send\n    raise ValueError(message)\nValueError: bad input, ${told(value, random)}\n`,
  },
};
