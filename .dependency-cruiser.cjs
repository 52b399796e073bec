/**
 * Who may import whom. Each room of src/main knows src/shared and itself; engine/ and hosts/ put the rooms together.
 * test/unit/house/imports.test.ts proves that every rule fires.
 */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one: split what both need into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'shared-knows-nobody',
      comment: 'src/shared runs in Node and in the browser: no part of Sluice, no host, no package but zod.',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { pathNot: ['^src/shared/', '^node_modules/zod/'] },
    },
    {
      name: 'ground-knows-nobody',
      comment: 'What any room may use knows nothing of Sluice: at most ten small files.',
      severity: 'error',
      from: { path: '^src/main/ground/' },
      to: { path: '^src/', pathNot: ['^src/main/ground/'] },
    },
    {
      name: 'rooms-know-themselves',
      comment: 'What a room needs of another arrives as an interface through its part in engine/parts.',
      severity: 'error',
      from: { path: '^src/main/([^/]+)/', pathNot: ['^src/main/(hosts|electron|engine)/'] },
      to: { path: '^src/', pathNot: ['^src/shared/', '^src/main/ground/', '^src/main/$1/', '^src/main/journal/'] },
    },
    {
      name: 'journal-for-its-writer',
      comment: 'Capture writes the journal; all others get what is in it from the pipeline.',
      severity: 'error',
      from: { path: '^src/main/', pathNot: ['^src/main/(journal|capture|hosts|engine)/'] },
      to: { path: '^src/main/journal/' },
    },
    {
      name: 'electron-knows-hosts-only',
      comment: 'The shell starts the engine as a process; the engine’s rooms are none of its business.',
      severity: 'error',
      from: { path: '^src/main/electron/' },
      to: { path: '^src/', pathNot: ['^src/shared/', '^src/main/electron/', '^src/main/hosts/'] },
    },
    {
      name: 'hosts-know-no-electron-but-policy',
      comment: 'The engine and its hosts run without Electron; only the shell’s pure decisions may be asked.',
      severity: 'error',
      from: { path: '^src/main/hosts/' },
      to: { path: '^src/main/electron/', pathNot: ['^src/main/electron/policy[.]ts$'] },
    },
    {
      name: 'electron-in-its-folder',
      comment: 'Only src/main/electron and the preload import electron; index.ts wires through that folder.',
      severity: 'error',
      from: { path: '^(src|test|scripts)/', pathNot: ['^src/main/electron/', '^src/preload/'] },
      to: { path: '(^|node_modules/)electron(/|$)', pathNot: ['^src/'] },
    },
    {
      name: 'policy-without-electron',
      comment: 'The shell’s decisions are tested where Electron is not installed.',
      severity: 'error',
      from: { path: '^src/main/electron/policy[.]ts$' },
      to: { path: '(^|node_modules/)electron(/|$)', pathNot: ['^src/'] },
    },
    {
      name: 'sql-in-the-store',
      comment: 'The only SQL and the only SQLite import are in src/main/store.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main/store/'] },
      to: { path: '(^|node_modules/)(better-sqlite3|kysely|sqlite)(/|$)|^(node:)?sqlite$', pathNot: ['^src/'] },
    },
    {
      name: 'renderer-knows-the-router-type',
      comment: 'The studio talks to the engine over RPC; of its code it knows the router’s type and nothing else.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: ['^src/main/', '^src/preload/'], pathNot: ['^src/main/api/rpc/router[.]ts$'] },
    },
    {
      name: 'renderer-imports-the-router-as-type',
      comment: 'An import of the router’s code would put the engine into the browser: use `import type`.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: '^src/main/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'renderer-without-node',
      comment: 'The studio runs in an ordinary browser.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'features-know-an-index',
      comment:
        'A page is put together from features, never from the inside of one: what others may use stands in its index.',
      severity: 'error',
      from: { path: '^src/renderer/src/(?:features/([^/]+)/|[^/]+[.]tsx?$)' },
      to: {
        path: '^src/renderer/src/features/',
        pathNot: ['^src/renderer/src/features/$1/', '^src/renderer/src/features/[^/]+/index[.]ts$'],
      },
    },
    {
      name: 'commons-know-no-feature',
      comment: 'What every page uses must not bring one of them along.',
      severity: 'error',
      from: { path: '^src/renderer/src/(components|host|navigation|rpc|styles)/' },
      to: { path: '^src/renderer/src/(features/|[^/]+[.]tsx?$)' },
    },
    {
      name: 'preload-knows-shared',
      comment: 'The preload is sandboxed: Electron and a few shared words.',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { path: '^src/', pathNot: ['^src/preload/', '^src/shared/'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere would also lead past every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['[.]css$', '[.]svg$'] },
    },
    {
      name: 'no-dev-dependencies-in-the-engine',
      comment: 'What runs in Node is not bundled: its packages must be dependencies.',
      severity: 'error',
      from: { path: '^src/(main|shared)/', pathNot: ['^src/main/electron/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
