import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { type ApiToken, newTokenSchema, tokenScopes } from '../../../shared/model/index.js';
import { openAuditLog } from '../../audit/index.js';
import { makeDataFolder } from '../../home/folder.js';
import { deriveKeys, loadMasterKey } from '../../home/keys.js';
import { knownSecrets } from '../../home/known-values.js';
import { openTokens } from '../../home/tokens.js';
import { runningEngine } from '../engine-client.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';

interface TokenFlags {
  dataDir?: string;
  json?: boolean;
  token?: string;
}

/** The tokens of a data folder: through its engine where one runs, which is the file's writer then, else in the file. */
interface Keeper {
  list(): Promise<ApiToken[]>;
  create(token: { name: string; scopes: string[] }): Promise<ApiToken & { token: string }>;
  revoke(tokenId: string): Promise<boolean>;
}

export function tokenCommand(): Command {
  return new Command('token')
    .description('tokens of the API besides the studio’s own, each for some scopes')
    .addCommand(
      common(new Command('list').description('names, scopes and last use; never the tokens themselves')).action(
        async (flags: TokenFlags) => {
          const tokens = await (await keeper(flags)).list();
          const lines = tokens.map(
            ({ token_id, name, scopes, last_used_at }) =>
              `${token_id}  ${scopes.join(',').padEnd(12)}  ${last_used_at ?? 'never used'.padEnd(24)}  ${name}`,
          );
          print(flags, { items: tokens }, lines.length === 0 ? ['No tokens besides the studio’s own.'] : lines);
        },
      ),
      { isDefault: true },
    )
    .addCommand(
      common(new Command('create').description('make a token; it is shown this once'))
        .requiredOption('--name <name>', 'what it is for')
        .requiredOption('--scope <scope...>', tokenScopes.join(', '))
        .action(async (flags: TokenFlags & { name: string; scope: string[] }) => {
          const parsed = newTokenSchema.safeParse({ name: flags.name, scopes: flags.scope.flatMap(split) });
          if (!parsed.success) {
            const issue = parsed.error.issues[0];
            const flag = issue?.path[0] === 'scopes' ? '--scope' : '--name';
            throw new SluiceError('usage', `${flag}: ${issue?.message}`);
          }
          const made = await (await keeper(flags)).create(parsed.data);
          print(flags, made, [made.token]);
        }),
    )
    .addCommand(
      common(new Command('revoke').description('from now on it opens nothing'))
        .argument('<id>', 'id that `sluice token list` shows')
        .action(async (id: string, flags: TokenFlags) => {
          if (!(await (await keeper(flags)).revoke(id))) throw new SluiceError('not_found', 'There is no such token.');
          print(flags, { revoked: id }, [`Revoked ${id}.`]);
        }),
    );
}

function common(command: Command): Command {
  return folderFlag(command).option('--token <token>', 'API token, where the engine was started with one of its own');
}

function split(scopes: string): string[] {
  return scopes.split(',').filter((scope) => scope !== '');
}

function print(flags: TokenFlags, value: unknown, lines: string[]): void {
  process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
}

async function keeper(flags: TokenFlags): Promise<Keeper> {
  const folder = await folderOf(flags);
  const engine = runningEngine(folder, flags.token);
  if (engine === null) {
    makeDataFolder(folder);
    const file = openTokens(folder.tokens, []);
    const note = (action: 'token_created' | 'token_revoked', target: string, details = {}) =>
      openAuditLog(folder.audit, deriveKeys(loadMasterKey(folder)).audit).record({
        action,
        actor: { kind: 'studio', token_id: null },
        target,
        details,
      });
    return {
      list: async () => file.list(),
      async create(token) {
        const { name, scopes } = newTokenSchema.parse(token);
        const { folderRedactor } = await import('../rules.js');
        const redactor = folderRedactor(folder, knownSecrets(process.env, []));
        const made = file.create({ name: redactor.text(name).text, scopes });
        await note('token_created', made.token_id, { scopes: made.scopes });
        return made;
      },
      async revoke(tokenId) {
        const revoked = file.revoke(tokenId);
        if (revoked) await note('token_revoked', tokenId);
        return revoked;
      },
    };
  }
  return {
    list: async () => ((await engine.call('GET', '/tokens')) as { items: ApiToken[] }).items,
    create: async (token) => (await engine.call('POST', '/tokens', token)) as ApiToken & { token: string },
    async revoke(tokenId) {
      try {
        await engine.call('DELETE', `/tokens/${encodeURIComponent(tokenId)}`);
        return true;
      } catch (error) {
        if (error instanceof SluiceError && error.code === 'not_found') return false;
        throw error;
      }
    },
  };
}
