import type { Principal } from '../../../shared/contract/operation.js';
import { openTokens } from '../../home/tokens.js';
import type { EngineContext } from '../context.js';

/** Who reviews: the name of the token that asks, of the studio's own the one in the settings, as it may be stored. */
export function reviewerNames(context: Pick<EngineContext, 'folder' | 'ownTokens' | 'settings' | 'redactor'>) {
  const tokens = openTokens(context.folder.tokens, context.ownTokens);
  /** As the policy leaves a name: the same at every time, so that a reviewer stays who they are. */
  const clean = (name: string) => context.redactor.text(name).text;
  return {
    clean,
    of({ token_id }: Principal): string {
      if (token_id === null) return clean(context.settings.current().reviewer_name);
      const name = tokens.list().find((token) => token.token_id === token_id)?.name;
      return name === undefined ? `token ${token_id.slice(-8)}` : clean(name);
    },
  };
}
