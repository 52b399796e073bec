import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const config = join(root, '.dependency-cruiser.cjs');
const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A small tree: each file is its imports. Packages are stubs, so that resolution is the real one. */
function tree(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-imports-'));
  folders.push(folder);
  const packages = ['zod', 'fastify', 'electron', 'kysely', 'better-sqlite3', 'react', 'openai'];
  const all: Record<string, string> = {
    ...files,
    'package.json': JSON.stringify({
      type: 'module',
      dependencies: { zod: '*', fastify: '*', kysely: '*', 'better-sqlite3': '*' },
      devDependencies: { electron: '*', react: '*', openai: '*' },
    }),
    'tsconfig.base.json': '{}',
    'src/shared/model.ts': 'export const model = 1; export type Model = 1;',
    'src/main/api/rpc/router.ts': 'export const router = 1; export type Router = 1;',
    'src/main/store/index.ts': 'export const store = 1;',
    'src/main/electron/menu.ts': 'export const menu = 1;',
  };
  for (const name of packages) {
    all[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
    all[`node_modules/${name}/index.js`] = 'module.exports = {};';
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Cruises a tree with the project's own rules; gives `rule: file`, sorted. */
function violations(files: Record<string, string>): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const args = [cruiser, '--config', config, '--output-type', 'json', 'src'];
    execFile(process.execPath, args, { cwd: tree(files), maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => {
      if (!stdout.startsWith('{')) return reject(new Error(stderr || stdout));
      const found: { rule: { name: string }; from: string }[] = JSON.parse(stdout).summary.violations;
      resolve([...new Set(found.map(({ rule, from }) => `${rule.name}: ${from}`))].sort());
    });
  });
}

const forbidden: Record<string, Record<string, string>> = {
  'no-cycles': {
    'src/main/store/one.ts': "import './two.js';",
    'src/main/store/two.ts': "/* reported once */ import './one.js';",
  },
  'shared-knows-nobody': {
    'src/shared/main.ts': "import { store } from '../main/store/index.js'; store;",
    'src/shared/package.ts': "import fastify from 'fastify'; fastify;",
    'src/shared/host.ts': "import { readFileSync } from 'node:fs'; readFileSync;",
  },
  'ground-knows-nobody': {
    'src/main/ground/one.ts': "import '../../shared/model.js';",
  },
  'rooms-know-themselves': {
    'src/main/decode/room.ts': "import { store } from '../store/index.js'; store;",
    'src/main/decode/type.ts': "import type { Router } from '../api/rpc/router.js'; export type R = Router;",
    'src/main/decode/root.ts': "import { engine } from '../engine.js'; engine;",
    'src/main/engine.ts': '/* may */ export const engine = 1;',
  },
  'journal-for-its-writer': {
    'src/main/decode/room.ts': "import { journal } from '../journal/writer.js'; journal;",
    'src/main/capture/may.ts': "/* may */ import { journal } from '../journal/writer.js'; journal;",
    'src/main/journal/writer.ts': '/* may */ export const journal = 1;',
  },
  'electron-knows-hosts-only': {
    'src/main/electron/room.ts': "import { store } from '../store/index.js'; store;",
  },
  'hosts-know-no-electron-but-policy': {
    'src/main/hosts/cli.ts': "import { menu } from '../electron/menu.js'; menu;",
  },
  'electron-in-its-folder': {
    'src/main/hosts/utility.ts': "import { app } from 'electron'; app;",
    'src/main/index.ts': "import { app } from 'electron'; app;",
    'src/renderer/src/type.ts': "import type { App } from 'electron'; export type A = App;",
  },
  'policy-without-electron': { 'src/main/electron/policy.ts': "import { app } from 'electron'; app;" },
  'sql-in-the-store': {
    'src/main/api/sql.ts': "import { Kysely } from 'kysely'; Kysely;",
    'src/main/api/sqlite.ts': "import Database from 'better-sqlite3'; Database;",
    'src/main/api/node-sqlite.ts': "import { DatabaseSync } from 'node:sqlite'; DatabaseSync;",
  },
  'renderer-knows-the-router-type': {
    'src/renderer/src/store.ts': "import type { Store } from '../../main/store/index.js'; export type S = Store;",
  },
  'renderer-imports-the-router-as-type': {
    'src/renderer/src/router.ts': "import { router } from '../../main/api/rpc/router.js'; router;",
  },
  'renderer-without-node': { 'src/renderer/src/node.ts': "import { join } from 'node:path'; join;" },
  'features-know-an-index': {
    'src/renderer/src/features/live/inside.ts': "import { row } from '../trace/row.js'; row;",
    'src/renderer/src/features/live/style.ts': "import '../trace/trace.module.css';",
    'src/renderer/src/features/trace/row.ts': '/* is imported */ export const row = 1;',
    'src/renderer/src/features/trace/trace.module.css': '/* is imported */',
    'src/renderer/src/pages.ts': "import { row } from './features/trace/row.js'; row;",
  },
  'sheets-of-components': {
    'src/renderer/src/features/live/style.ts': "import '../../components/layout/layout.module.css';",
    'src/renderer/src/features/live/own.ts': "/* may */ import './live.module.css';",
    'src/renderer/src/features/live/live.module.css': '/* is imported */',
    'src/renderer/src/components/layout/layout.module.css': '/* is imported */',
  },
  'one-sheet-of-layout': {
    'src/renderer/src/components/layout/page.ts': "import './page.module.css';",
    'src/renderer/src/components/layout/page.module.css': '/* is imported */',
    'src/renderer/src/components/layout/scroll.ts': "/* may */ import './layout.module.css';",
    'src/renderer/src/components/layout/layout.module.css': '/* is imported */',
  },
  'commons-know-no-feature': {
    'src/renderer/src/components/row.ts': "import { live } from '../features/live/index.js'; live;",
    'src/renderer/src/host/pages.ts': "import { pages } from '../pages.js'; pages;",
    'src/renderer/src/features/live/index.ts': '/* is imported */ export const live = 1;',
    'src/renderer/src/pages.ts': '/* is imported */ export const pages = 1;',
  },
  'preload-knows-shared': { 'src/preload/index.ts': "import { store } from '../main/store/index.js'; store;" },
  'no-unresolvable': { 'src/main/store/lost.ts': "import './gone.js';" },
  'no-dev-dependencies-in-the-engine': { 'src/main/api/openai.ts': "import OpenAI from 'openai'; OpenAI;" },
};

describe('the import rules', () => {
  it('let pass what the rooms are meant to import', async () => {
    const files = {
      'src/shared/schema.ts': "import * as z from 'zod'; import { model } from './model.js'; z; model;",
      'src/main/decode/own.ts': "import { model } from '../../shared/model.js'; import './other.js'; model;",
      'src/main/decode/other.ts': "import { join } from 'node:path'; join;",
      'src/main/store/sql.ts':
        "import { Kysely } from 'kysely'; import Database from 'better-sqlite3'; Kysely; Database;",
      'src/main/engine.ts': "import { store } from './store/index.js'; import './decode/own.js'; store;",
      'src/main/hosts/cli.ts': "import '../engine.js'; import '../electron/policy.js';",
      'src/main/electron/policy.ts': "import * as z from 'zod'; z;",
      'src/main/electron/window.ts': "import { app } from 'electron'; import '../hosts/paths.js'; app;",
      'src/main/hosts/paths.ts': 'export const paths = 1;',
      'src/main/index.ts': "import './electron/window.js';",
      'src/preload/index.ts':
        "import { ipcRenderer } from 'electron'; import { model } from '../shared/model.js'; ipcRenderer; model;",
      'src/renderer/src/features/live/page.ts':
        "import { trace } from '../trace/index.js'; import { own } from './own.js'; import '../../navigation/go.js'; trace; own;",
      'src/renderer/src/features/live/own.ts': 'export const own = 1;',
      'src/renderer/src/features/trace/index.ts': 'export const trace = 1;',
      'src/renderer/src/navigation/go.ts': "import '../rpc/client.js';",
      'src/renderer/src/rpc/client.ts': 'export const client = 1;',
      'src/renderer/src/pages.ts': "import { trace } from './features/trace/index.js'; trace;",
      'src/renderer/src/app.ts':
        "import type { Router } from '../../main/api/rpc/router.js'; import React from 'react'; React; export type R = Router;",
    };
    expect(await violations(files)).toEqual([]);
  });

  it('cover every rule of the configuration in the cases below', () => {
    const rules = createRequire(import.meta.url)(config).forbidden.map(({ name }: { name: string }) => name);
    expect(Object.keys(forbidden)).toEqual(rules);
  });

  it.concurrent.each(Object.entries(forbidden))('%s fires', async (rule, files) => {
    const guilty = Object.keys(files).filter((path) => !files[path]?.startsWith('/*'));
    const found = await violations(files);
    expect(found.filter((line) => line.startsWith(`${rule}: `))).toEqual(
      guilty.map((path) => `${rule}: ${path}`).sort(),
    );
  });
});
